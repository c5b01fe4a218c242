/** How long somebody waited at a time, and how much of that the machine had CPUs to give. */
import { type Lateness, now } from './metronome.js'

export interface HoldReport {
  /** The longest wait, in milliseconds. */
  readonly longestMs: number
  /** The longest, without the time for which the machine had no CPU to give. */
  readonly longestServedMs: number
  /** Waits of at least so many milliseconds, by that number. */
  readonly atLeast: Readonly<Record<number, number>>
}

const STEPS_MS = [5, 10, 20, 50, 100]

export class Holds {
  readonly #lateness: Lateness
  readonly #atLeast: Record<number, number> = Object.fromEntries(STEPS_MS.map((ms) => [ms, 0]))
  #longest = 0
  #longestServed = 0

  constructor(lateness: Lateness) {
    this.#lateness = lateness
  }

  /** Waits, and answers as that does. */
  during<T>(wait: () => T): T {
    const [began, late] = [now(), this.#lateness.total]
    const answer = wait()
    const ms = now() - began
    this.#longest = Math.max(this.#longest, ms)
    this.#longestServed = Math.max(this.#longestServed, ms - (this.#lateness.total - late))
    for (const step of STEPS_MS) if (ms >= step) this.#atLeast[step] = (this.#atLeast[step] ?? 0) + 1
    return answer
  }

  get report(): HoldReport {
    return { longestMs: this.#longest, longestServedMs: this.#longestServed, atLeast: this.#atLeast }
  }
}
