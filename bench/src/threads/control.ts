/**
 * The few words through which the threads of a run conduct each other: start, stop, the books at the end.
 *
 * They lie apart from what is measured, and each on a cache line of its own: the producer reads STOP all the time
 * and must not lose it whenever somebody writes another word.
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

/** The consumer ends the run: whoever sleeps until then wakes up. */
export function stop(control: Int32Array): void {
  Atomics.store(control, STOP, 1)
  Atomics.notify(control, STOP)
}

export function isStopped(control: Int32Array): boolean {
  return Atomics.load(control, STOP) !== 0
}

/** Blocks until the run is over. */
export function awaitStop(control: Int32Array): void {
  Atomics.wait(control, STOP, 0)
}

/** A producer enters its records into the books, as the last thing that it does. */
export function enterProduced(control: Int32Array, records: number): void {
  Atomics.add(control, PRODUCED, records)
  Atomics.add(control, DONE, 1)
  Atomics.notify(control, DONE)
}

/** Blocks until all producers are done. Only for a thread that has nothing more to consume. */
export function awaitProducers(control: Int32Array, producers: number): void {
  for (let done = 0; done < producers; ) {
    done = Atomics.load(control, DONE)
    if (done < producers) Atomics.wait(control, DONE, done)
  }
}

/** What went in must have come out. */
export function mustBeComplete(received: number, control: Int32Array): void {
  const produced = Atomics.load(control, PRODUCED)
  if (received !== produced) throw new Error(`${received} of ${produced} records came out`)
}

export type Side = 'producer' | 'consumer'

/** What one run is: of whom, in which case, how long. */
export interface ThreadRun {
  readonly contestant: string
  readonly caseName: string
  readonly warmUpSeconds: number
  readonly seconds: number
}

/** What a worker is told. */
export interface WorkerTask extends ThreadRun {
  readonly side: Side
  /** Which producer this is, from 0; no matter for a consumer. */
  readonly producer: number
  /** How many there are. */
  readonly producers: number
  readonly control: Int32Array
  readonly shared: unknown
}

/** What it tells back: that it stands ready, and when all is over, what it found. */
export type WorkerReport =
  | { readonly type: 'ready'; readonly pinned: boolean }
  | { readonly type: 'result'; readonly result: unknown }
