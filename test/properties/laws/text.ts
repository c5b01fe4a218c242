/** Text that goes through a ring, in every way in and every way out, at every offset. */
import assert from 'node:assert/strict'
import { type Consumer, decodeText, openConsumer } from 'bpf-ringbuf'
import fc from 'fast-check'
import { Rig } from '../../ring/support/rig.js'
import { property } from '../property.js'
import { build, buildOf, initialPosition } from '../support/draw.js'

/** Any characters, and units of 16 bits that are none by themselves. */
const point = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.nat(0xffff),
  fc.integer({ min: 0x1_0000, max: 0x10_ffff }),
  // What decoders take for a byte order mark, and drop.
  fc.constant(0xfeff),
)
const ofPoints = (maxLength: number) =>
  fc.array(point, { maxLength, size: 'max' }).map((points) => String.fromCodePoint(...points))
/** A few bytes, and about as many as are copied by a loop, have a view that is kept, or are long. */
const text = fc.oneof(
  { weight: 4, arbitrary: ofPoints(6) },
  { weight: 4, arbitrary: ofPoints(20) },
  { weight: 1, arbitrary: ofPoints(400) },
  {
    weight: 1,
    arbitrary: fc.tuple(ofPoints(6), fc.nat(200)).map(([text, times]) => text.repeat(times).slice(0, 1300)),
  },
)

const INWARD = {
  outputText: ({ producer }: Rig, text: string) => assert.equal(producer.outputText(text), 0),
  writeText({ producer }: Rig, text: string) {
    const record = producer.record(new TextEncoder().encode(text).length)
    record?.writeText(text)
    record?.submit()
  },
  output: ({ producer }: Rig, text: string) =>
    assert.equal(producer.output(new TextEncoder().encode(text)), 0),
} as const

const OUTWARD = {
  read: (consumer: Consumer) =>
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(consumer.read() ?? undefined),
  lease(consumer: Consumer) {
    using lease = consumer.lease({ max: 1 })
    return lease.at(0).text()
  },
  decodeText(consumer: Consumer) {
    let text = ''
    consumer.consumeRaw(
      (memory, offset, length) => {
        text = decodeText(memory, offset, length)
      },
      { max: 1 },
    )
    return text
  },
} as const

export const TEXT = property({
  name: 'text',
  law: 'text comes out as it went in; what is no character, as the one for that',
  promise: 'Integrity',
  model: 'the text itself',
  cases: fc.record({
    build,
    initialPosition,
    texts: fc.array(
      fc.record({
        text,
        inward: fc.constantFrom(...(Object.keys(INWARD) as (keyof typeof INWARD)[])),
        outward: fc.constantFrom(...(Object.keys(OUTWARD) as (keyof typeof OUTWARD)[])),
      }),
      { maxLength: 12 },
    ),
  }),
  check({ build, initialPosition, texts }) {
    const rig = new Rig(buildOf(build), { initialPosition })
    using consumer = openConsumer(rig.ring)
    for (const { text, inward, outward } of texts) {
      INWARD[inward](rig, text)
      assert.equal(OUTWARD[outward](consumer), text.toWellFormed())
    }
  },
})

export const BYTES_AS_TEXT = property({
  name: 'bytes as text',
  law: 'whatever bytes are decoded, wherever they lie, they give what they would give in private memory',
  promise: 'Bounds',
  model: 'the decoder of the platform',
  cases: fc.record({
    hasMark: fc.boolean(),
    rest: fc.uint8Array({ maxLength: 1200, size: 'max' }),
    offset: fc.nat(30),
  }),
  check({ hasMark, rest, offset }) {
    const bytes = Uint8Array.of(...(hasMark ? [0xef, 0xbb, 0xbf] : []), ...rest)
    const shared = new Uint8Array(new SharedArrayBuffer(offset + bytes.length + 8)).fill(0x41)
    shared.set(bytes, offset)
    const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    assert.equal(decodeText(shared, offset, bytes.length), expected)
  },
})
