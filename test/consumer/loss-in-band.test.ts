/** Rings whose producers say in the ring what they lost: how many, and where. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  BPF_RB_CONS_POS,
  BPF_RB_NO_WAKEUP,
  BPF_RB_PROD_POS,
  createRing,
  LostRecord,
  openConsumer,
  openProducer,
  STOP,
} from 'bpf-ringbuf'
import { DATA_OFFSET, SLEEP_AWAKE } from '#dist/abi/region.js'
import { attachmentOf } from '#dist/ring/ring.js'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { joinRing } from '../ring/support/rings.js'

/** What a report takes in the ring. */
const REPORT_BYTES = 24

for (const build of BUILDS) {
  describe(build.name, () => {
    const make = (initialPosition = 0) => new Rig(build, { lostRecords: true, initialPosition })

    /** Everything that a consumer is shown: texts, and gaps. */
    const shown = (rig: Rig): (string | LostRecord)[] => {
      const seen: (string | LostRecord)[] = []
      using consumer = openConsumer(rig.ring, { showLost: true })
      consumer.consume((record) =>
        seen.push(record instanceof LostRecord ? record : Buffer.from(record).toString()),
      )
      return seen
    }
    const dropped = (count: number, position: number) => new LostRecord(count, position, 'dropped')

    test('the gap stands where it was, between the records before and behind it', () => {
      for (const position of [0, 2 ** 31 - 1024, 2 ** 32 - 1024]) {
        const rig = make(position)
        rig.mustOutput('before')
        const last = rig.mustReserve(4000)
        rig.mustDiscard(last)
        const gap = rig.producerPosition
        for (let i = 0; i < 5; i++) assert.equal(rig.producer.reserve(100), 0)
        assert.deepEqual(shown(rig), ['before'])
        rig.mustOutput('behind')
        assert.deepEqual(shown(rig), [dropped(5, gap), 'behind'])
        assert.deepEqual(shown(rig), [])
        const { consumed, skipped, discarded, dropped: count } = rig.mustBalance()
        assert.deepEqual([consumed, skipped, discarded, count], [2, 1, 1, 5])
      }
    })

    test('a report of a recoverable ring is nobody’s record any more', () => {
      if (build.where || build.reservations !== 'lock') return
      const ring = createRing({ size: 4096, engine: build.engine, lostRecords: true, recoverable: true })
      const producer = openProducer(ring)
      producer.discard(producer.reserve(4000))
      assert.equal(producer.reserve(100), 0)
      using consumer = openConsumer(ring, { showLost: true })
      const gap = ring.query(BPF_RB_PROD_POS)
      consumer.consume(() => assert.fail('nothing was submitted'))
      producer.output(Uint8Array.of(7))
      const seen: unknown[] = []
      consumer.consume((record) => seen.push(record instanceof LostRecord ? record : record[0]))
      assert.deepEqual(seen, [dropped(1, gap), 7])
    })

    test('a report wakes whoever sleeps before it, as the record behind it would not', () => {
      for (const recoverable of build.where ? [] : [false, true]) {
        const { engine, reservations } = build
        if (recoverable && reservations !== 'lock') continue
        const ring = createRing({ size: 4096, engine, reservations, lostRecords: true, recoverable })
        const producer = openProducer(ring)
        using consumer = openConsumer(ring)
        producer.discard(producer.reserve(4000))
        assert.equal(producer.reserve(100), 0)
        consumer.consume(() => {})
        const attached = attachmentOf(ring).engine
        assert.ok(attached.fallAsleep(ring.query(BPF_RB_CONS_POS)))
        producer.output(new Uint8Array(8), BPF_RB_NO_WAKEUP)
        assert.equal(attached.wakeUp(), SLEEP_AWAKE)
      }
    })

    test('its position is that of the first that was dropped, also where records got in between', () => {
      const rig = make()
      rig.mustOutput(new Uint8Array(3000))
      const gap = rig.producerPosition
      assert.equal(rig.producer.reserve(2000), 0)
      // Too little room for the report and the record: the report waits.
      const small = 4096 - 8 - rig.producerPosition - REPORT_BYTES
      rig.mustDiscard(rig.mustReserve(small))
      assert.equal(rig.producer.reserve(2000), 0)
      rig.consumer.consume(() => {})
      rig.consumer.close()
      rig.mustOutput('behind')
      assert.deepEqual(shown(rig), [dropped(2, gap), 'behind'])
    })

    test('gap by gap, each is told once', () => {
      const rig = make(2 ** 32 - 40_000)
      for (let round = 1; round < 50; round++) {
        assert.ok(rig.fill(100) > 30)
        const gap = rig.producerPosition
        for (let i = 1; i < round; i++) assert.equal(rig.producer.reserve(100), 0)
        shown(rig)
        rig.mustOutput('behind')
        assert.deepEqual(shown(rig), [dropped(round, gap), 'behind'])
        assert.deepEqual(shown(rig), [])
      }
    })

    test('a batch that is dropped counts as its records; a batch behind the gap is not torn by it', () => {
      const rig = make()
      rig.mustOutput(new Uint8Array(3000))
      const gap = rig.producerPosition
      assert.equal(rig.producer.reserveBatch(9, 300), 0)
      assert.equal(rig.producer.outputMany([new Uint8Array(900), new Uint8Array(900)]), -11)
      shown(rig)
      assert.equal(rig.producer.outputMany(['a', 'b', 'c'].map((text) => Buffer.from(text))), 0)
      assert.deepEqual(shown(rig), [dropped(11, gap), 'a', 'b', 'c'])
    })

    test('every way to reserve reports: record, batch, output, outputMany, tryReserve', () => {
      const x = new Uint8Array(1)
      const ways: ((rig: Rig) => void)[] = [
        ({ producer }) => producer.record(1)?.submit(),
        ({ producer }) => producer.batch(2, 1)?.submit(),
        ({ producer }) => assert.equal(producer.output(x), 0),
        ({ producer }) => assert.equal(producer.outputMany([x]), 0),
        ({ producer }) => producer.submit(producer.tryReserve(1)),
        ({ producer }) => producer.submit(producer.reserveBlocking(1)),
      ]
      for (const way of ways) {
        const rig = make()
        rig.fill(1000)
        shown(rig)
        way(rig)
        assert.ok(shown(rig)[0] instanceof LostRecord, `${way}`)
      }
    })

    test('in room for the record only, or for the report only, the report waits', () => {
      for (let free = 16; free <= 64; free += 8) {
        const rig = make()
        rig.mustOutput(new Uint8Array(4096 - 8 - free - 8))
        assert.equal(rig.producerPosition, 4096 - 8 - free)
        assert.equal(rig.producer.reserve(1000), 0)
        const before = rig.producerPosition
        // 16 bytes: a record of 8 and its header.
        rig.mustSubmit(rig.mustReserve(8))
        const reported = rig.producerPosition - before === 16 + REPORT_BYTES
        assert.equal(reported, free >= 16 + REPORT_BYTES, `${free} bytes free`)
        if (!reported) assert.equal(rig.producerPosition - before, 16)
      }
    })

    test('a report never makes a loss: what fits without it still fits', () => {
      for (let size = 0; size <= 4080; size += 40) {
        const rig = make()
        rig.mustOutput(new Uint8Array(4080))
        assert.equal(rig.producer.reserve(8), 0)
        shown(rig)
        assert.notEqual(rig.producer.reserve(size), 0, `${size} bytes`)
      }
    })

    test('a report that crosses the end of the data is read like any other', () => {
      for (let back = 8; back <= 48; back += 8) {
        const rig = make(4096 - back)
        rig.mustOutput(new Uint8Array(4080))
        assert.equal(rig.producer.reserve(8), 0)
        shown(rig)
        // One ring further, less 8 bytes: the report begins where the first record did, or just before.
        const gap = rig.producerPosition
        assert.equal((gap & 4095) + back + 8, 4096)
        rig.mustOutput('behind')
        assert.deepEqual(shown(rig), [dropped(1, gap), 'behind'])
      }
    })

    test('each producer says what it lost by itself', () => {
      const rig = make()
      const producers = [0, 1, 2].map(() => openProducer(joinRing(rig.ring.handle, { engine: build.engine })))
      rig.mustOutput(new Uint8Array(4000))
      const gap = rig.producerPosition
      for (const [i, producer] of producers.entries()) {
        for (let drops = 0; drops <= i; drops++) assert.equal(producer.reserve(500), 0)
      }
      shown(rig)
      for (const [i, producer] of producers.entries()) producer.outputText(`${i}`)
      assert.deepEqual(shown(rig), [dropped(1, gap), '0', dropped(2, gap), '1', dropped(3, gap), '2'])
    })

    test('a producer that is gone leaves its losses to the end, when they are told with the rest', () => {
      const rig = make()
      const gone = openProducer(joinRing(rig.ring.handle, { engine: build.engine }))
      rig.mustOutput(new Uint8Array(4000))
      for (let i = 0; i < 4; i++) assert.equal(gone.reserve(500), 0)
      gone.detach()
      assert.equal(rig.producer.reserve(500), 0)
      const gap = rig.producerPosition
      shown(rig)
      rig.mustOutput('behind')
      assert.deepEqual(shown(rig), [dropped(1, gap), 'behind'])
      rig.ring.close()
      assert.deepEqual(shown(rig), [dropped(4, rig.producerPosition)])
      assert.deepEqual(shown(rig), [])
    })

    test('max counts a gap as a record, and nothing is lost between visits', () => {
      const rig = make()
      rig.fill(1000)
      shown(rig)
      rig.mustOutput('a')
      rig.mustOutput('b')
      using consumer = openConsumer(rig.ring, { showLost: true })
      const seen: unknown[] = []
      for (let i = 0; i < 4; i++) {
        const count = consumer.consume((record) => seen.push(record), { max: 1 })
        assert.equal(count, i < 3 ? 1 : 0)
        assert.equal(seen.length, Math.min(i + 1, 3))
      }
      assert.ok(seen[0] instanceof LostRecord)
    })

    test('read and the iteration give the gap in its place', () => {
      const rig = make()
      rig.mustOutput('a')
      rig.mustOutput(new Uint8Array(3900))
      assert.equal(rig.producer.reserve(1000), 0)
      using consumer = openConsumer(rig.ring, { showLost: true })
      consumer.consume(() => {}, { max: 1 })
      consumer.read()
      rig.mustOutput('b')
      assert.ok(consumer.read() instanceof LostRecord)
      rig.mustOutput('c')
      assert.deepEqual(
        [...consumer].map((record) =>
          record instanceof LostRecord ? record : Buffer.from(record).toString(),
        ),
        ['b', 'c'],
      )
    })

    test('STOP that is answered for a gap ends the visit behind it', () => {
      const rig = make()
      rig.fill(1000)
      shown(rig)
      rig.mustOutput('a')
      const seen: unknown[] = []
      {
        using consumer = openConsumer(rig.ring, { showLost: true })
        consumer.consume((record) => {
          seen.push(record)
          return STOP
        })
      }
      assert.equal(seen.length, 1)
      assert.ok(seen[0] instanceof LostRecord)
      assert.deepEqual(shown(rig), ['a'])
    })

    test('a callback that throws at a gap has consumed it, and nothing else', () => {
      const rig = make()
      rig.mustOutput('x')
      rig.fill(1000)
      shown(rig)
      rig.mustOutput('a')
      {
        using consumer = openConsumer(rig.ring, { showLost: true })
        assert.throws(
          () =>
            consumer.consume(() => {
              throw new Error('at the gap')
            }),
          /at the gap/,
        )
      }
      assert.deepEqual(shown(rig), ['a'])
    })

    test('a lease tells of the gaps that it comes over, and counts no report as discarded', () => {
      const rig = make()
      rig.fill(1000)
      const gap = rig.producerPosition
      shown(rig)
      rig.mustOutput('a')
      const told: LostRecord[] = []
      using consumer = openConsumer(rig.ring, { onLost: (lost) => told.push(lost) })
      const lease = consumer.lease()
      assert.equal(lease.length, 1)
      lease.release()
      assert.equal(rig.mustBalance().skipped, 0)
      consumer.consume(() => {})
      assert.deepEqual(told, [dropped(1, gap)])
    })

    test('a reader that does not ask sees records only, and its counters balance', () => {
      const rig = make()
      const seen: number[] = []
      for (let round = 0; round < 20; round++) {
        rig.fill(300)
        rig.consumer.consume((record) => seen.push(record.length))
      }
      assert.ok(seen.every((length) => length === 300))
      const { submitted, consumed, skipped, dropped: count } = rig.mustBalance()
      assert.deepEqual([consumed, skipped, count], [submitted, 0, 20])
    })

    test('the next consumer goes on with the count, whether the first one asked or not', () => {
      for (const asks of [false, true]) {
        const rig = make()
        rig.fill(1000)
        rig.texts()
        rig.consumer.close()
        rig.mustOutput('told of in front of this')
        const first = openConsumer(rig.ring, asks ? { onLost: () => {} } : {})
        first.consume(() => {})
        rig.fill(1000)
        const told: number[] = []
        using second = openConsumer(rig.ring, {
          takeOver: true,
          onLost: ({ count }) => told.push(count),
        })
        second.consume(() => {})
        rig.ring.close()
        second.consume(() => {})
        assert.deepEqual(told, [1])
      }
    })

    test('in the ring a report is a discarded record of 16 bytes: readers of the format pass over it', () => {
      const rig = make()
      rig.fill(1000)
      const at = rig.producerPosition
      shown(rig)
      rig.mustOutput('a')
      const { word, pageOffset } = rig.header(DATA_OFFSET + (at & 4095) + 8)
      assert.equal(word, 0x4000_0010)
      assert.equal(pageOffset & 0xff_ffff, 3 + ((at & 4095) >>> 12))
      assert.equal(pageOffset >>> 24, 0xff)
    })

    test('records of 16 bytes that are discarded are no reports, whatever is in them', () => {
      for (const owners of [false, true]) {
        const rig = new Rig(build, { lostRecords: true, owners })
        const address = rig.mustReserve(16)
        rig.u8.fill(0xff, address, address + 16)
        rig.mustDiscard(address)
        assert.deepEqual(shown(rig), [])
        assert.equal(rig.mustBalance().skipped, 1)
      }
    })

    test('a ring that was not made so has no reports in it', () => {
      const rig = new Rig(build)
      rig.fill(1000)
      rig.texts()
      const before = rig.producerPosition
      rig.mustOutput('a')
      assert.equal(rig.producerPosition - before, 16)
    })
  })
}
