/** How many records a lease lends. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LeaseOptions } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { pattern, Rig } from '../ring/support/rig.js'

for (const build of BUILDS) {
  describe(build.name, () => {
    /** How many of these records, by their lengths, a lease takes. */
    const lent = (lengths: readonly number[], options: LeaseOptions): number => {
      const rig = new Rig(build)
      for (const [i, length] of lengths.entries()) rig.mustOutput(pattern(length, i))
      const lease = rig.consumer.lease(options)
      const { length } = lease
      lease.release()
      // The others are still there.
      assert.equal(
        rig.consumer.consume(() => {}),
        lengths.length - length,
      )
      assert.equal(rig.mustBalance().consumed, lengths.length)
      return length
    }

    test('max: so many records, and no more', () => {
      const three = [1, 2, 3]
      assert.equal(lent(three, { max: 0 }), 0)
      assert.equal(lent(three, { max: 1 }), 1)
      assert.equal(lent(three, { max: 2 }), 2)
      assert.equal(lent(three, { max: 3 }), 3)
      assert.equal(lent(three, { max: 4 }), 3)
      assert.equal(lent(three, { max: Number.POSITIVE_INFINITY }), 3)
    })

    test('by default it takes 256; more if it is told', () => {
      const many = Array<number>(400).fill(0)
      assert.equal(lent(many, {}), 256)
      assert.equal(lent(many, { max: 300 }), 300)
      assert.equal(lent(many, { max: Number.POSITIVE_INFINITY }), 400)
    })

    test('maxBytes: payloads that exceed them are not lent, but one always is', () => {
      const hundreds = [100, 100, 100, 100]
      assert.equal(lent(hundreds, { maxBytes: 0 }), 1)
      assert.equal(lent(hundreds, { maxBytes: 99 }), 1)
      assert.equal(lent(hundreds, { maxBytes: 199 }), 1)
      assert.equal(lent(hundreds, { maxBytes: 200 }), 2)
      assert.equal(lent(hundreds, { maxBytes: 299 }), 2)
      assert.equal(lent(hundreds, { maxBytes: 400 }), 4)
      assert.equal(lent(hundreds, { maxBytes: Number.POSITIVE_INFINITY }), 4)
      assert.equal(lent([500, 1], { maxBytes: 400 }), 1)
      assert.equal(lent([1, 500, 1], { maxBytes: 400 }), 1)
    })

    test('maxBytes: records without a byte cost nothing', () => {
      assert.equal(lent([0, 0, 0], { maxBytes: 0 }), 3)
      assert.equal(lent([0, 5, 0, 5], { maxBytes: 5 }), 3)
    })

    test('both: whichever comes first', () => {
      assert.equal(lent([100, 100, 100], { max: 2, maxBytes: 1000 }), 2)
      assert.equal(lent([100, 100, 100], { max: 3, maxBytes: 100 }), 1)
    })

    test('limits that are none are errors, and nothing is on lease then', () => {
      const rig = new Rig(build)
      rig.mustOutput('x')
      const wrong: LeaseOptions[] = [
        { max: -1 },
        { max: 1.5 },
        { max: Number.NaN },
        { maxBytes: -1 },
        { maxBytes: Number.NaN },
      ]
      for (const options of wrong) {
        assert.throws(() => rig.consumer.lease(options), { code: 'ERR_INVALID_ARGUMENT' })
      }
      assert.deepEqual(rig.texts(), ['x'])
    })
  })
}
