/**
 * Checks that records come out as they went in: each once, in order. A fast wrong ring is not fast.
 *
 * A payload begins with its sequence number, a u32 from 0 on. No run gets anywhere near the wrap.
 */
export class SequenceCheck {
  /** Records seen so far, and with that the sequence number that must come next. */
  received = 0

  take(sequence: number): void {
    if (sequence !== this.received) throw new Error(`sequence ${sequence} came out, ${this.received} was due`)
    this.received++
  }
}
