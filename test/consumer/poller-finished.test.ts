/** Rings that are closed leave a poller one by one, each when everything in it was given. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openPoller } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { ASLEEP_MS, LONG_MS, mustEnd, mustGoOn, pause } from './support/ends.js'
import { Polled } from './support/polled.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]

for (const way of ['poll', 'pollAsync'] as const) {
  describe(way, () => {
    test('what is in a closed ring is given first; then the ring is finished', async () => {
      using polled = new Polled(1)
      const { poller } = polled
      polled.put(0, 'a', 'b')
      polled.rig(0).ring.close()
      assert.equal(poller.finished, false)
      assert.equal(await poller[way](), 2)
      assert.equal(await poller[way](), 0)
      assert.equal(poller.finished, true)
      assert.equal(poller.ring(0).finished, true)
      // For good, and at once.
      for (let i = 0; i < 3; i++) assert.equal(await poller[way](), 0)
    })

    test('the others go on', async () => {
      using polled = new Polled(3)
      polled.rig(1).ring.close()
      assert.equal(await polled.poller[way](), 0)
      assert.deepEqual(
        [0, 1, 2].map((ring) => polled.poller.ring(ring).finished),
        [false, true, false],
      )
      assert.equal(polled.poller.finished, false)
      polled.put(2, 'x')
      assert.equal(await polled.poller[way](), 1)
      assert.equal(await polled.poller[way](5), 0)
    })

    test('a ring whose last record is busy is not finished before that is committed', async () => {
      using polled = new Polled(1)
      const busy = polled.rig(0).mustReserveText('last')
      polled.rig(0).ring.close()
      assert.equal(await polled.poller[way](5), 0)
      assert.equal(polled.poller.finished, false)
      polled.rig(0).mustSubmit(busy)
      assert.equal(await polled.poller[way](), 1)
      assert.equal(await polled.poller[way](), 0)
      assert.equal(polled.poller.finished, true)
      assert.deepEqual(polled.take(), ['0:last'])
    })

    test('a callback that stops at the last record: the ring is finished with the next call', async () => {
      using polled = new Polled(1)
      polled.put(0, 'last')
      polled.rig(0).ring.close()
      polled.answer = () => -1
      assert.equal(await polled.poller[way](), -1)
      assert.equal(await polled.poller[way](), 0)
      assert.equal(polled.poller.finished, true)
    })

    test('a ring can be added to a poller whose rings are finished', async () => {
      using polled = new Polled(1)
      polled.rig(0).ring.close()
      assert.equal(await polled.poller[way](), 0)
      const fresh = new Rig(build)
      polled.add(fresh)
      assert.equal(polled.poller.finished, false)
      fresh.mustOutput('x')
      assert.equal(await polled.poller[way](), 1)
    })
  })
}

describe('run', () => {
  test('gives everything, until all rings are finished, and answers 0', async () => {
    using polled = new Polled(3)
    const running = polled.poller.run()
    for (let i = 0; i < 10; i++) {
      polled.put(i % 3, `${i}`)
      if (i % 2 === 0) await pause(1)
    }
    await mustGoOn(running)
    for (const { ring } of polled.rigs) {
      ring.close()
      await pause(1)
    }
    assert.equal(await mustEnd(running), 0)
    assert.equal(polled.take().length, 10)
  })

  test('ends with a negative answer, and can go on', async () => {
    using polled = new Polled(2)
    polled.answer = (note) => (note === '1:stop' ? -9 : 0)
    const running = polled.poller.run()
    polled.put(0, 'a')
    await pause(ASLEEP_MS)
    polled.put(1, 'stop', 'b')
    assert.equal(await mustEnd(running), -9)
    for (const { ring } of polled.rigs) ring.close()
    assert.equal(await mustEnd(polled.poller.run()), 0)
    assert.deepEqual(polled.take(), ['0:a', '1:stop', '1:b'])
  })

  test('passes on what a callback throws, and can go on', async () => {
    using polled = new Polled(1)
    polled.answer = (note) => {
      if (note === '0:bad') throw new RangeError('no')
    }
    polled.put(0, 'a', 'bad', 'b')
    await assert.rejects(mustEnd(polled.poller.run()), RangeError)
    polled.rig(0).ring.close()
    assert.equal(await mustEnd(polled.poller.run()), 0)
    assert.deepEqual(polled.take(), ['0:a', '0:bad', '0:b'])
  })
})

test('closing all rings ends a poll that blocks, or is pending', async () => {
  using polled = new Polled(2)
  const polling = polled.poller.pollAsync(LONG_MS)
  await pause(ASLEEP_MS)
  for (const { ring } of polled.rigs) ring.close()
  assert.equal(await mustEnd(polling), 0)
  assert.equal(polled.poller.poll(LONG_MS), 0)
  assert.equal(polled.poller.finished, true)
})

test('a poller without rings is finished, and runs no longer than a moment', async () => {
  using poller = openPoller()
  assert.equal(poller.finished, true)
  assert.equal(await mustEnd(poller.run()), 0)
})

test('consuming by hand leaves the finishing to the next poll', () => {
  using polled = new Polled(1)
  polled.put(0, 'x')
  polled.rig(0).ring.close()
  assert.equal(polled.poller.consume(), 1)
  assert.equal(polled.poller.poll(), 0)
  assert.equal(polled.poller.finished, true)
  assert.equal(polled.poller.consume(), 0)
})
