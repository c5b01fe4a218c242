/** Discarded records in front of leased ones, between them and behind them. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

for (const build of BUILDS) {
  describe(build.name, () => {
    /** A small letter is discarded. Every record takes 16 bytes. */
    const sent = (records: string): Rig => {
      const rig = new Rig(build)
      for (const record of records) {
        const address = rig.mustReserveText(record)
        if (record === record.toUpperCase()) rig.mustSubmit(address)
        else rig.mustDiscard(address)
      }
      return rig
    }

    test('they are not lent', () => {
      const rig = sent('aBcDeeFg')
      using lease = rig.consumer.lease()
      assert.deepEqual(
        [...lease].map((record) => record.text()),
        ['B', 'D', 'F'],
      )
    })

    test('released with all, all of them are passed over', () => {
      const rig = sent('aBcDeeFg')
      rig.consumer.lease().release()
      assert.equal(rig.consumerPosition, 128)
      const { consumed, skipped } = rig.mustBalance()
      assert.deepEqual([consumed, skipped], [3, 5])
    })

    test('those behind the last that is released go with it', () => {
      const rig = sent('aBcDeeFg')
      rig.consumer.lease().release(2)
      assert.equal(rig.consumerPosition, 96)
      const { consumed, skipped } = rig.mustBalance()
      assert.deepEqual([consumed, skipped], [2, 4])
      assert.deepEqual(rig.texts(), ['F'])
      assert.equal(rig.mustBalance().skipped, 5)
    })

    test('those in front of the first go with none', () => {
      const rig = sent('aaB')
      rig.consumer.lease().release(0)
      assert.equal(rig.consumerPosition, 32)
      assert.equal(rig.mustBalance().skipped, 2)
      assert.deepEqual(rig.texts(), ['B'])
    })

    test('however many lie in front: a lease lends a record if one is ready', () => {
      const rig = sent('aB')
      assert.equal(rig.consumer.lease({ max: 1 }).length, 1)
      const other = new Rig(build, { size: 65_536 })
      const batch = other.producer.reserveBatch(300, 8)
      assert.equal(other.producer.discardBatch(batch, 300, 8), 0)
      other.mustOutput('x')
      assert.equal(other.consumer.lease().length, 1)
    })

    test('where nothing else is there, the lease is empty and its release passes over them', () => {
      const rig = sent('abc')
      {
        using lease = rig.consumer.lease()
        assert.equal(lease.length, 0)
      }
      assert.equal(rig.consumerPosition, 48)
      assert.equal(rig.mustBalance().skipped, 3)
    })

    test('they count as records that were looked at, for max', () => {
      const rig = sent('aaaB')
      for (let i = 0; i < 4; i++) {
        using lease = rig.consumer.lease({ max: 1 })
        assert.ok(lease.length <= 1)
        for (const record of lease) assert.equal(record.text(), 'B')
      }
      assert.equal(rig.consumerPosition, 64)
      assert.equal(rig.mustBalance().consumed, 1)
    })

    test('they cost nothing of maxBytes', () => {
      const rig = sent('aBcccC')
      using lease = rig.consumer.lease({ maxBytes: 2 })
      assert.equal(lease.length, 2)
    })

    test('a batch that was discarded is passed over as a whole', () => {
      const rig = sent('A')
      const first = rig.producer.reserveBatch(5, 8)
      assert.equal(rig.producer.discardBatch(first, 5, 8), 0)
      rig.mustOutput('B')
      using lease = rig.consumer.lease()
      assert.deepEqual(
        [...lease].map((record) => record.text()),
        ['A', 'B'],
      )
      lease.release(1)
      assert.equal(rig.consumerPosition, 16 + 80)
      assert.equal(rig.mustBalance().skipped, 5)
    })
  })
}
