/** libbpf's ring_buffer__consume, __consume_n and ring__*: taking what is there, without waiting. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_RB_NO_WAKEUP, openPoller } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { Polled } from './support/polled.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]
const invalid = { code: 'ERR_INVALID_ARGUMENT' }

describe('consume', () => {
  test('visits all rings in the order in which they were added, woken or not', () => {
    using polled = new Polled(3)
    assert.equal(polled.poller.consume(), 0)
    polled.rig(2).mustOutput('x', BPF_RB_NO_WAKEUP)
    polled.put(1, 'y')
    polled.rig(0).mustOutput('z', BPF_RB_NO_WAKEUP)
    assert.equal(polled.poller.consume(), 3)
    assert.deepEqual(polled.take(), ['0:z', '1:y', '2:x'])
    assert.equal(polled.poller.consume(), 0)
  })

  test('a negative answer stops it there, and is the answer; the next call begins again', () => {
    using polled = new Polled(3)
    for (let ring = 0; ring < 3; ring++) polled.put(ring, 'a', 'b')
    polled.answer = (note) => (note === '1:a' ? -5 : 0)
    assert.equal(polled.poller.consume(), -5)
    assert.deepEqual(polled.take(), ['0:a', '0:b', '1:a'])
    assert.equal(polled.poller.consume(), 3)
    assert.deepEqual(polled.take(), ['1:b', '2:a', '2:b'])
  })

  test('what a callback throws passes through, and nothing is lost', () => {
    using polled = new Polled(2)
    polled.put(0, 'a', 'b')
    polled.put(1, 'c')
    polled.answer = (note) => {
      if (note === '0:a') throw new RangeError('no')
    }
    assert.throws(() => polled.poller.consume(), RangeError)
    assert.equal(polled.poller.consume(), 2)
    assert.deepEqual(polled.take(), ['0:a', '0:b', '1:c'])
  })

  test('it ends, though a callback puts in one for each that it takes', () => {
    using polled = new Polled(1)
    polled.put(0, 'a')
    polled.answer = () => polled.put(0, 'again')
    assert.equal(polled.poller.consume(), 1)
    assert.equal(polled.poller.flush(), 1)
  })

  test('flush takes what NO_WAKEUP has hidden', () => {
    using polled = new Polled(2)
    assert.equal(polled.poller.poll(0), 0)
    polled.rig(1).mustOutput('quiet', BPF_RB_NO_WAKEUP)
    assert.equal(polled.poller.poll(0), 0)
    assert.equal(polled.poller.flush(), 1)
  })

  test('without rings there is nothing', () => {
    using poller = openPoller()
    assert.equal(poller.consume(), 0)
    assert.equal(poller.consumeN(5), 0)
    assert.equal(poller.poll(0), 0)
    assert.equal(poller.length, 0)
  })
})

describe('consumeN', () => {
  test('takes so many of all rings together, in their order', () => {
    using polled = new Polled(3)
    for (let ring = 0; ring < 3; ring++) polled.put(ring, 'a', 'b', 'c')
    assert.equal(polled.poller.consumeN(2), 2)
    assert.equal(polled.poller.consumeN(3), 3)
    assert.deepEqual(polled.take(), ['0:a', '0:b', '0:c', '1:a', '1:b'])
    assert.equal(polled.poller.consumeN(100), 4)
    assert.equal(polled.poller.consumeN(100), 0)
  })

  test('0 takes nothing, of any ring: no quirk of libbpf, whose 0 takes one', () => {
    using polled = new Polled(2)
    polled.put(0, 'a')
    polled.put(1, 'b')
    assert.equal(polled.poller.consumeN(0), 0)
    assert.equal(polled.poller.ring(0).consumeN(0), 0)
    assert.deepEqual(polled.take(), [])
    assert.deepEqual([polled.rig(0).consumerPosition, polled.rig(1).consumerPosition], [0, 0])
  })

  test('discarded records do not count', () => {
    using polled = new Polled(1)
    const rig = polled.rig(0)
    for (const text of ['a', '', 'b', '', 'c']) {
      if (text === '') rig.mustDiscard(rig.mustReserve(8))
      else polled.put(0, text)
    }
    assert.equal(polled.poller.consumeN(2), 2)
    assert.deepEqual(polled.take(), ['0:a', '0:b'])
    assert.equal(polled.poller.consumeN(2), 1)
  })

  test('a negative answer stops it', () => {
    using polled = new Polled(2)
    polled.put(0, 'a', 'b')
    polled.put(1, 'c')
    polled.answer = () => -7
    assert.equal(polled.poller.consumeN(3), -7)
    assert.equal(polled.poller.ring(0).consumeN(3), -7)
    assert.deepEqual(polled.take(), ['0:a', '0:b'])
  })

  test('any whole number from 0 is a number of records, and nothing else', () => {
    using polled = new Polled(1)
    for (const n of [2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
      polled.put(0, 'a', 'b')
      assert.equal(polled.poller.consumeN(n), 2)
      polled.put(0, 'c')
      assert.equal(polled.poller.ring(0).consumeN(n), 1)
    }
    for (const n of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1' as never, undefined as never]) {
      assert.throws(() => polled.poller.consumeN(n), invalid)
      assert.throws(() => polled.poller.ring(0).consumeN(n), invalid)
    }
  })
})

describe('one ring of a poller', () => {
  test('consumes by itself, and answers as the poller does', () => {
    using polled = new Polled(2)
    polled.put(0, 'a')
    polled.put(1, 'b', 'c', 'd')
    assert.equal(polled.poller.ring(1).consumeN(1), 1)
    assert.equal(polled.poller.ring(1).consume(), 2)
    assert.equal(polled.poller.ring(1).consume(), 0)
    assert.deepEqual(polled.take(), ['1:b', '1:c', '1:d'])
  })

  test('tells its positions, its size, and how much is there', () => {
    const rig = new Rig(build, { size: 8192, initialPosition: 2 ** 32 - 16 })
    using poller = openPoller()
    const ring = poller.ring(poller.add(rig.ring, () => {}))
    assert.deepEqual([ring.consumerPosition, ring.producerPosition], [2 ** 32 - 16, 2 ** 32 - 16])
    assert.deepEqual([ring.size, ring.availableBytes], [8192, 0])
    rig.mustOutput(new Uint8Array(8))
    rig.mustDiscard(rig.mustReserve(8))
    rig.mustReserve(8)
    assert.deepEqual([ring.consumerPosition, ring.producerPosition], [2 ** 32 - 16, 32])
    assert.equal(ring.availableBytes, 48)
    assert.equal(ring.consume(), 1)
    assert.deepEqual([ring.consumerPosition, ring.availableBytes], [16, 16])
    assert.equal(ring.consumer.ring, rig.ring)
  })

  test('is found by its index, which add answers; there is no other', () => {
    using polled = new Polled(2)
    assert.equal(polled.poller.length, 2)
    assert.notEqual(polled.poller.ring(0), polled.poller.ring(1))
    assert.equal(polled.poller.ring(1).consumer.ring, polled.rig(1).ring)
    for (const index of [2, -1, 0.5, Number.NaN]) assert.throws(() => polled.poller.ring(index), invalid)
    assert.equal(polled.add(new Rig(build)), 2)
  })

  test('what it took is not seen by the poller again', () => {
    using polled = new Polled(1)
    polled.put(0, 'a')
    assert.equal(polled.poller.ring(0).consume(), 1)
    assert.equal(polled.poller.poll(0), 0)
    polled.put(0, 'b')
    assert.equal(polled.poller.poll(), 1)
    assert.deepEqual(polled.take(), ['0:a', '0:b'])
  })
})
