/** How long somebody waited at a time, and how much of that nobody had to wait for a CPU. */
import { performance } from 'node:perf_hooks'
import type { Lateness } from './metronome.js'
import { RunDelays } from './run-delay.js'

export interface HoldReport {
  /** The longest wait, in milliseconds. */
  readonly longestMs: number
  /** The longest, without the time for which those whom it concerns were given no CPU. */
  readonly longestServedMs: number
  /** Waits of at least so many milliseconds, by that number. */
  readonly atLeast: Readonly<Record<number, number>>
}

const STEPS_MS = [5, 10, 20, 50, 100]
/** Shorter ones are held to nothing. */
const LONG_MS = 20

export class Holds {
  readonly #lateness: Lateness
  readonly #producers: Int32Array<SharedArrayBuffer>
  readonly #atLeast: Record<number, number> = Object.fromEntries(STEPS_MS.map((ms) => [ms, 0]))
  #longest = 0
  #longestServed = 0

  /** @param producers the processes that this thread waits for: their numbers */
  constructor(lateness: Lateness, producers: Int32Array<SharedArrayBuffer>) {
    this.#lateness = lateness
    this.#producers = producers
  }

  /** Waits, and answers as that does. */
  during<T>(wait: () => T): T {
    const delays = new RunDelays(this.#producers)
    const late = this.#lateness.total
    const began = performance.now()
    const answer = wait()
    const ms = performance.now() - began
    this.#longest = Math.max(this.#longest, ms)
    for (const step of STEPS_MS) if (ms >= step) this.#atLeast[step] = (this.#atLeast[step] ?? 0) + 1
    if (ms < LONG_MS) {
      this.#longestServed = Math.max(this.#longestServed, ms)
    } else {
      const { ownMs, longestOtherMs } = delays.since()
      // The hypervisor takes CPUs away of which the scheduler knows nothing: the metronome does.
      const withheld = ownMs + Math.max(longestOtherMs, this.#lateness.total - late)
      this.#longestServed = Math.max(this.#longestServed, ms - withheld)
    }
    return answer
  }

  get report(): HoldReport {
    return { longestMs: this.#longest, longestServedMs: this.#longestServed, atLeast: this.#atLeast }
  }
}
