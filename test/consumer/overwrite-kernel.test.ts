/** BPF_F_RB_OVERWRITE by the kernel's rules: section 2.11 of the facts. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  BPF_F_RB_OVERWRITE,
  BPF_RB_AVAIL_DATA,
  BPF_RB_CONS_POS,
  BPF_RB_FORCE_WAKEUP,
  BPF_RB_NO_WAKEUP,
  BPF_RB_OVERWRITE_POS,
  BPF_RB_PROD_POS,
  BPF_RB_RING_SIZE,
  createRing,
} from 'bpf-ringbuf'
import { SLEEP_ASLEEP, SLEEP_AWAKE, SLEEP_FORCED, SLEEP_WORD } from '#dist/abi/region.js'
import { ENGINES } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

for (const engine of ENGINES) {
  describe(engine, () => {
    const make = (initialPosition = 0) =>
      new Rig({ name: engine, engine, reservations: 'lock' }, { flags: BPF_F_RB_OVERWRITE, initialPosition })
    /** Reserves so many bytes, header included. */
    const take = (rig: Rig, total: number) => rig.mustReserve(total - 8)
    const overwritePosition = (rig: Rig) => rig.ring.query(BPF_RB_OVERWRITE_POS)

    test('the worked example of the commit', () => {
      for (const start of [0, 2 ** 31 - 1024, 2 ** 32 - 1024]) {
        const rig = make(start)
        const at = (position: number) => (start + position) % 2 ** 32
        const a = take(rig, 512)
        const b = take(rig, 1024)
        const c = take(rig, 2048)
        assert.equal(rig.producerPosition, at(3584))
        assert.equal(rig.pendingPosition, at(0))
        assert.equal(overwritePosition(rig), at(0))
        rig.mustSubmit(a)
        rig.mustSubmit(b)
        // The pending position moves when the next is reserved.
        const d = take(rig, 1536)
        assert.equal(rig.pendingPosition, at(1536))
        assert.equal(rig.producerPosition, at(5120))
        assert.equal(overwritePosition(rig), at(1536))
        assert.equal(rig.producer.reserve(1024 - 8), 0, 'E would reach the busy C')
        assert.equal(rig.producer.reason, 'full')
        rig.mustSubmit(c)
        rig.mustSubmit(d)
        assert.equal(rig.producer.reserve(4096), 0)
        const e = take(rig, 1024)
        assert.equal(rig.pendingPosition, at(5120))
        rig.mustSubmit(e)
        assert.equal(rig.mustBalance().overwritten, 3)
      }
    })

    test('a busy record is never overwritten, wherever it stands', () => {
      const rig = make()
      const busy = rig.mustReserveText('busy')
      while (rig.producer.output(new Uint8Array(100)) === 0);
      assert.equal(rig.producer.reason, 'full')
      assert.ok(rig.producerPosition <= 4088)
      assert.equal(Buffer.from(rig.u8.subarray(busy, busy + 4)).toString(), 'busy')
      assert.deepEqual(rig.header(busy), { word: 0x8000_0004, pageOffset: 3 })
      rig.mustSubmit(busy)
      rig.mustOutput(new Uint8Array(100))
      assert.ok(overwritePosition(rig) >= 16)
    })

    test('a busy record in the middle keeps what is behind it, and only that', () => {
      const rig = make()
      for (let i = 0; i < 10; i++) rig.mustOutput(new Uint8Array(92))
      const position = rig.producerPosition
      const busy = rig.mustReserve(92)
      let records = 0
      while (rig.producer.output(new Uint8Array(92)) === 0) records++
      // One ring from the busy one, itself included.
      assert.equal(records, Math.floor((4096 - 8) / 104) - 1)
      assert.ok(overwritePosition(rig) <= position)
      assert.ok(rig.producerPosition - overwritePosition(rig) < 4096)
      rig.mustDiscard(busy)
    })

    test('it is never full for a record that fits the ring: even the longest, again and again', () => {
      const rig = make()
      for (let i = 0; i < 10; i++) {
        rig.mustOutput(new Uint8Array(4080))
        assert.equal(rig.producerPosition, (i + 1) * 4088)
        assert.equal(overwritePosition(rig), i * 4088)
      }
      assert.equal(rig.producer.reserve(4081), 0)
      assert.equal(rig.producer.reason, 'too-large')
      assert.equal(rig.producer.reserve(4088), 0)
      const { overwritten, dropped, refused } = rig.mustBalance()
      assert.deepEqual([overwritten, dropped, refused], [9, 0, 2])
    })

    test('it gives up whole records, and no more of them than it needs', () => {
      const rig = make()
      for (let i = 0; i < 255; i++) rig.mustOutput(new Uint8Array(8))
      assert.equal(rig.producerPosition, 4080)
      assert.equal(overwritePosition(rig), 0)
      rig.mustOutput(new Uint8Array(0))
      assert.equal(overwritePosition(rig), 0, 'size - 8 bytes may be in use')
      rig.mustOutput(new Uint8Array(0))
      assert.equal(overwritePosition(rig), 16)
      rig.mustOutput(new Uint8Array(0))
      assert.equal(overwritePosition(rig), 16)
      rig.mustOutput(new Uint8Array(40))
      assert.equal(overwritePosition(rig), 64)
    })

    test('what cannot be reserved overwrites nothing', () => {
      const rig = make()
      for (let i = 0; i < 40; i++) rig.mustOutput(new Uint8Array(92))
      const before = overwritePosition(rig)
      const busy = rig.mustReserve(92)
      const after = overwritePosition(rig)
      assert.ok(after >= before)
      for (const size of [3990, 4080, 4081, 4088, 5000]) assert.equal(rig.producer.reserve(size), 0)
      assert.equal(rig.producer.reserveBatch(50, 100), 0)
      assert.equal(overwritePosition(rig), after)
      rig.mustSubmit(busy)
    })

    test('a batch overwrites as one record, and is overwritten record by record', () => {
      const rig = make()
      const first = rig.producer.reserveBatch(31, 120)
      assert.equal(rig.producerPosition, 31 * 128)
      assert.equal(rig.producer.reserve(200), 0, 'the whole batch is busy')
      assert.equal(rig.producer.submitBatch(first, 31, 120), 0)
      take(rig, 208)
      assert.equal(overwritePosition(rig), 128)
      assert.equal(rig.mustBalance().overwritten, 1)
    })

    test('discarded records are given up like others, and are not counted', () => {
      const rig = make()
      for (let i = 0; i < 8; i++) rig.mustDiscard(take(rig, 512 - 8))
      rig.mustSubmit(take(rig, 2048))
      assert.ok(overwritePosition(rig) > 0)
      assert.equal(rig.mustBalance().overwritten, 0)
    })

    test('the consumer position is never touched by producers, and may lag', () => {
      const rig = make()
      rig.mustOutput('x')
      rig.texts()
      for (let i = 0; i < 1000; i++) rig.mustOutput(new Uint8Array(100))
      assert.equal(rig.ring.query(BPF_RB_CONS_POS), 16)
      assert.ok(overwritePosition(rig) > 4096)
    })

    test('query: available is what lies behind the consumer or the overwrite position, whichever is further', () => {
      for (const start of [0, 2 ** 32 - 2048]) {
        const rig = make(start)
        const sum = () => ((rig.producerPosition - rig.consumerPosition) >>> 0) as number
        const over = () => ((rig.producerPosition - overwritePosition(rig)) >>> 0) as number
        assert.equal(rig.ring.query(BPF_RB_AVAIL_DATA), 0)
        for (let i = 0; i < 200; i++) {
          rig.mustOutput(new Uint8Array(i))
          assert.equal(rig.ring.query(BPF_RB_AVAIL_DATA), Math.min(sum(), over()))
          if (i % 50 === 49) {
            rig.texts(7)
            assert.equal(rig.ring.query(BPF_RB_AVAIL_DATA), Math.min(sum(), over()))
          }
        }
        rig.texts()
        assert.equal(rig.ring.query(BPF_RB_AVAIL_DATA), 0)
        assert.equal(rig.ring.query(BPF_RB_RING_SIZE), 4096)
        assert.equal(rig.ring.query(BPF_RB_PROD_POS), rig.consumerPosition)
        assert.equal(rig.ring.query(5), 0)
      }
    })

    test('query: the overwrite position of a ring that does not overwrite is 0', () => {
      for (const reservations of ['claim', 'lock'] as const) {
        const rig = new Rig({ name: '', engine, reservations }, { initialPosition: 64 })
        rig.mustOutput('x')
        assert.equal(rig.ring.query(BPF_RB_OVERWRITE_POS), 0)
      }
    })

    test('the rule for wake-ups is the same: only the record that the consumer stands at', () => {
      const rig = make()
      const wakes = (flags = 0): 'no' | 'yes' | 'forced' => {
        rig.setWord(SLEEP_WORD, SLEEP_ASLEEP)
        rig.mustOutput('x', flags)
        const word = rig.sleepWord
        rig.setWord(SLEEP_WORD, SLEEP_AWAKE)
        return word === SLEEP_ASLEEP ? 'no' : word === SLEEP_FORCED ? 'forced' : 'yes'
      }
      assert.deepEqual([wakes(), wakes(), wakes(BPF_RB_FORCE_WAKEUP)], ['yes', 'no', 'forced'])
      rig.texts()
      assert.deepEqual([wakes(BPF_RB_NO_WAKEUP), wakes()], ['no', 'no'])
      // Every record takes 16 bytes: after a ring of them one begins at its place again.
      rig.texts()
      assert.equal(wakes(BPF_RB_NO_WAKEUP), 'no')
      const seen = Array.from({ length: 256 }, () => wakes())
      assert.deepEqual(
        seen.flatMap((woken, i) => (woken === 'yes' ? [i] : [])),
        [255],
      )
    })

    test('closing ends it: no reservation, and what is held can be committed and read', () => {
      const rig = make()
      for (let i = 0; i < 100; i++) rig.mustOutput(new Uint8Array(100))
      const held = rig.mustReserveText('held')
      rig.ring.close()
      assert.equal(rig.producer.reserve(8), 0)
      assert.equal(rig.producer.reason, 'closed')
      rig.mustSubmit(held)
      assert.equal(rig.texts().at(-1), 'held')
      assert.equal(rig.consumer.wait(), 'closed')
    })

    test('room: there is always room, but behind a busy record', async () => {
      const rig = make()
      for (let i = 0; i < 100; i++) rig.mustOutput(new Uint8Array(100))
      assert.equal(rig.producer.hasRoom(4080), true)
      assert.equal(rig.producer.hasRoom(4081), false)
      assert.equal(rig.producer.waitForRoom(4080, 0), true)
      const busy = rig.mustReserve(8)
      assert.equal(rig.producer.hasRoom(4080), false)
      assert.equal(rig.producer.hasRoom(4064), true)
      assert.equal(rig.producer.waitForRoom(4080, 5), false)
      rig.mustSubmit(busy)
      assert.equal(await rig.producer.waitForRoomAsync(4080, 5), true)
    })

    test('a ring that overwrites takes the lock, and says so', () => {
      const { ring } = make()
      assert.equal(ring.overwrites, true)
      assert.equal(ring.reservations, 'lock')
      assert.throws(
        () => createRing({ size: 4096, engine, flags: BPF_F_RB_OVERWRITE, reservations: 'claim' }),
        { code: 'ERR_INVALID_ARGUMENT' },
      )
      assert.throws(() => createRing({ size: 4096, engine, flags: 1 }), { code: 'ERR_RING_FLAGS' })
      assert.equal(createRing({ size: 4096, engine, flags: 0 }).overwrites, false)
      assert.equal(BPF_F_RB_OVERWRITE, 1 << 19)
    })
  })
}
