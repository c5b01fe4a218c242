/** Records that were overwritten before the consumer came to them: how many, exactly, and where it goes on. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_F_RB_OVERWRITE, LostRecord, openConsumer } from 'bpf-ringbuf'
import { OVERWRITTEN_COUNT } from '#dist/abi/region.js'
import { ENGINES } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

for (const engine of ENGINES) {
  describe(engine, () => {
    const make = (initialPosition = 0) =>
      new Rig({ name: engine, engine, reservations: 'lock' }, { flags: BPF_F_RB_OVERWRITE, initialPosition })
    /** A ring of records of 512 bytes, of which it holds 7. */
    const lapped = (records: number, initialPosition = 0): Rig => {
      const rig = make(initialPosition)
      for (let i = 0; i < records; i++) {
        const address = rig.mustReserve(504)
        rig.u8[address] = i
        rig.mustSubmit(address)
      }
      return rig
    }

    test('the gap is shown in front of the oldest record that is there, with its position', () => {
      for (const start of [0, 2 ** 31 - 2048, 2 ** 32 - 2048]) {
        const rig = lapped(10, start)
        const consumer = openConsumer(rig.ring, { showLost: true })
        const seen: unknown[] = []
        const count = consumer.consume((record) =>
          seen.push(record instanceof LostRecord ? record : record[0]),
        )
        const position = (start + 3 * 512) % 2 ** 32
        assert.deepEqual(seen, [new LostRecord(3, position, 'overwritten'), 3, 4, 5, 6, 7, 8, 9])
        assert.equal(count, 8)
      }
    })

    test('onLost is called in its place, and once', () => {
      const rig = lapped(10)
      const seen: unknown[] = []
      const consumer = openConsumer(rig.ring, { onLost: (lost) => seen.push(lost) })
      consumer.consumeRaw((memory, offset) => seen.push(memory[offset]), { max: 2 })
      consumer.consumeRaw((memory, offset) => seen.push(memory[offset]), { max: 1 })
      assert.deepEqual(seen, [new LostRecord(3, 1536, 'overwritten'), 3, 4, 5])
    })

    test('a lease tells of it, and lends what is there', () => {
      const rig = lapped(10)
      const told: LostRecord[] = []
      using consumer = openConsumer(rig.ring, { onLost: (lost) => told.push(lost) })
      const seen: (number | undefined)[] = []
      // What one lease does not reach, another does.
      for (let lent = 1; lent > 0; ) {
        using lease = consumer.lease()
        for (const record of lease) seen.push(record.bytes[0])
        lent = lease.length
      }
      assert.deepEqual(seen, [3, 4, 5, 6, 7, 8, 9])
      assert.deepEqual(told, [new LostRecord(3, 1536, 'overwritten')])
    })

    test('a gap counts for max', () => {
      const rig = lapped(10)
      const consumer = openConsumer(rig.ring, { showLost: true })
      assert.ok(consumer.read() instanceof LostRecord)
      const record = consumer.read()
      assert.equal(record instanceof Uint8Array && record[0], 3)
      assert.equal(
        consumer.consume(() => {}, { max: 2 }),
        2,
      )
      assert.equal([...consumer].length, 4)
    })

    test('what was discarded was not lost', () => {
      const rig = make()
      for (let i = 0; i < 20; i++) {
        const address = rig.mustReserve(504)
        if (i % 2 === 0) rig.mustSubmit(address)
        else rig.mustDiscard(address)
      }
      const told: number[] = []
      const consumer = openConsumer(rig.ring, { onLost: ({ count }) => told.push(count) })
      // 13 of 20 are gone, 7 of them submitted.
      assert.equal(
        consumer.consume(() => {}),
        3,
      )
      assert.deepEqual(told, [7])
      const { lost, overwritten, consumed, submitted } = rig.mustBalance()
      assert.deepEqual([lost, overwritten, consumed, submitted], [7, 7, 3, 10])
    })

    test('where nothing but discarded records is gone, there is no gap to tell of', () => {
      const rig = make()
      for (let i = 0; i < 20; i++) rig.mustDiscard(rig.mustReserve(504))
      rig.mustOutput('x')
      const seen: unknown[] = []
      const consumer = openConsumer(rig.ring, { showLost: true })
      consumer.consume((record) => seen.push(record instanceof LostRecord ? record : record.length))
      assert.deepEqual(seen, [1])
    })

    test('what the consumer has seen is overwritten, and not lost', () => {
      const rig = lapped(5)
      rig.texts()
      for (let i = 0; i < 7; i++) rig.mustSubmit(rig.mustReserve(504))
      const { overwritten, lost } = rig.mustBalance()
      assert.deepEqual([overwritten, lost], [5, 0])
      assert.equal(rig.texts().length, 7)
      assert.equal(rig.mustBalance().lost, 0)
    })

    test('counters: submitted is consumed and lost, and what is there', () => {
      const rig = make()
      for (let round = 0; round < 30; round++) {
        for (let i = 0; i < round; i++) rig.mustOutput(new Uint8Array((round * 37 + i) % 400))
        rig.texts(round % 7)
      }
      rig.texts()
      const { submitted, consumed, lost, overwritten } = rig.mustBalance()
      assert.equal(consumed + lost, submitted)
      assert.ok(lost > 0 && overwritten >= lost)
    })

    test('the next consumer, when one has died, goes on with the count', () => {
      const rig = lapped(10)
      const told: number[] = []
      const options = { onLost: ({ count }: LostRecord) => told.push(count), takeOver: true }
      assert.equal(
        openConsumer(rig.ring, options).consume(() => {}, { max: 2 }),
        2,
      )
      for (let i = 0; i < 7; i++) rig.mustSubmit(rig.mustReserve(504))
      assert.equal(
        openConsumer(rig.ring, options).consume(() => {}),
        7,
      )
      assert.deepEqual(told, [3, 5])
      const { submitted, consumed, lost } = rig.mustBalance()
      assert.deepEqual([submitted, consumed, lost], [17, 9, 8])
    })

    test('records dropped behind a busy one are told of too, with their own cause', () => {
      const rig = make()
      const busy = rig.mustReserve(2040)
      rig.mustSubmit(rig.mustReserve(1016))
      assert.equal(rig.producer.reserve(2040), 0)
      const told: LostRecord[] = []
      const consumer = openConsumer(rig.ring, { onLost: (lost) => told.push(lost) })
      consumer.consume(() => {})
      rig.mustSubmit(busy)
      rig.mustSubmit(rig.mustReserve(2040))
      consumer.consume(() => {})
      assert.deepEqual(told, [new LostRecord(1, 0, 'dropped'), new LostRecord(1, 2048, 'overwritten')])
    })

    test('more than 2^32 lost records are counted, told and kept exactly', () => {
      const rig = lapped(10)
      // The high half of the count of overwritten records: as if it had been lapped for an hour.
      rig.setWord(OVERWRITTEN_COUNT + 4, 3)
      const told: number[] = []
      const consumer = openConsumer(rig.ring, { onLost: ({ count }) => told.push(count) })
      consumer.consume(() => {})
      assert.deepEqual(told, [3 * 2 ** 32 + 3])
      assert.equal(rig.ring.counters().lost, 3 * 2 ** 32 + 3)
    })
  })
}
