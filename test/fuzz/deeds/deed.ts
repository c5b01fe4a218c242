import type { Consumer, Producer } from 'bpf-ringbuf'
import type { Random } from '../../ring/support/random.js'
import type { AnyRing } from '../../ring/support/rings.js'

/** A ring whose memory may hold anything, and its ends. */
export interface Stage {
  readonly ring: AnyRing
  readonly producer: Producer
  /** Undefined where none could be opened. */
  readonly consumer: Consumer | undefined
  /** Payload addresses of records that were reserved before. */
  readonly held: readonly number[]
  readonly random: Random
  /** Damages something more: for callbacks, so that memory changes while it is shown. */
  damage(): void
}

/**
 * Something that users do with a ring. It must end, and checks all that it is shown; errors are for whoever
 * calls it to judge.
 */
export interface Deed {
  /** How often it is done, compared to others. */
  readonly weight: number
  /** It waits for as long as somebody holds the lock, or is about to reserve: who does so lives, it believes. */
  readonly waits?: true
  readonly act: (stage: Stage) => unknown
}

/** Lengths of records: short ones, any, and those near the limit. */
export function drawLength({ ring, random }: Stage): number {
  const kind = random.below(8)
  if (kind === 0) return ring.largestPayload + random.below(17) - 8
  return random.below(kind === 1 ? ring.size : 200)
}
