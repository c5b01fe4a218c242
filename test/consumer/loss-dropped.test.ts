/** Records that found no room: a consumer that asks is told how many, and when it noticed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LostRecord, openConsumer, STOP } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

for (const build of BUILDS) {
  describe(build.name, () => {
    /** A ring full of records of 100 bytes (36 of 112), and so many that were dropped. */
    const overfull = (dropped: number): Rig => {
      const rig = new Rig(build)
      assert.equal(rig.fill(100), 36)
      for (let i = 1; i < dropped; i++) assert.equal(rig.producer.output(new Uint8Array(100)), -11)
      return rig
    }

    test('onLost is called in front of the records of the next visit, with the position of the visit', () => {
      const rig = overfull(5)
      const seen: unknown[] = []
      const consumer = openConsumer(rig.ring, { onLost: (lost) => seen.push(lost) })
      consumer.consumeRaw(() => seen.push('record'), { max: 2 })
      assert.deepEqual(seen, [new LostRecord(5, 0, 'dropped'), 'record', 'record'])
    })

    test('it is called once for the same losses, and again for more', () => {
      const rig = overfull(1)
      const seen: LostRecord[] = []
      const consumer = openConsumer(rig.ring, { onLost: (lost) => seen.push(lost) })
      consumer.consume(() => {}, { max: 1 })
      consumer.consume(() => {}, { max: 1 })
      assert.deepEqual(seen, [new LostRecord(1, 0, 'dropped')])
      rig.fill(100)
      consumer.consume(() => {})
      assert.deepEqual(seen, [new LostRecord(1, 0, 'dropped'), new LostRecord(1, 224, 'dropped')])
      consumer.consume(() => {})
      assert.equal(seen.length, 2)
    })

    test('it is called also where no record is ready', () => {
      const rig = new Rig(build)
      const busy = rig.mustReserve(4000)
      assert.equal(rig.producer.reserve(100), 0)
      const seen: LostRecord[] = []
      const consumer = openConsumer(rig.ring, { onLost: (lost) => seen.push(lost) })
      assert.equal(
        consumer.consume(() => {}),
        0,
      )
      assert.deepEqual(seen, [new LostRecord(1, 0, 'dropped')])
      rig.mustSubmit(busy)
    })

    test('each record of a batch that found no room is lost', () => {
      const rig = new Rig(build)
      rig.fill(1000)
      assert.equal(rig.producer.reserveBatch(7, 100), 0)
      const payloads = [200, 300, 400, 500].map((size) => new Uint8Array(size))
      assert.equal(rig.producer.outputMany(payloads), -11)
      const seen: LostRecord[] = []
      const consumer = openConsumer(rig.ring, { onLost: (lost) => seen.push(lost) })
      consumer.read()
      assert.deepEqual(seen, [new LostRecord(1 + 7 + 4, 0, 'dropped')])
    })

    test('what can never work is refused, not lost', () => {
      const rig = new Rig(build)
      rig.producer.output(new Uint8Array(5000))
      rig.producer.output(new Uint8Array(1), 4)
      rig.producer.reserve(8, 1)
      const seen: LostRecord[] = []
      const consumer = openConsumer(rig.ring, { onLost: (lost) => seen.push(lost) })
      consumer.consume(() => {})
      assert.deepEqual(seen, [])
      assert.equal(rig.mustBalance().refused, 3)
    })

    test('what onLost throws reaches whoever consumes, and no record is lost by it', () => {
      const rig = overfull(1)
      const consumer = openConsumer(rig.ring, {
        onLost: () => {
          throw new Error('as it likes')
        },
      })
      assert.throws(() => consumer.consume(() => {}), /as it likes/)
      assert.equal(
        consumer.consume(() => {}),
        36,
      )
    })

    test('inside onLost the consumer cannot be used', () => {
      const rig = overfull(1)
      let tried = false
      const consumer = openConsumer(rig.ring, {
        onLost: () => {
          tried = true
          assert.throws(() => consumer.read(), { code: 'ERR_REENTRANT' })
          assert.throws(() => consumer.close(), { code: 'ERR_REENTRANT' })
        },
      })
      consumer.consume(() => {})
      assert.ok(tried)
    })

    test('showLost: the gap stands in the stream, in the place of a record', () => {
      const rig = overfull(3)
      const consumer = openConsumer(rig.ring, { showLost: true })
      const seen: unknown[] = []
      const count = consumer.consume((record) =>
        seen.push(record instanceof LostRecord ? record : record.length),
      )
      assert.deepEqual(seen, [new LostRecord(3, 0, 'dropped'), ...Array(36).fill(100)])
      assert.equal(count, 37)
    })

    test('showLost: a gap counts for max, by every way to read', async () => {
      const rig = overfull(3)
      const consumer = openConsumer(rig.ring, { showLost: true })
      const lost = new LostRecord(3, 0, 'dropped')
      const seen: unknown[] = []
      assert.equal(
        consumer.consume((record) => seen.push(record), { max: 1 }),
        1,
      )
      assert.deepEqual(seen, [lost])
      rig.producer.output(new Uint8Array(100))
      assert.deepEqual(consumer.read(), new LostRecord(1, 0, 'dropped'))
      rig.producer.output(new Uint8Array(100))
      assert.ok([...consumer][0] instanceof LostRecord)
      assert.equal(consumer.read(), null)
      rig.fill(100)
      rig.ring.close()
      const rest: unknown[] = []
      for await (const record of consumer) rest.push(record instanceof LostRecord ? record.count : 'record')
      assert.deepEqual(rest, [1, ...Array(36).fill('record')])
    })

    test('showLost: STOP that is answered for a gap ends the visit', () => {
      const rig = overfull(3)
      const consumer = openConsumer(rig.ring, { showLost: true })
      const seen: unknown[] = []
      const stopping = (record: unknown) => {
        seen.push(record)
        return STOP
      }
      assert.equal(consumer.consume(stopping), 1)
      assert.deepEqual(seen, [new LostRecord(3, 0, 'dropped')])
      assert.equal(
        consumer.consume(() => {}),
        36,
      )
    })

    test('showLost: consumeRaw shows records only, and tells onLost', () => {
      const rig = overfull(3)
      const told: number[] = []
      const consumer = openConsumer(rig.ring, { showLost: true, onLost: ({ count }) => told.push(count) })
      assert.equal(
        consumer.consumeRaw(() => {}),
        36,
      )
      assert.deepEqual(told, [3])
    })

    test('a lease tells onLost too', () => {
      const rig = overfull(3)
      const told: number[] = []
      const consumer = openConsumer(rig.ring, { onLost: ({ count }) => told.push(count) })
      consumer.lease().release()
      assert.deepEqual(told, [3])
    })

    test('a consumer that does not ask sees records only', () => {
      const rig = overfull(3)
      const seen: number[] = []
      assert.equal(
        rig.consumer.consume((record) => seen.push(record.length)),
        36,
      )
      assert.deepEqual(seen, Array(36).fill(100))
      assert.equal(rig.mustBalance().dropped, 3)
    })

    test('one that asks is told of all that was dropped since the ring was made', () => {
      const rig = overfull(3)
      rig.texts()
      rig.consumer.close()
      const told: number[] = []
      using consumer = openConsumer(rig.ring, { onLost: ({ count }) => told.push(count) })
      consumer.consume(() => {})
      assert.deepEqual(told, [3])
    })

    for (const way of ['is closed', 'has died'] as const) {
      test(`the next consumer, when one ${way}, goes on with the count`, () => {
        const rig = overfull(3)
        const told: number[] = []
        const options = { onLost: ({ count }: LostRecord) => told.push(count) }
        const first = openConsumer(rig.ring, options)
        first.consume(() => {}, { max: 1 })
        rig.fill(100)
        if (way === 'is closed') first.close()
        using second = openConsumer(rig.ring, { ...options, takeOver: way === 'has died' })
        second.consume(() => {}, { max: 1 })
        assert.deepEqual(told, [3, 1])
      })
    }
  })
}
