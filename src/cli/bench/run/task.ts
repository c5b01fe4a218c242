import type { Pace } from '../cases.js'

/** One run: of whom, doing what, for how long. Plain data: it goes to every thread and process of the run. */
export interface Task {
  readonly contestant: string
  readonly pace: Pace
  readonly producers: number
  readonly bytes: number
  /** Bytes of the ring; who has none has no more under way than would fill one. */
  readonly ringBytes: number
  /** From the first record on. */
  readonly warmUpMs: number
  readonly measuredMs: number
}

/** What a consumer found. */
export interface Figures {
  /** Million records a second, or median microseconds, as the pace has it. */
  readonly value: number
  /** Microseconds that a hundredth of the records exceeded. */
  readonly p99?: number
  /** Records of the whole run, warm-up included: each checked. */
  readonly records: number
}
