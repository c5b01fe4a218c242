/** A poller that is used, changed or closed while a pollAsync is pending. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_RB_NO_WAKEUP, openConsumer, openPoller } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { STRATEGY_NAMES } from './support/async-ways.js'
import { ASLEEP_MS, mustEnd, mustGoOn, pause } from './support/ends.js'
import { Polled } from './support/polled.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]

for (const strategy of STRATEGY_NAMES) {
  describe(strategy, () => {
    test('a ring that is added is heard', async () => {
      for (const rings of [0, 1, 3]) {
        using polled = new Polled(rings, { strategy })
        const polling = polled.poller.pollAsync()
        await mustGoOn(polling)
        const late = new Rig(build)
        assert.equal(polled.add(late), rings)
        await mustGoOn(polling)
        late.mustOutput('late')
        assert.equal(await mustEnd(polling), 1)
        assert.deepEqual(polled.take(), [`${rings}:late`])
      }
    })

    test('a ring that is added with records in it ends it', async () => {
      using polled = new Polled(1, { strategy })
      const polling = polled.poller.pollAsync()
      await pause(ASLEEP_MS)
      const late = new Rig(build)
      late.mustOutput('x', BPF_RB_NO_WAKEUP)
      polled.add(late)
      assert.equal(await mustEnd(polling), 1)
    })

    test('consume takes what is there; the poll goes on, and hears what comes behind it', async () => {
      using polled = new Polled(2, { strategy })
      const polling = polled.poller.pollAsync()
      await pause(ASLEEP_MS)
      polled.rig(0).mustOutput('quiet', BPF_RB_NO_WAKEUP)
      polled.put(1, 'loud')
      assert.equal(polled.poller.consume(), 2)
      assert.equal(polled.poller.consumeN(5), 0)
      await mustGoOn(polling)
      polled.put(0, 'x')
      assert.equal(await mustEnd(polling), 1)
      assert.deepEqual(polled.take(), ['0:quiet', '1:loud', '0:x'])
    })

    test('a record of another thread that consume takes first does not end it with nothing', async () => {
      using polled = new Polled(1, { strategy })
      for (let i = 0; i < 10; i++) {
        const polling = polled.poller.pollAsync()
        await pause(i % 3)
        polled.put(0, 'x')
        const taken = polled.poller.consume()
        polled.put(0, 'y')
        assert.equal(taken + (await mustEnd(polling)), 2)
      }
    })

    test('close ends it with 0, and all rings are free', async () => {
      const polled = new Polled(3, { strategy })
      const polling = polled.poller.pollAsync()
      await pause(ASLEEP_MS)
      polled.poller.close()
      assert.equal(await mustEnd(polling), 0)
      for (const { ring } of polled.rigs) openConsumer(ring).close()
    })

    test('the last of its consumers that is closed by hand ends it with 0', async () => {
      using polled = new Polled(2, { strategy })
      const polling = polled.poller.pollAsync()
      await pause(ASLEEP_MS)
      polled.poller.ring(0).consumer.close()
      await mustGoOn(polling)
      polled.poller.ring(1).consumer.close()
      assert.equal(await mustEnd(polling), 0)
      // It may have others, and then waits for them.
      const late = new Rig(build)
      polled.add(late)
      const again = polled.poller.pollAsync()
      await mustGoOn(again)
      late.mustOutput('late')
      assert.equal(await mustEnd(again), 1)
    })

    test('a negative answer ends it, and so does what a callback throws', async () => {
      using polled = new Polled(1, { strategy })
      polled.answer = () => -3
      const polling = polled.poller.pollAsync()
      await pause(ASLEEP_MS)
      polled.put(0, 'a', 'b')
      assert.equal(await mustEnd(polling), -3)
      polled.answer = () => {
        throw new SyntaxError('no')
      }
      await assert.rejects(mustEnd(polled.poller.pollAsync()), SyntaxError)
      polled.answer = () => 0
      const last = polled.poller.pollAsync()
      await pause(ASLEEP_MS)
      polled.put(0, 'c')
      assert.equal(await mustEnd(last), 1)
      assert.deepEqual(polled.take(), ['0:a', '0:b', '0:c'])
    })

    test('a record before a busy one ends it, a busy one alone does not', async () => {
      using polled = new Polled(1, { strategy })
      const busy = polled.rig(0).mustReserveText('busy')
      const polling = polled.poller.pollAsync()
      await mustGoOn(polling)
      polled.rig(0).mustSubmit(busy)
      assert.equal(await mustEnd(polling), 1)
    })

    test('a busy record of one ring does not keep it from the others', async () => {
      using polled = new Polled(2, { strategy })
      polled.rig(0).mustReserve(8)
      const polling = polled.poller.pollAsync()
      await mustGoOn(polling)
      polled.put(1, 'x')
      assert.equal(await mustEnd(polling), 1)
      assert.deepEqual(polled.take(), ['1:x'])
    })
  })
}

test('after close every call is refused, but those that only tell', async () => {
  const polled = new Polled(1)
  polled.put(0, 'x')
  polled.poller.close()
  polled.poller.close()
  polled.poller[Symbol.dispose]()
  const closed = { code: 'ERR_CONSUMER_CLOSED' }
  assert.throws(() => polled.poller.poll(0), closed)
  await assert.rejects(polled.poller.pollAsync(0), closed)
  assert.throws(() => polled.poller.consume(), closed)
  assert.throws(() => polled.poller.consumeN(1), closed)
  assert.throws(() => polled.poller.ring(0).consume(), closed)
  assert.equal(polled.poller.length, 1)
  assert.equal(polled.poller.ring(0).size, 4096)
  const fresh = new Rig(build)
  assert.throws(() => polled.add(fresh), closed)
  // The ring that was refused has not been taken.
  openConsumer(fresh.ring).close()
})

test('a poller with no rings waits; one whose rings are all finished does not', async () => {
  using poller = openPoller()
  const polling = poller.pollAsync(30)
  await mustGoOn(polling)
  assert.equal(await mustEnd(polling), 0)
  const rig = new Rig(build)
  poller.add(rig.ring, () => {})
  rig.ring.close()
  assert.equal(await mustEnd(poller.pollAsync()), 0)
  assert.equal(await mustEnd(poller.pollAsync()), 0)
  assert.equal(poller.poll(), 0)
})
