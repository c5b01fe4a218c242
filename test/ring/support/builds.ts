import type { EngineKind, ReservationOrder } from 'bpf-ringbuf'
import { NO_DOOR } from '../../system/support/door.js'

/** One of the ways a ring can work. All of them are held to the same suites. */
export interface Build {
  readonly name: string
  readonly engine: EngineKind
  readonly reservations: ReservationOrder
  /** In memory that the threads of a process share; or in a file that processes map. */
  readonly where?: 'processes'
}

export const ENGINES: readonly EngineKind[] = ['wasm', 'js']
export const ORDERS: readonly ReservationOrder[] = ['claim', 'lock']

/** Of this process's memory. */
export const THREAD_BUILDS: readonly Build[] = ENGINES.flatMap((engine) =>
  ORDERS.map((reservations) => ({
    name: `${engine}, ${reservations}`,
    engine,
    reservations,
  })),
)

/** Of memory that is mapped; none where it cannot be. */
export const MAPPED_BUILDS: readonly Build[] = NO_DOOR
  ? []
  : ENGINES.map((engine) => ({
      name: `${engine}, mapped`,
      engine,
      reservations: 'lock',
      where: 'processes',
    }))

export const BUILDS: readonly Build[] = [...THREAD_BUILDS, ...MAPPED_BUILDS]
