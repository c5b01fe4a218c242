/**
 * A thread that wants to wake up every millisecond, and adds up by how much it is late: for so long the machine had no
 * CPU to give to a thread that wanted one. On a quiet machine that is next to nothing.
 */
import { Worker, workerData } from 'node:worker_threads'

const PERIOD_MS = 1
/** What a wake-up takes on a machine with nothing else to do. */
const USUAL_MS = 0.2

/** Milliseconds, by the clock that all threads of the process share. */
function now(): number {
  return performance.timeOrigin + performance.now()
}

/** How late it is, for all threads of the process. */
export class Lateness {
  /** Milliseconds that were added up, and when the next wake-up is due. */
  readonly words: Float64Array<SharedArrayBuffer>

  constructor(words = new Float64Array(new SharedArrayBuffer(16))) {
    this.words = words
  }

  /** Milliseconds so far for which there was no CPU. */
  get total(): number {
    const [total = 0, due = 0] = this.words
    return due === 0 ? total : total + Math.max(0, now() - due)
  }
}

/** Starts it: it goes on until the process ends. */
export function startMetronome(): Lateness {
  const lateness = new Lateness()
  new Worker(new URL(import.meta.url), { workerData: { metronome: lateness.words } }).unref()
  return lateness
}

if (workerData?.metronome) tick(workerData.metronome)

function tick(words: Float64Array<SharedArrayBuffer>): void {
  const nobody = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    const due = now() + PERIOD_MS + USUAL_MS
    words[1] = due
    Atomics.wait(nobody, 0, 0, PERIOD_MS)
    words[0] = (words[0] ?? 0) + Math.max(0, now() - due)
  }
}
