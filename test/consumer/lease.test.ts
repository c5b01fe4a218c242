/** Records on loan: where they are, how many, and when the ring has them back. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openConsumer } from 'bpf-ringbuf'
import { CONSUMER_POSITION, DATA_OFFSET } from '#dist/abi/region.js'
import { BUILDS } from '../ring/support/builds.js'
import { pattern, Rig } from '../ring/support/rig.js'
import { interleave } from './support-records/interleave.js'

for (const build of BUILDS) {
  describe(build.name, () => {
    test('a lease lends every record that is there, in order', () => {
      const rig = new Rig(build)
      for (let i = 0; i < 20; i++) rig.mustOutput(`record ${i}`)
      using lease = rig.consumer.lease()
      assert.equal(lease.length, 20)
      assert.deepEqual(
        [...lease].map((record) => record.text()),
        Array.from({ length: 20 }, (_, i) => `record ${i}`),
      )
    })

    test('the views show the memory of the ring itself', () => {
      const rig = new Rig(build)
      const address = rig.mustReserve(16)
      rig.mustSubmit(address)
      using lease = rig.consumer.lease()
      const record = lease.at(0)
      const { buffer } = rig.u8
      const views = [record.bytes, record.dataView, record.uint32, record.float64]
      for (const view of views) {
        assert.equal(view.buffer, buffer)
        assert.equal(view.byteOffset, address)
      }
      assert.equal(record.offset, address)
      assert.equal(record.length, 16)
      // What is written there now is what they show.
      rig.u8[address + 5] = 77
      assert.equal(record.bytes[5], 77)
      assert.equal(record.dataView.getUint8(5), 77)
    })

    test('views of words leave out the bytes behind the last whole one', () => {
      const rig = new Rig(build)
      for (const length of [0, 1, 3, 4, 7, 8, 9, 15, 16, 23]) {
        rig.mustOutput(pattern(length, length))
        using lease = rig.consumer.lease()
        const record = lease.at(0)
        assert.equal(record.bytes.length, length)
        assert.equal(record.dataView.byteLength, length)
        assert.equal(record.uint32.length, Math.floor(length / 4))
        assert.equal(record.float64.length, Math.floor(length / 8))
      }
    })

    test('floats and words are read in place', () => {
      const rig = new Rig(build)
      for (const value of [1.5, -2.25, 1e300]) {
        const address = rig.mustReserve(8)
        rig.producer.memory.f64[address >>> 3] = value
        rig.mustSubmit(address)
      }
      using lease = rig.consumer.lease()
      let sum = 0
      for (const record of lease) sum += record.float64[0] as number
      assert.equal(sum, 1.5 - 2.25 + 1e300)
      const [low, high] = lease.at(0).uint32
      assert.deepEqual([low, high], [0, 0x3ff8_0000])
    })

    test('a copy is of its own, and stays when the record is gone', () => {
      const rig = new Rig(build)
      rig.mustOutput('to keep')
      const lease = rig.consumer.lease()
      const copy = lease.at(0).copy()
      const text = lease.at(0).text()
      lease.release()
      rig.fill(8)
      assert.ok(!(copy.buffer instanceof SharedArrayBuffer))
      assert.equal(copy.byteLength, 7)
      assert.equal(Buffer.from(copy).toString(), 'to keep')
      assert.equal(text, 'to keep')
    })

    test('text is UTF-8, also where it is none', () => {
      const rig = new Rig(build)
      rig.mustOutput('žluťoučký 🐎')
      rig.mustOutput(Uint8Array.of(0x61, 0xff, 0xc3))
      rig.mustOutput('')
      using lease = rig.consumer.lease()
      assert.deepEqual(
        [...lease].map((record) => record.text()),
        ['žluťoučký 🐎', 'a\ufffd\ufffd', ''],
      )
    })

    test('the consumer position stays until the release, and then moves over all of them', () => {
      const rig = new Rig(build)
      for (let i = 0; i < 10; i++) rig.mustOutput(pattern(20, i))
      const lease = rig.consumer.lease()
      for (const record of lease) record.copy()
      assert.equal(rig.consumerPosition, 0)
      assert.equal(rig.consumer.position, 0)
      lease.release()
      assert.equal(rig.consumerPosition, 320)
      assert.equal(rig.consumer.position, 320)
      assert.equal(rig.mustBalance().consumed, 10)
    })

    test('records that cross the end of the data are lent in one piece', () => {
      const rig = new Rig(build, { initialPosition: 4096 - 24 })
      const payloads = [pattern(8, 1), pattern(100, 2), pattern(5, 3)]
      for (const payload of payloads) rig.mustOutput(payload)
      using lease = rig.consumer.lease()
      assert.deepEqual(
        [...lease].map((record) => Uint8Array.from(record.bytes)),
        payloads,
      )
      const { bytes } = lease.at(1)
      assert.equal(bytes.byteOffset, DATA_OFFSET + 4096, 'its payload begins in the run-over')
      assert.equal(lease.at(2).offset, DATA_OFFSET + 104 + 8)
    })

    test('the longest record is lent, wherever it begins', () => {
      for (const initialPosition of [0, 8, 2048, 4088, 2 ** 32 - 8]) {
        const rig = new Rig(build, { initialPosition })
        const payload = pattern(4080, initialPosition)
        rig.mustOutput(payload)
        using lease = rig.consumer.lease()
        assert.deepEqual(lease.at(0).copy(), payload)
      }
    })

    test('an empty lease is a lease: nothing in it, and nothing moves', () => {
      const rig = new Rig(build)
      const lease = rig.consumer.lease()
      assert.equal(lease.length, 0)
      assert.deepEqual([...lease], [])
      assert.throws(() => lease.at(0), { code: 'ERR_INVALID_ARGUMENT' })
      assert.throws(() => rig.consumer.read(), { code: 'ERR_LEASED' })
      rig.mustOutput('later')
      assert.equal(lease.length, 0)
      lease.release()
      assert.equal(rig.consumerPosition, 0)
      assert.deepEqual(rig.texts(), ['later'])
    })

    test('a busy record is not lent, nor what is behind it', () => {
      const rig = new Rig(build)
      rig.mustOutput('before')
      const busy = rig.mustReserveText('busy')
      rig.mustOutput('behind')
      {
        using lease = rig.consumer.lease()
        assert.deepEqual(
          [...lease].map((record) => record.text()),
          ['before'],
        )
      }
      assert.equal(rig.consumer.lease().length, 0)
      rig.consumer[Symbol.dispose]()
      rig.mustSubmit(busy)
      using consumer = openConsumer(rig.ring)
      using lease = consumer.lease()
      assert.deepEqual(
        [...lease].map((record) => record.text()),
        ['busy', 'behind'],
      )
    })

    test('what comes during the lease is not in it', () => {
      const rig = new Rig(build)
      rig.mustOutput('lent')
      {
        using lease = rig.consumer.lease()
        rig.mustOutput('later')
        assert.equal(lease.length, 1)
        assert.equal([...lease].length, 1)
      }
      assert.deepEqual(rig.texts(), ['later'])
    })

    test('positions beyond 2^31 and 2^32 are like any others', () => {
      for (const edge of [2 ** 31, 2 ** 32]) {
        const rig = new Rig(build, { initialPosition: edge - 40 })
        for (let round = 0; round < 20; round++) {
          for (let i = 0; i < 3; i++) rig.mustOutput(`${round} ${i}`)
          using lease = rig.consumer.lease()
          assert.deepEqual(
            [...lease].map((record) => record.text()),
            [0, 1, 2].map((i) => `${round} ${i}`),
          )
        }
        assert.equal(rig.consumer.position, rig.producerPosition)
      }
    })
  })
}

test('the consumer position is stored once for a lease, and once for each record by a visit that is told so', () => {
  const stores = (act: (rig: Rig) => void): number => {
    const rig = new Rig({ name: '', engine: 'js', reservations: 'lock' })
    for (let i = 0; i < 100; i++) rig.mustOutput('x')
    const { consumer } = rig
    let moves = 0
    let last = rig.word(CONSUMER_POSITION)
    const look = () => {
      const now = rig.word(CONSUMER_POSITION)
      if (now !== last) moves++
      last = now
    }
    interleave({ at: look }, () => act(rig))
    look()
    assert.equal(consumer.position, 1600)
    return moves
  }
  assert.equal(
    stores(({ consumer }) => {
      using lease = consumer.lease()
      for (const record of lease) record.copy()
    }),
    1,
  )
  assert.equal(
    stores(({ consumer }) => consumer.consumeRaw(() => {}, { store: 'record' })),
    100,
  )
})
