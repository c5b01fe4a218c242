/**
 * The few words through which the threads of a run conduct each other. Each lies on a line of its own: a producer
 * reads STOP all the time, and must not lose it whenever another word is written.
 */
const LINE_WORDS = 32

/** Set to 1 by the main thread when everybody stands ready. */
export const GO = 0 * LINE_WORDS
/** Set to 1 by the consumer when the time is over, or by the main thread when the run is to end early. */
export const STOP = 1 * LINE_WORDS
/** Records that were put in by the producers that are done. */
export const PRODUCED = 2 * LINE_WORDS
/** How many producers are done. */
export const DONE = 3 * LINE_WORDS

export type Control = Int32Array<SharedArrayBuffer>

export function createControl(): Control {
  return new Int32Array(new SharedArrayBuffer(4 * LINE_WORDS * Int32Array.BYTES_PER_ELEMENT))
}

export function go(control: Control): void {
  Atomics.store(control, GO, 1)
  Atomics.notify(control, GO)
}

export function stop(control: Control): void {
  Atomics.store(control, STOP, 1)
}

export function isStopped(control: Control): boolean {
  return Atomics.load(control, STOP) === 1
}

/** A producer enters what it has put in into the books, as the last thing that it does. */
export function enterProduced(control: Control, records: number): void {
  Atomics.add(control, PRODUCED, records)
  Atomics.add(control, DONE, 1)
}
