import assert from 'node:assert/strict'

/**
 * A record that can be checked by itself and in its sequence.
 *
 *    0  producer, number among its producer's
 *    8  index in its batch (u16), records of the batch (u16)
 *   12  checksum of everything else
 *   16  bytes that depend on all of that
 */
export function writeNote(
  memory: Uint8Array,
  at: number,
  length: number,
  producer: number,
  number: number,
  index: number,
  records: number,
): void {
  const view = new DataView(memory.buffer, memory.byteOffset + at, length)
  view.setUint32(0, producer, true)
  view.setUint32(4, number, true)
  view.setUint16(8, index, true)
  view.setUint16(10, records, true)
  for (let i = 16; i < length; i++) view.setUint8(i, (number * 13 + i * 7 + producer) & 0xff)
  view.setUint32(12, checksum(view), true)
}

/** Checks notes in the order in which they are consumed. */
export class NoteReader {
  readonly #next: number[]
  #batch = { producer: -1, left: 0 }
  seen = 0

  constructor(producers: number) {
    this.#next = Array(producers).fill(0)
  }

  read(memory: Uint8Array, offset: number, length: number): void {
    const view = new DataView(memory.buffer, memory.byteOffset + offset, length)
    const [producer, number] = [view.getUint32(0, true), view.getUint32(4, true)]
    const [index, records] = [view.getUint16(8, true), view.getUint16(10, true)]
    const what = `record ${this.seen}: number ${number} of producer ${producer}, ${length} bytes`
    assert.equal(view.getUint32(12, true), checksum(view), `${what} is torn`)
    assert.equal(number, this.#next[producer], `${what}: ${this.#next[producer]} was expected`)
    this.#next[producer] = number + 1
    if (this.#batch.left > 0) {
      assert.equal(producer, this.#batch.producer, `${what} stands inside a batch of another`)
      assert.equal(index, records - this.#batch.left, `${what}: out of order in its batch`)
      this.#batch.left--
    } else {
      assert.equal(index, 0, `${what}: the batch began without its first`)
      this.#batch = { producer, left: records - 1 }
    }
    this.seen++
  }

  /** After all that was there has been consumed: no batch may be there in part. */
  mustBeWhole(): void {
    assert.equal(this.#batch.left, 0, `a batch of producer ${this.#batch.producer} is visible in part`)
  }

  mustHaveSeen(numbers: readonly number[]): void {
    assert.deepEqual(this.#next, numbers, 'records at the end are missing')
  }
}

function checksum(view: DataView): number {
  let sum = view.byteLength
  for (let i = 0; i < view.byteLength; i++) {
    if (i < 12 || i >= 16) sum = (Math.imul(sum, 31) + view.getUint8(i)) >>> 0
  }
  return sum
}
