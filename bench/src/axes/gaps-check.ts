/** Checks records of several producers where some are lost: each at most once, each producer's in order. */
import { firstSequence, PRODUCER_SHIFT } from '../sequence.js'

export class GapsCheck {
  received = 0
  readonly #due: Int32Array

  constructor(producers: number) {
    this.#due = Int32Array.from({ length: producers }, (_, producer) => firstSequence(producer))
  }

  take(sequence: number): void {
    const producer = sequence >>> PRODUCER_SHIFT
    const due = this.#due[producer]
    if (due === undefined) throw new Error(`sequence ${sequence} was never put in`)
    if (sequence < due) throw new Error(`sequence ${sequence} came out, after ${due - 1}`)
    this.#due[producer] = sequence + 1
    this.received++
  }
}
