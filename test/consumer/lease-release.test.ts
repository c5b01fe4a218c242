/** Giving back what was lent: all, some, or what was handed out. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openConsumer } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Random, SEED } from '../ring/support/random.js'
import { Rig } from '../ring/support/rig.js'
import { numbered, numberOf } from './support-records/notes.js'

for (const build of BUILDS) {
  describe(build.name, () => {
    const full = (records: number): Rig => {
      const rig = new Rig(build)
      for (let i = 0; i < records; i++) rig.mustOutput(`${i}`)
      return rig
    }

    test('the first few can be released: the others are shown again', () => {
      const rig = full(5)
      rig.consumer.lease().release(2)
      assert.equal(rig.consumerPosition, 32)
      assert.deepEqual(rig.texts(), ['2', '3', '4'])
      assert.equal(rig.mustBalance().consumed, 5)
    })

    test('none can be released: all are shown again', () => {
      const rig = full(3)
      rig.consumer.lease().release(0)
      assert.equal(rig.consumerPosition, 0)
      assert.deepEqual(rig.texts(), ['0', '1', '2'])
    })

    test('more than were lent cannot, nor a part of one; and the lease goes on', () => {
      const rig = full(3)
      const lease = rig.consumer.lease()
      for (const count of [4, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        assert.throws(() => lease.release(count), { code: 'ERR_INVALID_ARGUMENT' })
      }
      assert.equal(lease.released, false)
      lease.release(3)
      assert.equal(lease.released, true)
      assert.deepEqual(rig.texts(), [])
    })

    test('leaving the block gives back what was handed out', () => {
      const rig = full(5)
      {
        using lease = rig.consumer.lease()
        for (const record of lease) if (record.text() === '2') break
      }
      assert.deepEqual(rig.texts(), ['3', '4'])
    })

    test('also by a block that throws: the record it threw at is consumed', () => {
      const rig = full(5)
      assert.throws(() => {
        using lease = rig.consumer.lease()
        for (const record of lease) if (record.text() === '1') throw new Error('enough')
      }, /enough/)
      assert.deepEqual(rig.texts(), ['2', '3', '4'])
    })

    test('a block that looks at nothing consumes nothing', () => {
      const rig = full(2)
      {
        using _lease = rig.consumer.lease()
      }
      assert.deepEqual(rig.texts(), ['0', '1'])
    })

    test('a record that is asked for by number takes those before it with it', () => {
      const rig = full(5)
      {
        using lease = rig.consumer.lease()
        assert.equal(lease.at(3).text(), '3')
        assert.equal(lease.at(1).text(), '1')
      }
      assert.deepEqual(rig.texts(), ['4'])
    })

    test('a number that is none hands out nothing', () => {
      const rig = full(2)
      {
        using lease = rig.consumer.lease()
        for (const index of [2, -1, 0.5, Number.NaN]) {
          assert.throws(() => lease.at(index), { code: 'ERR_INVALID_ARGUMENT' })
        }
      }
      assert.deepEqual(rig.texts(), ['0', '1'])
    })

    test('a block that releases by itself is not asked again', () => {
      const rig = full(3)
      {
        using lease = rig.consumer.lease()
        for (const _record of lease) lease.release(1)
      }
      assert.deepEqual(rig.texts(), ['1', '2'])
    })

    test('leaving the block of the consumer releases what was handed out, and closes', () => {
      const rig = full(3)
      {
        using consumer = openConsumer(rig.ring)
        const lease = consumer.lease()
        lease.at(0)
      }
      assert.deepEqual(rig.texts(), ['1', '2'])
    })

    test('released room is free at once, and not before', () => {
      const rig = new Rig(build)
      const records = rig.fill(56)
      const lease = rig.consumer.lease()
      assert.equal(lease.length, records)
      assert.equal(rig.producer.reserve(56), 0)
      lease.release(2)
      assert.equal(rig.fill(56), 2)
    })

    test('whatever is released how, nothing is lost and nothing is shown twice', () => {
      const random = new Random(SEED)
      const rig = new Rig(build, { initialPosition: 2 ** 32 - 4000 })
      let [sent, next] = [0, 0]
      for (let round = 0; round < 2000; round++) {
        for (let i = random.below(12); i > 0; i--) {
          const address = rig.producer.reserve(4 + random.below(random.oneIn(20) ? 1500 : 120))
          if (address === 0) break
          if (random.oneIn(5)) {
            rig.mustDiscard(address)
            continue
          }
          const length = rig.header(address).word & 0xffff
          rig.u8.set(numbered(sent++, length), address)
          rig.mustSubmit(address)
        }
        if (random.oneIn(4)) {
          rig.consumer.consume((record) => assert.equal(numberOf(record), next++), { max: random.below(5) })
          continue
        }
        const limits = random.oneIn(3) ? { maxBytes: random.below(500) } : { max: random.below(20) }
        using lease = rig.consumer.lease(limits)
        for (let i = 0; i < lease.length; i++) assert.equal(numberOf(lease.at(i).copy()), next + i)
        const count = random.below(lease.length + 1)
        lease.release(count)
        next += count
      }
      rig.consumer.consume((record) => assert.equal(numberOf(record), next++))
      assert.equal(next, sent, `seed ${SEED}`)
      const { consumed, submitted, skipped, discarded } = rig.mustBalance()
      assert.deepEqual([consumed, skipped], [submitted, discarded], `seed ${SEED}`)
    })
  })
}
