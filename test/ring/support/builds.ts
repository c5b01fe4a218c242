import type { EngineKind, ReservationOrder } from 'bpf-ringbuf'

/** One of the ways a ring can work. All of them are held to the same suites. */
export interface Build {
  readonly name: string
  readonly engine: EngineKind
  readonly reservations: ReservationOrder
}

export const ENGINES: readonly EngineKind[] = ['wasm', 'js']
export const ORDERS: readonly ReservationOrder[] = ['claim', 'lock']

export const BUILDS: readonly Build[] = ENGINES.flatMap((engine) =>
  ORDERS.map((reservations) => ({ name: `${engine}, ${reservations}`, engine, reservations })),
)
