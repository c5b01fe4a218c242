/**
 * Checks the records that come out of a ring whose producers do not wait for room: of each producer they come in order,
 * none twice; what is missing must be what was dropped, which the books at the end say.
 */
export class GapCheck {
  received = 0
  /** The lowest number that may come next, of each producer. */
  readonly due: Int32Array

  constructor(producers: number) {
    this.due = new Int32Array(producers)
  }

  take(sequence: number, producer: number): void {
    const due = this.due[producer]
    if (due === undefined) throw new Error(`a record of producer ${producer} came out, there is none`)
    if (((sequence - due) | 0) < 0) {
      throw new Error(`sequence ${sequence} of producer ${producer} came out, ${due} or more was due`)
    }
    this.due[producer] = sequence + 1
    this.received++
  }
}

/** What producers, consumer and ring say of a run. */
export interface Books {
  /** Of each producer: records that it tried to put in. */
  readonly attempted: readonly number[]
  readonly dropped: number
  /** Records that came out; of a ring that nobody consumes, those that were put in. */
  readonly hits: number
  /** Of each producer: one more than the last number that came out. */
  readonly due: ArrayLike<number>
}

/** @throws Error when they contradict each other. */
export function mustBalance({ attempted, dropped, hits, due }: Books): void {
  const sum = attempted.reduce((total, records) => total + records, 0)
  if (hits + dropped !== sum) throw new Error(`${sum} records in, ${hits} out, ${dropped} dropped`)
  for (const [producer, records] of attempted.entries()) {
    const last = due[producer] ?? 0
    if (last > records)
      throw new Error(`${last} records of producer ${producer} came out, ${records} went in`)
  }
}
