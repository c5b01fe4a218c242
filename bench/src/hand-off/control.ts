/**
 * The few words through which the threads of a hand-off run each other: start, stop, the books at the end.
 *
 * They lie apart from the ring that is measured, and each on a cache line of its own: the producer reads STOP all
 * the time and must not lose it whenever somebody writes another word.
 */

const LINE_WORDS = 32 // 128 bytes: two lines, since cpus fetch them in pairs

/** Set to 1 by the main thread when all threads are ready; all wait for it. */
export const GO = 0 * LINE_WORDS
/** Set to 1 by the consumer when the measured time is over. */
export const STOP = 1 * LINE_WORDS
/** Records put in by all producers that are done. */
export const PRODUCED = 2 * LINE_WORDS
/** How many producers are done. Each adds itself after its last record. */
export const DONE = 3 * LINE_WORDS

const CONTROL_WORDS = 4 * LINE_WORDS

export function createControl(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4))
}

export type Side = 'producer' | 'consumer'

/** What a worker of a hand-off is told. */
export interface WorkerTask {
  readonly side: Side
  /** Which producer this is, from 0; no matter for a consumer. */
  readonly producer: number
  /** How many there are. */
  readonly producers: number
  readonly contestant: string
  readonly caseName: string
  readonly control: Int32Array
  readonly shared: unknown
  readonly warmUpSeconds: number
  readonly seconds: number
}

/** What it tells back: that it stands ready, and when all is over, what it found. */
export type WorkerReport =
  | { readonly type: 'ready'; readonly pinned: boolean }
  | { readonly type: 'produced'; readonly retries: number }
  | { readonly type: 'consumed'; readonly perSecond: number }
