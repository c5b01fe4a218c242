/** One wait at a time: a second one is refused, and changes nothing for the first. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openConsumer, openPoller, RingEpoll } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { ASYNC_WAYS, STRATEGY_NAMES } from './support/async-ways.js'
import { ASLEEP_MS, mustEnd, mustGoOn, pause } from './support/ends.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]
const refused = { code: 'ERR_REENTRANT' }

for (const [way, open] of Object.entries(ASYNC_WAYS)) {
  describe(way, () => {
    for (const strategy of STRATEGY_NAMES) {
      test(`${strategy}: the second is refused, the first goes on`, async () => {
        const rig = new Rig(build)
        using waiter = open(rig.ring, strategy)
        const first = waiter.wait()
        await assert.rejects(waiter.wait(), refused)
        await assert.rejects(waiter.wait({ timeoutMs: 0 }), refused)
        await pause(ASLEEP_MS)
        await assert.rejects(waiter.wait(), refused)
        await mustGoOn(first)
        rig.mustOutput('x')
        await mustEnd(first)
        assert.equal(waiter.take(), 1)
        rig.mustOutput('x')
        await mustEnd(waiter.wait())
      })
    }

    test('also when the second has a signal, which then is left alone', async () => {
      const rig = new Rig(build)
      using waiter = open(rig.ring, 'park')
      const first = waiter.wait()
      const controller = new AbortController()
      await assert.rejects(waiter.wait({ signal: controller.signal }), refused)
      controller.abort()
      await mustGoOn(first)
      rig.mustOutput('x')
      await mustEnd(first)
    })
  })
}

test('an epoll that waits has the maxEvents it began with', async () => {
  const rigs = [new Rig(build), new Rig(build)]
  using epoll = new RingEpoll({ strategy: 'park' })
  for (const rig of rigs) epoll.add(rig.consumer)
  const waiting = epoll.waitAsync({ maxEvents: 1 })
  await pause(ASLEEP_MS)
  await assert.rejects(epoll.waitAsync(), refused)
  assert.throws(() => epoll.wait({ maxEvents: 2 }), refused)
  assert.deepEqual(epoll.poll({ maxEvents: 3 }), [])
  for (const rig of rigs) rig.mustOutput('x')
  assert.equal((await mustEnd(waiting)).length, 1)
})

test('a poller that rests before a busy record waits too', async () => {
  const rig = new Rig(build)
  using poller = openPoller()
  poller.add(rig.ring, () => {})
  const busy = rig.mustReserve(8)
  const first = poller.pollAsync()
  for (let i = 0; i < 10; i++) {
    await pause(1)
    await assert.rejects(poller.pollAsync(0), refused)
    assert.throws(() => poller.poll(0), refused)
  }
  rig.mustSubmit(busy)
  assert.equal(await mustEnd(first), 1)
})

test('a consumer in an epoll waits in no other way, and one that waits cannot be put into it', async () => {
  const rig = new Rig(build)
  using epoll = new RingEpoll()
  epoll.add(rig.consumer)
  assert.throws(() => rig.consumer.wait({ timeoutMs: 0 }), refused)
  await assert.rejects(rig.consumer.waitAsync({ timeoutMs: 0 }), refused)
  using second = new RingEpoll()
  assert.throws(() => second.add(rig.consumer), refused)
  epoll.delete(rig.consumer)
  const waiting = rig.consumer.waitAsync()
  assert.throws(() => epoll.add(rig.consumer), refused)
  assert.equal(epoll.size, 0)
  await mustGoOn(waiting)
  rig.mustOutput('x')
  assert.equal(await mustEnd(waiting), 'ready')
  epoll.add(rig.consumer)
  assert.equal(epoll.poll().length, 1)
})

test('consuming while a wait is pending is allowed, and the wait hears what comes then', async () => {
  const rig = new Rig(build)
  using consumer = openConsumer(rig.ring, { strategy: 'park' })
  for (let i = 0; i < 20; i++) {
    const waiting = consumer.waitAsync()
    await pause(i % 3)
    rig.mustOutput('x')
    assert.equal(
      consumer.consumeRaw(() => {}),
      1,
    )
    // It was woken for a record that is gone; it may go on, but not miss the next.
    rig.mustOutput('y')
    assert.equal(await mustEnd(waiting), 'ready')
    assert.equal(
      consumer.consumeRaw(() => {}),
      1,
    )
  }
})
