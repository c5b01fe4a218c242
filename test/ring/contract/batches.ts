import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EAGAIN, EINVAL } from 'bpf-ringbuf'
import { DATA_OFFSET } from '#dist/abi/region.js'
import { pattern, type Rig } from '../support/rig.js'
import type { MakeRig } from './contract.js'

/** R20: many records, published by one store or not at all. */
export function batches(make: MakeRig): void {
  test('a batch is invisible until it is submitted, then visible as a whole', () => {
    const rig = make()
    rig.mustOutput('before')
    const first = mustReserveBatch(rig, 5, 3)
    rig.mustOutput('after')
    writeBatch(rig, first, 5, 3)
    assert.deepEqual(rig.texts(), ['before'])
    assert.equal(rig.producer.submitBatch(first, 5, 3), 0)
    assert.deepEqual(rig.texts(), ['#00', '#01', '#02', '#03', '#04', 'after'])
    rig.mustBalance()
  })

  test('a batch that is discarded is skipped as a whole', () => {
    const rig = make()
    const first = mustReserveBatch(rig, 5, 3)
    rig.mustOutput('after')
    assert.equal(rig.producer.discardBatch(first, 5, 3), 0)
    assert.deepEqual(rig.texts(), ['after'])
    const { discarded, skipped, submitted, bytes } = rig.mustBalance()
    assert.deepEqual([discarded, skipped, submitted, bytes], [5, 5, 1, 5])
  })

  test('from wherever it starts, a batch leaves the bytes that single records leave', () => {
    for (const [records, size] of [
      [1, 0],
      [3, 0],
      [2, 8],
      [7, 13],
      [100, 24],
      [4, 1000],
    ] as const) {
      for (let start = 0; start < 4096; start += 40) {
        const [one, other] = [make({ initialPosition: start }), make({ initialPosition: start })]
        const first = mustReserveBatch(one, records, size)
        for (let i = 0; i < records; i++) {
          const address = other.mustReserve(size)
          assert.equal(one.producer.batchAddress(first, i, size), address)
          for (const rig of [one, other]) rig.u8.set(pattern(size, i), address)
          other.mustSubmit(address)
        }
        assert.equal(one.producer.submitBatch(first, records, size), 0)
        const data = (rig: Rig) => rig.u8.subarray(DATA_OFFSET)
        assert.equal(Buffer.compare(data(one), data(other)), 0, `${records} of ${size} bytes from ${start}`)
        assert.equal(one.producerPosition, other.producerPosition)
        assert.deepEqual(one.mustBalance(), other.mustBalance())
      }
    }
  })

  test('outputMany leaves the bytes that outputs one by one leave, across the end too', () => {
    for (let start = 0; start < 4096; start += 24) {
      const [one, other] = [make({ initialPosition: start }), make({ initialPosition: start })]
      const payloads = Array.from({ length: 20 }, (_, i) => pattern((i * 53) % 190, i))
      for (const payload of payloads) other.mustOutput(payload)
      assert.equal(one.producer.outputMany(payloads), 0)
      const data = (rig: Rig) => rig.u8.subarray(DATA_OFFSET)
      assert.equal(Buffer.compare(data(one), data(other)), 0, `from ${start}`)
      assert.deepEqual(one.mustBalance(), other.mustBalance())
      for (const payload of payloads) assert.deepEqual(one.consumer.read(), payload)
    }
  })

  test('a batch reserves all or nothing', () => {
    const rig = make()
    rig.mustReserve(1000)
    const position = rig.producerPosition
    assert.equal(rig.producer.reserveBatch(200, 8), 0)
    assert.equal(rig.producer.reason, 'full')
    assert.equal(rig.producer.outputMany(Array.from({ length: 200 }, () => new Uint8Array(8))), -EAGAIN)
    assert.equal(rig.producer.reason, 'full')
    assert.equal(rig.producerPosition, position)
    assert.equal(rig.mustBalance().dropped, 400)
    mustReserveBatch(rig, 192, 8)
  })

  test('a batch that no ring of this size holds is refused', () => {
    const rig = make()
    const batches = [
      [256, 8],
      [512, 0],
      [1, 4081],
      [2, 2040],
      [2 ** 29, 0],
      [2 ** 32 - 1, 8],
      [2 ** 20, 2 ** 20],
      [1, 2 ** 30],
    ]
    let attempts = 0
    for (const [records = 0, size = 0] of batches) {
      assert.equal(rig.producer.reserveBatch(records, size), 0, `${records} of ${size}`)
      assert.equal(rig.producer.reason, 'too-large')
      attempts += records
    }
    const { refused, attempted } = rig.mustBalance()
    assert.deepEqual([refused, attempted], [attempts, attempts])
    assert.equal(rig.producer.outputMany([new Uint8Array(4000), new Uint8Array(4000)]), -EAGAIN)
    assert.equal(rig.producer.reason, 'too-large')
    assert.equal(rig.mustBalance().refused, attempts + 2)
    assert.equal(rig.producerPosition, 0)
  })

  test('a batch of no records is refused, outputMany of none does nothing', () => {
    const rig = make()
    for (const records of [0, -1, 1.5, Number.NaN, 2 ** 32]) {
      assert.equal(rig.producer.reserveBatch(records, 8), 0)
      assert.equal(rig.producer.reason, 'too-large')
    }
    rig.mustChangeNothing(() => assert.equal(rig.producer.outputMany([]), 0))
    assert.equal(rig.mustBalance().attempted, 0)
  })

  test('submitBatch with other numbers than reserveBatch answers -EINVAL and changes nothing', () => {
    const rig = make()
    rig.mustReserve(0)
    const first = mustReserveBatch(rig, 4, 8)
    const single = rig.mustReserve(0)
    const wrong = [
      [first, 3, 8],
      [first, 5, 8],
      [first, 4, 7 + 8],
      [first, 4, 16],
      [first, 2, 8],
      [first, 0, 8],
      [first, 1, 8],
      [first, 2 ** 32 + 4, 8],
      [first, 4, 2 ** 32 + 8],
      [first, 4.5, 8],
      [first, 4, -1],
      [first, -4, 8],
      [first, Number.NaN, 8],
      [first, 4, Number.NaN],
      [first, 2 ** 31, 2 ** 31],
      [first + 8, 4, 8],
      [first + 16, 4, 8],
      [first + 0.5, 4, 8],
      [first + 2 ** 32, 4, 8],
      [0, 4, 8],
      // One record of no bytes, with lengths that turn into 0 when they are rounded.
      [single, 1, -1],
      [single, 1, 2 ** 32 - 1],
      [single, 1, 2 ** 32],
      [single, 1.5, 0],
    ]
    for (const [address = 0, records = 0, size = 0] of wrong) {
      rig.mustChangeNothing(() => {
        assert.equal(rig.producer.submitBatch(address, records, size), -EINVAL, `${records} of ${size}`)
        assert.equal(rig.producer.discardBatch(address, records, size), -EINVAL, `${records} of ${size}`)
      })
    }
    assert.equal(rig.producer.submitBatch(first, 4, 8), 0)
    rig.mustChangeNothing(() => assert.equal(rig.producer.submitBatch(first, 4, 8), -EINVAL))
    rig.mustBalance()
  })

  test('a batch counts as one in flight, then as its records', () => {
    const rig = make()
    const first = mustReserveBatch(rig, 10, 8)
    const before = rig.mustBalance()
    assert.deepEqual([before.attempted, before.inFlight, before.submitted], [1, 1, 0])
    assert.equal(rig.producer.submitBatch(first, 10, 8), 0)
    const after = rig.mustBalance()
    assert.deepEqual([after.attempted, after.inFlight, after.submitted, after.bytes], [10, 0, 10, 80])
  })

  test('the whole ring can be one batch', () => {
    const rig = make({ initialPosition: 2 ** 32 - 1000 })
    const first = mustReserveBatch(rig, 255, 8)
    assert.equal(rig.producer.submitBatch(first, 255, 8), 0)
    assert.equal(rig.texts().length, 255)
    mustReserveBatch(rig, 511, 0)
    assert.equal(rig.producer.reserve(0), 0)
  })

  test('outputMany of one payload is an output', () => {
    const [one, other] = [make(), make()]
    assert.equal(one.producer.outputMany([pattern(100, 1)]), 0)
    other.mustOutput(pattern(100, 1))
    one.mustChangeNothing(() => one.u8.set(other.u8))
  })
}

function mustReserveBatch(rig: Rig, records: number, size: number): number {
  const first = rig.producer.reserveBatch(records, size)
  assert.notEqual(first, 0, `no batch of ${records} times ${size} bytes: ${rig.producer.reason}`)
  return first
}

function writeBatch(rig: Rig, first: number, records: number, size: number): void {
  for (let i = 0; i < records; i++) {
    const text = Buffer.from(`#${String(i).padStart(size - 1, '0')}`)
    rig.u8.set(text, rig.producer.batchAddress(first, i, size))
  }
}
