import assert from 'node:assert/strict'

export interface Note {
  readonly producer: number
  readonly number: number
}

/** What writeNote has written, checked to the last byte. */
export function checkNote(memory: Uint8Array, offset: number, length: number): Note {
  assert.ok(length >= 16, `a note of ${length} bytes`)
  const view = new DataView(memory.buffer, memory.byteOffset + offset, length)
  let sum = length
  for (let i = 0; i < length; i++) {
    if (i < 12 || i >= 16) sum = (Math.imul(sum, 31) + view.getUint8(i)) >>> 0
  }
  const [producer, number] = [view.getUint32(0, true), view.getUint32(4, true)]
  assert.equal(view.getUint32(12, true), sum, `note ${number} of producer ${producer} is torn`)
  return { producer, number }
}

/** The number of a record that says which it is: 4 bytes, and more that follow from it. */
export function numbered(number: number, length = 8): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length }, (_, i) => number * 7 + i)
  new DataView(bytes.buffer).setUint32(0, number, true)
  return bytes
}

/** Its number, if every byte is right. */
export function numberOf(record: Uint8Array): number {
  const number = new DataView(record.buffer, record.byteOffset).getUint32(0, true)
  assert.deepEqual([...record], [...numbered(number, record.length)], `record ${number} is torn`)
  return number
}
