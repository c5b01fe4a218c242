/** Text by way of private memory: short texts go another way than long ones, and views of the memory are kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeText } from 'bpf-ringbuf'
import { encodeText } from '#dist/memory/text.js'

const PIECES = ['a', 'ß', '世', '🌍', '\0', '\ufeff']

/** A text of so many bytes. */
function textOf(bytes: number, piece: string): string {
  const whole = piece.repeat(Math.floor(bytes / Buffer.byteLength(piece)))
  return whole + '.'.repeat(bytes - Buffer.byteLength(whole))
}

test('texts of every length near the limits come back, in whatever order they come', () => {
  const lengths = [0, 1, 2, 3, 7, 15, 16, 17, 18, 31, 340, 341, 342, 1023, 1024, 1025, 1026, 4095, 4096, 4097]
  const memory = new Uint8Array(new SharedArrayBuffer(16384))
  // Twice, and then backwards: what was kept for a length is used again, also after the scratch has grown.
  for (const bytes of [...lengths, ...lengths, ...lengths.toReversed()]) {
    for (const piece of PIECES) {
      const text = textOf(bytes, piece)
      const encoded = encodeText(text)
      assert.deepEqual(Buffer.from(encoded), Buffer.from(text))
      memory.fill(0x21).set(encoded, 8 + bytes)
      assert.equal(decodeText(memory, 8 + bytes, bytes), text)
    }
  }
})

test('a text longer than the scratch that is kept comes back, and so do those after it', () => {
  const long = textOf(3_000_001, '世')
  const memory = Uint8Array.from(encodeText(long))
  assert.equal(memory.length, 3_000_001)
  assert.equal(decodeText(memory, 0, memory.length), long)
  assert.equal(decodeText(memory, 0, 6), '世世')
  assert.deepEqual(Buffer.from(encodeText('short')), Buffer.from('short'))
})

test('a long text does not stay in memory', () => {
  const text = 'x'.repeat(2 ** 23)
  const buffer = encodeText(text).buffer
  assert.notEqual(encodeText(text).buffer, buffer)
  assert.equal(encodeText('a').buffer, encodeText('b').buffer)
})

test('an offset or a length that makes no sense shows nothing of an earlier text', () => {
  const secret = Buffer.from('secret! secret!!')
  const memory = Uint8Array.from([0x61, 0x62, 0x63, 0x64])
  const slice = (offset: number, length: number) =>
    Buffer.from(memory.subarray(offset, offset + length)).toString()
  for (const offset of [-5, -1, 0, 1, 1.5, 3, 4, 5, 2 ** 33, Number.NaN]) {
    for (const length of [-20, -1, 0, 1, 2.5, 4, 5, 16, 17, 2 ** 33, Number.NaN]) {
      decodeText(secret, 0, secret.length)
      assert.equal(decodeText(memory, offset, length), slice(offset, length), `${offset}, ${length}`)
    }
  }
})
