/** Payloads that are written field by field, and read in every way: what is read is what was written, to the byte. */
import assert from 'node:assert/strict'
import { type Consumer, openConsumer, type WritableRecord } from 'bpf-ringbuf'
import fc from 'fast-check'
import { Rig } from '../../ring/support/rig.js'
import { property } from '../property.js'
import { build, buildOf, initialPosition } from '../support/draw.js'

const number = fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY))
/** A field: the how-manieth of its width, modulo how many there are. */
const write = fc.oneof(
  fc.record({ as: fc.constant('float64' as const), at: fc.nat(100), value: number }),
  fc.record({ as: fc.constant('uint32' as const), at: fc.nat(100), value: fc.nat(0xffff_ffff) }),
  fc.record({ as: fc.constant('byte' as const), at: fc.nat(400), value: fc.nat(255) }),
  fc.record({ as: fc.constant('dataView' as const), at: fc.nat(400), value: number }),
)
const struct = fc.record({
  length: fc.oneof(fc.nat(80), fc.nat(300)),
  writes: fc.array(write, { maxLength: 12 }),
  reader: fc.constantFrom('lease' as const, 'read' as const, 'raw' as const),
})
type Struct = typeof struct extends fc.Arbitrary<infer S> ? S : never
type Views = Pick<WritableRecord, 'bytes' | 'uint32' | 'float64' | 'dataView'>

function fill({ bytes, uint32, float64, dataView }: Views, { writes }: Struct): void {
  bytes.fill(0)
  for (const { as, at, value } of writes) {
    if (as === 'float64' && float64.length > 0) float64[at % float64.length] = value
    if (as === 'uint32' && uint32.length > 0) uint32[at % uint32.length] = value
    if (as === 'byte' && bytes.length > 0) bytes[at % bytes.length] = value
    if (as === 'dataView' && bytes.length >= 8) dataView.setFloat64(at % (bytes.length - 7), value, true)
  }
}

function viewsOf(buffer: ArrayBuffer, length: number): Views {
  return {
    bytes: new Uint8Array(buffer, 0, length),
    uint32: new Uint32Array(buffer, 0, length >>> 2),
    float64: new Float64Array(buffer, 0, length >>> 3),
    dataView: new DataView(buffer, 0, length),
  }
}

const READERS = {
  lease(consumer: Consumer, expected: Views) {
    using lease = consumer.lease({ max: 1 })
    const { bytes, uint32, float64, dataView } = lease.at(0)
    assert.deepEqual([...bytes], [...expected.bytes])
    assert.deepEqual([...uint32], [...expected.uint32])
    assert.deepEqual([...float64], [...expected.float64])
    assert.equal(dataView.byteLength, expected.dataView.byteLength)
  },
  read(consumer: Consumer, expected: Views) {
    assert.deepEqual(consumer.read(), expected.bytes)
  },
  raw(consumer: Consumer, expected: Views) {
    const see = (memory: Uint8Array, offset: number, length: number) => {
      assert.equal(offset % 8, 0)
      assert.deepEqual([...memory.subarray(offset, offset + length)], [...expected.bytes])
    }
    assert.equal(consumer.consumeRaw(see, { max: 1 }), 1)
  },
} as const

export const PAYLOADS = property({
  name: 'payloads',
  law: 'a payload is read as it was written, whatever its fields, its length and its place',
  promise: 'Integrity',
  model: 'the same fields in private memory',
  cases: fc.record({
    build,
    initialPosition,
    pooledCopies: fc.boolean(),
    structs: fc.array(struct, { maxLength: 40, size: 'max' }),
  }),
  check({ build, initialPosition, pooledCopies, structs }) {
    const rig = new Rig(buildOf(build), { initialPosition })
    using consumer = openConsumer(rig.ring, { pooledCopies })
    for (const struct of structs) {
      const expected = viewsOf(new ArrayBuffer((struct.length + 7) & ~7), struct.length)
      fill(expected, struct)
      const record = rig.producer.record(struct.length)
      assert.ok(record, 'there is no room in an empty ring')
      fill(record, struct)
      record.submit()
      READERS[struct.reader](consumer, expected)
    }
  },
})
