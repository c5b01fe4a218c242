/**
 * Checks that records come out as they went in: each once, in order. A fast wrong ring is not fast.
 *
 * A payload begins with its sequence number, a u32 from 0 on. No run gets anywhere near the wrap.
 */
export class SequenceCheck {
  /** Records seen so far, and with that the sequence number that must come next. */
  received = 0

  /** Whether each producer has been heard of. */
  get begun(): boolean {
    return this.received > 0
  }

  take(sequence: number): void {
    if (sequence !== this.received) throw new Error(`sequence ${sequence} came out, ${this.received} was due`)
    this.received++
  }
}

/** The same check where one producer writes to n rings in turn: in each, every n-th number is due. */
class InterleavedCheck extends SequenceCheck {
  readonly #due: Int32Array

  constructor(rings: number) {
    super()
    this.#due = Int32Array.from({ length: rings }, (_, ring) => ring)
  }

  override take(sequence: number): void {
    const rings = this.#due.length
    const ring = sequence % rings
    const due = this.#due[ring]
    if (sequence !== due) throw new Error(`sequence ${sequence} came out, ${due} was due from its ring`)
    this.#due[ring] = sequence + rings
    this.received++
  }
}

/** The check for one producer and so many rings. */
export function checkFor(rings: number): SequenceCheck {
  return rings === 1 ? new SequenceCheck() : new InterleavedCheck(rings)
}

/** Of sixteen producers at most: each numbers its records on its own, in the low 28 bits of their numbers. */
export const PRODUCER_SHIFT = 28

/** The number of a producer's first record. */
export function firstSequence(producer: number): number {
  return producer << PRODUCER_SHIFT
}

/** The same check for the records of several producers, which come interleaved. */
export class ManySequencesCheck extends SequenceCheck {
  readonly #due: Int32Array

  constructor(producers: number) {
    super()
    this.#due = Int32Array.from({ length: producers }, (_, producer) => firstSequence(producer))
  }

  override get begun(): boolean {
    return this.#due.every((due, producer) => due !== firstSequence(producer))
  }

  override take(sequence: number): void {
    const producer = sequence >>> PRODUCER_SHIFT
    const due = this.#due[producer]
    if (sequence !== due) throw new Error(`sequence ${sequence} came out, ${due} was due from its producer`)
    this.#due[producer] = (sequence + 1) | 0
    this.received++
  }
}

/** The check for so many producers and one ring. */
export function checkOf(producers: number): SequenceCheck {
  return producers === 1 ? new SequenceCheck() : new ManySequencesCheck(producers)
}
