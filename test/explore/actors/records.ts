/** A record that a producer is to send. */
export interface RecordPlan {
  /** Wake-up flags of its commit. */
  readonly flags?: number
  readonly discard?: boolean
}

/** What each producer of a ring sends. */
export type Plans = readonly (readonly RecordPlan[])[]

/** What a record says it is: whose, and which of them. */
export function recordName(producer: number, index: number): number {
  return ((producer + 1) << 8) | index
}

/** Compares what the consumer sees with what the producers send. Knows only how far it has seen, in `next`. */
export class Register {
  readonly #plans: Plans

  constructor(plans: Plans) {
    this.#plans = plans
  }

  /** For each producer, the index of its next record. */
  begin(): number[] {
    return this.#plans.map(() => 0)
  }

  /** Takes a record with these two words; throws unless it is the next one of its producer. */
  take(next: number[], name: number, complement: number): void {
    if (name !== ~complement) throw new Error(`a record is torn: 0x${hex(name)} and 0x${hex(complement)}`)
    const producer = (name >>> 8) - 1
    const plan = this.#plans[producer]
    if (!plan) throw new Error(`0x${hex(name)} is not the name of a record`)
    const expected = this.#kept(plan, next[producer] ?? 0)
    if ((name & 0xff) !== expected) {
      throw new Error(`record ${name & 0xff} of producer ${producer + 1} came, not ${expected}`)
    }
    next[producer] = expected + 1
  }

  /** Whether all records have come. */
  isComplete(next: readonly number[]): boolean {
    return (
      this.missing(
        next,
        this.#plans.map(({ length }) => length),
      ) === undefined
    )
  }

  /** What is missing of the records that each producer says it has sent. */
  missing(next: readonly number[], sent: readonly number[]): string | undefined {
    for (const [producer, plan] of this.#plans.entries()) {
      const first = this.#kept(plan, next[producer] ?? 0)
      if (first < (sent[producer] ?? 0)) return `record ${first} of producer ${producer + 1} never came`
    }
    return undefined
  }

  /** Index of the first record from `from` on that is not discarded. */
  #kept(plan: readonly RecordPlan[], from: number): number {
    let index = from
    while (plan[index]?.discard) index++
    return index
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16)
}
