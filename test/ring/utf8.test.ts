/** The codec for threads that have none answers what the runtime's answers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { plainDecoder, plainEncoder } from '#dist/memory/utf8.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function mustDecodeAlike(bytes: Uint8Array): void {
  assert.equal(plainDecoder.decode(bytes), decoder.decode(bytes), Buffer.from(bytes).toString('hex'))
}

function mustEncodeAlike(text: string): void {
  const target = new Uint8Array(3 * text.length)
  const { written } = plainEncoder.encodeInto(text, target)
  assert.deepEqual(target.subarray(0, written), encoder.encode(text))
}

/** Where each of the rules for a byte begins and ends. */
const EDGES = [
  ...[0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf],
  ...[0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
]

test('any four bytes at the edges of the rules decode alike', () => {
  const bytes = new Uint8Array(4)
  for (let all = 0; all < EDGES.length ** 4; all++) {
    for (let i = 0, left = all; i < 4; i++, left = Math.floor(left / EDGES.length))
      bytes[i] = EDGES[left % EDGES.length] as number
    mustDecodeAlike(bytes)
  }
})

test('all characters, and halves of some, encode and decode alike', () => {
  for (let point = 0; point <= 0x10ffff; point += 7) mustEncodeAlike(String.fromCodePoint(point))
  for (const point of [0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfeff, 0xffff, 0x10000, 0x10ffff]) {
    mustEncodeAlike(String.fromCodePoint(point))
    mustDecodeAlike(encoder.encode(String.fromCodePoint(point)))
  }
})

test('any text encodes alike, and any bytes decode alike', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), mustEncodeAlike))
  fc.assert(fc.property(fc.array(fc.nat(0xffff)), (units) => mustEncodeAlike(String.fromCharCode(...units))))
  fc.assert(fc.property(fc.uint8Array(), mustDecodeAlike))
})
