/** Holds what arrives against what producers send (producer.ts), and against what they say of it (ledger.ts). */
import type { Ledger } from './ledger.js'

export class Judge {
  /** For each life of a producer, the number of the last record that came. */
  readonly #last = new Map<number, number>()
  /** How many more of what went out together are to come next. */
  readonly #together = new Map<number, number>()
  seen = 0
  failure: string | undefined

  /** Takes a record that arrived. */
  take(life: number, number: number): void {
    this.seen++
    const last = this.#last.get(life) ?? -1
    this.#last.set(life, number)
    if (number <= last) this.fail(`record ${number} of life ${life} came after ${last}`)
    let expected = last + 1
    // What goes out together has three numbers: all of them come, or none.
    while (expected < number && wayOf(expected) <= 2) expected += wayOf(expected) === 1 ? 3 : 1
    const together = this.#together.get(life) ?? 0
    this.#together.set(life, together > 0 ? together - 1 : wayOf(number) === 1 ? 2 : 0)
    if (together > 0 ? number !== last + 1 : expected !== number) {
      this.fail(`record ${number} of life ${life} came behind ${last}, not ${expected}`)
    }
  }

  /** At the end: nothing that a producer knew to be sent is missing, and nothing came that none has sent. */
  compare(ledger: Ledger, lives: number): void {
    for (let life = 0; life < lives; life++) {
      const { begun, sent } = ledger.of(life)
      const last = this.#last.get(life) ?? -1
      if (last < sent) this.fail(`life ${life} has sent record ${sent}, and ${last} is the last that came`)
      if (last > begun) this.fail(`record ${last} of life ${life} came, which had begun ${begun} at most`)
    }
  }

  fail(what: string): void {
    this.failure ??= what
  }
}

/** What a producer does with a number: 0 takes one back, 1 sends three together, 2 takes two back, else sends. */
export function wayOf(number: number): number {
  return Math.imul(number, 0x0019_660d) >>> 28
}
