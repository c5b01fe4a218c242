/**
 * For how long threads wanted to run and were given no CPU, by what the scheduler tells in /proc: on a machine with fewer
 * CPUs than threads that is where most of the time goes, and nobody's death has a part in it.
 */
import { readFileSync } from 'node:fs'

/** What a thread has waited for a CPU so far, in milliseconds; not a number where nobody can tell. */
function runDelayMs(thread: string): number {
  try {
    // Time on a CPU, time waiting for one, both in nanoseconds, and how often it was given one.
    const [, waited] = readFileSync(`/proc/${thread}/schedstat`, 'latin1').split(' ')
    return Number(waited) / 1e6
  } catch {
    return Number.NaN
  }
}

/** What this thread and the main threads of some processes have waited so far. */
export class RunDelays {
  readonly #processes: Int32Array<SharedArrayBuffer>
  readonly #own = runDelayMs('thread-self')
  readonly #others: ReadonlyMap<number, number>

  /** As it is now. `processes` may change; 0 stands for none. */
  constructor(processes: Int32Array<SharedArrayBuffer>) {
    this.#processes = processes
    this.#others = new Map(
      [...processes].filter((pid) => pid !== 0).map((pid) => [pid, runDelayMs(`${pid}/task/${pid}`)]),
    )
  }

  /** Since then: what this thread has waited, and that one of the processes that waited longest, of those that live. */
  since(): { readonly ownMs: number; readonly longestOtherMs: number } {
    const now = new RunDelays(this.#processes)
    const others = [...now.#others].map(([pid, ms]) => ms - (this.#others.get(pid) ?? Number.NaN))
    return {
      ownMs: Math.max(0, now.#own - this.#own || 0),
      longestOtherMs: Math.max(0, ...others.filter((ms) => ms > 0)),
    }
  }
}
