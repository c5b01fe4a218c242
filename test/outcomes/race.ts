/** One race: what threads do with one ring at the same moment, and what may come of it. */
import type { Consumer, CreateRingOptions, Producer } from 'bpf-ringbuf'
import type { Build } from '../ring/support/builds.js'
import type { AnyRing } from '../ring/support/rings.js'

/** What an actor has of the ring in its own thread. */
export interface Hand {
  readonly ring: AnyRing
  readonly producer: Producer
  /** Opened by `openConsumer` of the race, if this is the one that consumes. */
  readonly consumer: Consumer
  /** Words that all of them share, 0 at the beginning of each round: addresses, mostly. */
  readonly shared: Int32Array
}

/** Does its part, and answers a number, which the outcome is made of. Where it may not block it waits without. */
export type Actor = (hand: Hand) => number | Promise<number>

export interface Race {
  /** Like 'one place, two producers'. */
  readonly name: string
  readonly options?: Partial<CreateRingOptions>
  /** Where it makes sense. Default: everywhere. */
  readonly suits?: (build: Build) => boolean
  /** What a thread has done that died before the first round, and is dead in each: only where the system can tell. */
  readonly dead?: (hand: Hand) => void
  /** Makes the ring ready, before each round. Only the first actor does it. */
  readonly prepare?: (hand: Hand) => void
  /** What each gets ready for itself then, one after the other. */
  readonly before?: (hand: Hand, actor: number) => void
  readonly actors: readonly Actor[]
  /** Which of them has the consumer. */
  readonly consumer?: number
  /** What came of a round, in words: of the answers of the actors, and of what the first finds in the ring then. */
  readonly outcome: (answers: readonly number[], hand: Hand) => string
  /** Every outcome that may be, with its story. */
  readonly legal: Readonly<Record<string, string>>
}
