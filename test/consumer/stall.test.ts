/** What holds a consumer up: a record that was reserved, and is not committed. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_F_RB_OVERWRITE, openConsumer, openProducer, type Producer } from 'bpf-ringbuf'
import { DATA_OFFSET, PRODUCER_POSITION, PRODUCER_SLOTS } from '#dist/abi/region.js'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { joinRing } from '../ring/support/rings.js'

const tick = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

for (const build of BUILDS) {
  describe(build.name, () => {
    /** One more producer, as another thread would have it. */
    const another = (rig: Rig): Producer => openProducer(joinRing(rig.ring.handle, { engine: build.engine }))

    test('nothing holds up a consumer of an empty ring, nor one that has something to consume', () => {
      const rig = new Rig(build)
      assert.equal(rig.consumer.stall(), null)
      rig.mustOutput('x')
      assert.equal(rig.consumer.stall(), null)
      rig.texts()
      assert.equal(rig.consumer.stall(), null)
      rig.mustDiscard(rig.mustReserve(8))
      assert.equal(rig.consumer.stall(), null)
      rig.ring.close()
      assert.equal(rig.consumer.stall(), null)
      rig.texts()
      assert.equal(rig.consumer.stall(), null)
    })

    test('a busy record behind one that is ready holds nobody up yet', () => {
      const rig = new Rig(build)
      rig.mustOutput('x')
      const busy = rig.mustReserve(8)
      assert.equal(rig.consumer.stall(), null)
      rig.texts()
      assert.notEqual(rig.consumer.stall(), null)
      rig.mustSubmit(busy)
      assert.equal(rig.consumer.stall(), null)
    })

    test('it says where the record stands, and how long its payload is', () => {
      for (const start of [0, 2 ** 31 - 32, 2 ** 32 - 32]) {
        const rig = new Rig(build, { initialPosition: start })
        for (const length of [0, 1, 8, 100, 3000]) {
          rig.mustOutput('in front')
          const position = rig.producerPosition
          const busy = rig.mustReserve(length)
          rig.mustOutput('behind')
          rig.texts()
          const stall = rig.consumer.stall()
          assert.deepEqual([stall?.position, stall?.length], [position, length])
          rig.mustSubmit(busy)
          rig.texts()
        }
      }
    })

    test('a batch holds up as one record, as long as its region', () => {
      const rig = new Rig(build)
      const first = rig.producer.reserveBatch(3, 8)
      assert.deepEqual([rig.consumer.stall()?.position, rig.consumer.stall()?.length], [0, 40])
      assert.equal(rig.producer.submitBatch(first, 3, 8), 0)
      assert.equal(rig.consumer.stall(), null)
    })

    test('the time grows from when it was first seen, and begins anew for another record', async () => {
      const rig = new Rig(build)
      const [one, other] = [rig.mustReserve(8), rig.mustReserve(8)]
      const first = rig.consumer.stall()?.busyMs ?? Number.NaN
      assert.ok(first >= 0 && first < 15, `${first} ms`)
      await tick(20)
      const second = rig.consumer.stall()?.busyMs ?? Number.NaN
      assert.ok(second >= 19 && second < 1000, `${second} ms`)
      rig.mustSubmit(one)
      rig.texts()
      const third = rig.consumer.stall()?.busyMs ?? Number.NaN
      assert.ok(third < second && third < 15, `${third} ms`)
      rig.mustSubmit(other)
    })

    for (const way of ['wait', 'waitAsync'] as const) {
      test(`${way}: a consumer that waits notes when it was held up`, async () => {
        const rig = new Rig(build)
        rig.mustReserve(8)
        assert.equal(await rig.consumer[way]({ timeoutMs: 30, strategy: 'park' }), 'timeout')
        const busyMs = rig.consumer.stall()?.busyMs ?? Number.NaN
        assert.ok(busyMs >= 10 && busyMs < 1000, `${busyMs} ms`)
      })
    }

    test('the same place one ring later is another record', async () => {
      const rig = new Rig(build)
      const busy = rig.mustReserve(2040)
      rig.consumer.stall()
      await tick(20)
      rig.mustSubmit(busy)
      rig.texts()
      rig.mustOutput(new Uint8Array(2040))
      rig.texts()
      const before = performance.now()
      rig.mustReserve(2040)
      const stall = rig.consumer.stall()
      assert.equal(stall?.position, 4096)
      assert.ok((stall?.busyMs ?? Number.NaN) <= performance.now() - before, `${stall?.busyMs} ms`)
    })

    test('owners: it names the producer', () => {
      const rig = new Rig(build, { owners: true })
      const producers = [rig.producer, another(rig), another(rig)]
      assert.deepEqual(
        producers.map(({ id }) => id),
        [1, 2, 3],
      )
      for (const producer of producers) {
        const busy = producer.reserve(8)
        assert.equal(rig.consumer.stall()?.owner, producer.id)
        assert.deepEqual(rig.consumer.stall()?.holders, [producer.id])
        assert.equal(producer.submit(busy), 0)
        rig.texts()
      }
    })

    // With owners, rings between processes are recoverable: no producer shares a slot there, or works without one.
    if (build.where === undefined) {
      test('owners: a producer that is detached has no name, and neither has one that found no slot', () => {
        const rig = new Rig(build, { owners: true })
        rig.producer.detach()
        assert.equal(rig.producer.id, 0)
        const busy = rig.mustReserve(8)
        assert.equal(rig.consumer.stall()?.owner, undefined)
        assert.deepEqual(rig.consumer.stall()?.holders, [0])
        rig.mustSubmit(busy)
      })

      test('owners: the last slot is a name like any other', () => {
        const rig = new Rig(build, { owners: true })
        const producers = Array.from({ length: PRODUCER_SLOTS }, () => another(rig))
        const last = producers.find(({ id }) => id === PRODUCER_SLOTS - 1) as Producer
        const late = producers.at(-1) as Producer
        assert.equal(late.id, 0)
        const busy = last.reserve(8)
        assert.equal(rig.consumer.stall()?.owner, PRODUCER_SLOTS - 1)
        last.submit(busy)
        rig.texts()
        late.reserve(8)
        assert.equal(rig.consumer.stall()?.owner, undefined)
        assert.deepEqual(rig.consumer.stall()?.holders, [0])
      })
    }

    test('without owners nobody is named', () => {
      const rig = new Rig(build)
      rig.mustReserve(8)
      assert.equal(rig.consumer.stall()?.owner, undefined)
    })

    test('holders: all who hold something, by their counters', () => {
      const rig = new Rig(build)
      const [two, three] = [another(rig), another(rig)]
      rig.mustOutput('x')
      const busy = two.reserve(8)
      three.discard(three.reserve(8))
      rig.producer.output(new Uint8Array(5000))
      rig.texts()
      assert.deepEqual(rig.consumer.stall()?.holders, [2])
      const batch = rig.producer.reserveBatch(5, 8)
      assert.deepEqual(rig.consumer.stall()?.holders, [1, 2])
      assert.equal(two.submit(busy), 0)
      rig.texts()
      assert.deepEqual(rig.consumer.stall()?.holders, [1])
      assert.equal(rig.producer.submitBatch(batch, 5, 8), 0)
    })

    test('in a ring with lostRecords a report makes nobody a holder', () => {
      const rig = new Rig(build, { lostRecords: true, owners: true })
      rig.fill(1000)
      rig.texts()
      const other = another(rig)
      rig.mustOutput('x')
      rig.texts()
      other.reserve(8)
      assert.deepEqual(rig.consumer.stall()?.holders, [other.id])
      assert.equal(rig.consumer.stall()?.owner, other.id)
    })

    if (build.reservations === 'claim') {
      test('a header that is not written yet: it is held up, and nobody knows how long that record is', () => {
        const rig = new Rig(build, { owners: true })
        rig.mustOutput('x')
        rig.texts()
        const position = rig.producerPosition
        // As between a claim and its header.
        rig.setWord(PRODUCER_POSITION, position + 64)
        const stall = rig.consumer.stall()
        assert.equal(stall?.position, position)
        assert.equal(stall?.length, undefined)
        assert.equal(stall?.owner, undefined)
        assert.deepEqual(stall?.holders, [])
      })
      return
    }

    test('overwrite mode: what was overwritten is not what holds up', () => {
      let lookedBusy = 0
      for (let size = 60; size < 140; size += 8) {
        const rig = new Rig(build, { flags: BPF_F_RB_OVERWRITE, initialPosition: 1024 })
        const { consumer } = rig
        rig.mustOutput(new Uint8Array(8))
        // The place of the consumer is lapped by payload that looks like a busy header.
        for (let i = 0; i < 100; i++) rig.mustOutput(new Uint8Array(size).fill(0xff))
        if (rig.word(DATA_OFFSET + 1024) === 0xffff_ffff) lookedBusy++
        assert.equal(consumer.stall(), null, `records of ${size} bytes`)
        assert.ok(rig.texts().length > 0)
      }
      assert.ok(lookedBusy > 0)
    })

    test('overwrite mode: a busy record at the head is what holds up, wherever the oldest is', () => {
      const rig = new Rig(build, { flags: BPF_F_RB_OVERWRITE })
      for (let i = 0; i < 100; i++) rig.mustOutput(new Uint8Array(100))
      const consumer = openConsumer(joinRing(rig.ring.handle, { engine: build.engine }))
      consumer.consume(() => {})
      const position = rig.producerPosition
      const busy = rig.mustReserve(50)
      assert.deepEqual([consumer.stall()?.position, consumer.stall()?.length], [position, 50])
      rig.mustSubmit(busy)
      assert.equal(consumer.stall(), null)
    })
  })
}
