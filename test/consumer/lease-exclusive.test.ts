/** What cannot be done while records are on lease, and what cannot be done with them afterwards. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

const LEASED = { code: 'ERR_LEASED' }
const RELEASED = { code: 'ERR_LEASE_RELEASED' }

for (const build of BUILDS) {
  describe(build.name, () => {
    test('meanwhile nothing else can be consumed', () => {
      const rig = new Rig(build)
      rig.mustOutput('lent')
      const { consumer } = rig
      const lease = consumer.lease()
      assert.throws(() => consumer.consume(() => {}), LEASED)
      assert.throws(() => consumer.consumeRaw(() => {}), LEASED)
      assert.throws(() => consumer.read(), LEASED)
      assert.throws(() => consumer.lease(), LEASED)
      assert.throws(() => [...consumer], LEASED)
      assert.throws(() => consumer.close(), LEASED)
      lease.release()
      assert.equal(consumer.read(), null)
    })

    test('nor iterated asynchronously; and the lease is as it was', async () => {
      const rig = new Rig(build)
      rig.mustOutput('lent')
      const lease = rig.consumer.lease()
      await assert.rejects(rig.consumer[Symbol.asyncIterator]().next(), LEASED)
      assert.equal(lease.at(0).text(), 'lent')
      lease.release()
      assert.deepEqual(rig.texts(), [])
    })

    test('the consumer may still be looked at', () => {
      const rig = new Rig(build)
      rig.mustOutput('lent')
      const lease = rig.consumer.lease()
      assert.equal(rig.consumer.ready, true)
      assert.equal(rig.consumer.position, 0)
      assert.equal(rig.consumer.stall(), null)
      assert.equal(rig.consumer.counters().consumed, 0)
      lease.release()
      assert.equal(rig.consumer.ready, false)
    })

    test('after the release nothing of a record can be had', () => {
      const rig = new Rig(build)
      rig.mustOutput('lent')
      const lease = rig.consumer.lease()
      const record = lease.at(0)
      lease.release()
      assert.throws(() => record.bytes, RELEASED)
      assert.throws(() => record.dataView, RELEASED)
      assert.throws(() => record.uint32, RELEASED)
      assert.throws(() => record.float64, RELEASED)
      assert.throws(() => record.copy(), RELEASED)
      assert.throws(() => record.text(), RELEASED)
    })

    test('nor of the lease; but how long it was', () => {
      const rig = new Rig(build)
      for (let i = 0; i < 3; i++) rig.mustOutput('x')
      const lease = rig.consumer.lease()
      lease.release()
      assert.throws(() => lease.at(0), RELEASED)
      assert.throws(() => lease.release(), RELEASED)
      assert.throws(() => lease.release(0), RELEASED)
      assert.deepEqual([...lease], [])
      assert.equal(lease.length, 3)
      assert.equal(lease.released, true)
    })

    test('a record that was given back by a partial release cannot be had, nor one that was not', () => {
      const rig = new Rig(build)
      for (let i = 0; i < 2; i++) rig.mustOutput('x')
      const lease = rig.consumer.lease()
      const records = [...lease]
      lease.release(1)
      for (const record of records) assert.throws(() => record.bytes, RELEASED)
    })

    test('in a callback of the consumer nothing can be leased', () => {
      const rig = new Rig(build)
      rig.mustOutput('x')
      rig.consumer.consumeRaw(() => {
        assert.throws(() => rig.consumer.lease(), { code: 'ERR_REENTRANT' })
      })
      assert.equal(rig.consumer.lease().length, 0)
    })

    test('a consumer that is closed lends nothing', () => {
      const rig = new Rig(build)
      rig.consumer.close()
      assert.throws(() => rig.consumer.lease(), { code: 'ERR_CONSUMER_CLOSED' })
    })

    test('leaving the block of a lease twice does nothing', () => {
      const rig = new Rig(build)
      for (let i = 0; i < 2; i++) rig.mustOutput('x')
      const lease = rig.consumer.lease()
      lease.at(0)
      lease[Symbol.dispose]()
      lease[Symbol.dispose]()
      assert.equal(rig.texts().length, 1)
    })
  })
}
