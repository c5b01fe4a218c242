/** Holds what arrives against what producers send: producer.ts. */
export class Judge {
  /** For each life of a producer, the number of the last record that came. */
  readonly #last = new Map<string, number>()
  /** How many more of what went out together are to come next. */
  readonly #together = new Map<string, number>()
  seen = 0
  failure: string | undefined

  /** Takes a record that arrived. */
  take(producer: number, life: number, number: number): void {
    this.seen++
    const name = `${producer} ${life}`
    const last = this.#last.get(name) ?? -1
    this.#last.set(name, number)
    if (number <= last) {
      this.failure ??= `record ${number} of life ${life} of producer ${producer} came after ${last}`
    }
    let expected = last + 1
    // What goes out together has three numbers: all of them come, or none.
    while (expected < number && wayOf(expected) <= 2) expected += wayOf(expected) === 1 ? 3 : 1
    const together = this.#together.get(name) ?? 0
    this.#together.set(name, together > 0 ? together - 1 : wayOf(number) === 1 ? 2 : 0)
    if (together > 0 ? number !== last + 1 : expected !== number) {
      this.failure ??= `record ${number} of life ${life} of producer ${producer} came behind ${last}, not ${expected}`
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
