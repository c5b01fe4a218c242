import { openSync, readSync } from 'node:fs'

/**
 * How long threads of this process were ready to run and had no processor, because others had it: Linux
 * counts that for each thread. Elsewhere it is taken for nothing.
 */
export class RunQueue {
  readonly #files: readonly number[]
  readonly #text = Buffer.alloc(80)

  /** Of the main thread, and of the thread that calls this. */
  constructor() {
    this.#files = [`/proc/self/task/${process.pid}/schedstat`, '/proc/thread-self/schedstat'].flatMap(open)
  }

  /** Milliseconds, of both together, since they began. */
  waitedMs(): number {
    let ns = 0
    for (const file of this.#files) {
      const length = readSync(file, this.#text, 0, this.#text.length, 0)
      // Nanoseconds on a processor, nanoseconds waiting for one, turns.
      ns += Number(this.#text.toString('latin1', 0, length).split(' ')[1])
    }
    return ns / 1e6
  }
}

function open(path: string): number[] {
  try {
    return [openSync(path, 'r')]
  } catch {
    return []
  }
}
