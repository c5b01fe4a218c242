/** How long a wait lasts: timeouts, deadlines, and what is neither. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type Consumer, openConsumer, openPoller, RingEpoll, type WaitOptions } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { ASYNC_WAYS } from './support/async-ways.js'
import { ASLEEP_MS, LONG_MS, mustEnd, mustGoOn, pause } from './support/ends.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]
const TIMED_OUT = new Set<unknown>(['timeout', 0])

type Wait = (consumer: Consumer, options: WaitOptions) => Promise<unknown>

/** An epoll of this consumer only, while it waits. */
async function inEpoll(consumer: Consumer, wait: (epoll: RingEpoll) => unknown): Promise<unknown> {
  using epoll = new RingEpoll()
  epoll.add(consumer)
  const events = (await wait(epoll)) as readonly unknown[]
  return events.length === 0 ? 'timeout' : events
}

const WAYS: Readonly<Record<string, Wait>> = {
  wait: async (consumer, options) => consumer.wait(options),
  waitAsync: (consumer, options) => consumer.waitAsync(options),
  waitBusy: async (consumer, options) => consumer.waitBusy(options),
  'epoll.wait': (consumer, options) => inEpoll(consumer, (epoll) => epoll.wait(options)),
  'epoll.waitAsync': (consumer, options) => inEpoll(consumer, (epoll) => epoll.waitAsync(options)),
}

for (const [way, wait] of Object.entries(WAYS)) {
  describe(way, () => {
    /** How long it took to run out of time, from before the options were made: a deadline runs from then on. */
    const timeOf = async (make: WaitOptions | (() => WaitOptions)): Promise<number> => {
      const rig = new Rig(build)
      const started = performance.now()
      const options = typeof make === 'function' ? make() : make
      assert.ok(TIMED_OUT.has(await wait(rig.consumer, options)))
      return performance.now() - started
    }

    test('a deadline that is over ends it at once', async () => {
      const longAgo = [performance.now(), performance.now() - 1000, 0, -1, Number.NEGATIVE_INFINITY]
      for (const deadline of [...longAgo, new Date(), new Date(0), new Date(-8.64e15)]) {
        assert.ok((await timeOf({ deadline })) < LONG_MS / 2)
      }
    })

    test('of a timeout and a deadline the earlier counts', async () => {
      const later = () => ({ number: performance.now() + LONG_MS, date: new Date(Date.now() + LONG_MS) })
      for (const ms of [0, 6]) {
        assert.ok((await timeOf(() => ({ timeoutMs: ms, deadline: later().number }))) >= ms - 0.5)
        assert.ok((await timeOf(() => ({ timeoutMs: ms, deadline: later().date }))) >= ms - 0.5)
        assert.ok(
          (await timeOf(() => ({ timeoutMs: LONG_MS, deadline: performance.now() + ms }))) >= ms - 0.5,
        )
        // A Date knows whole milliseconds only.
        assert.ok(
          (await timeOf(() => ({ timeoutMs: LONG_MS, deadline: new Date(Date.now() + ms) }))) >= ms - 1.1,
        )
        assert.ok(
          (await timeOf(() => ({ timeoutMs: Number.POSITIVE_INFINITY, deadline: performance.now() + ms }))) >=
            ms - 0.5,
        )
      }
    })

    test('parts of a millisecond count', async () => {
      for (const timeoutMs of [0.001, 0.2, 1.7]) assert.ok((await timeOf({ timeoutMs })) >= timeoutMs - 0.1)
    })

    test('what is no moment is an error, and the next wait is not harmed', async () => {
      const rig = new Rig(build)
      const nonsense = [Number.NaN, new Date(Number.NaN), 'tomorrow', {}, null, true] as never[]
      for (const deadline of nonsense) {
        await assert.rejects(async () => wait(rig.consumer, { deadline }), { code: 'ERR_INVALID_ARGUMENT' })
      }
      for (const timeoutMs of [-1, Number.NaN, '10 s', null] as never[]) {
        await assert.rejects(async () => wait(rig.consumer, { timeoutMs }), { code: 'ERR_INVALID_ARGUMENT' })
      }
      assert.ok(TIMED_OUT.has(await wait(rig.consumer, { timeoutMs: 0 })))
    })
  })
}

for (const [way, open] of Object.entries(ASYNC_WAYS)) {
  test(`${way}: the longest times do not end it early, and a record ends it`, async () => {
    for (const timeoutMs of [
      2 ** 31 - 1,
      2 ** 31,
      2 ** 32,
      2 ** 53,
      1e15,
      Number.MAX_VALUE,
      Number.POSITIVE_INFINITY,
    ]) {
      const rig = new Rig(build)
      using waiter = open(rig.ring, 'park')
      const waiting = waiter.wait({ timeoutMs })
      await mustGoOn(waiting)
      rig.mustOutput('x')
      await mustEnd(waiting)
      assert.equal(waiter.take(), 1)
    }
  })
}

test('poll and pollAsync: negative is no limit, and NaN is an error', async () => {
  const rig = new Rig(build)
  using poller = openPoller()
  poller.add(rig.ring, () => {})
  for (const timeoutMs of [-1, -0.5, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]) {
    const polling = poller.pollAsync(timeoutMs)
    await mustGoOn(polling)
    rig.mustOutput('x')
    assert.equal(await mustEnd(polling), 1)
    rig.mustOutput('x')
    assert.equal(poller.poll(timeoutMs), 1)
  }
  assert.throws(() => poller.poll(Number.NaN), { code: 'ERR_INVALID_ARGUMENT' })
  await assert.rejects(poller.pollAsync(Number.NaN), { code: 'ERR_INVALID_ARGUMENT' })
  assert.equal(poller.poll(-0), 0)
})

test('poll and pollAsync: their time is kept, also while they rest before a busy record', async () => {
  for (const busy of [false, true]) {
    const rig = new Rig(build)
    using poller = openPoller()
    poller.add(rig.ring, () => {})
    if (busy) rig.mustReserve(8)
    for (const ms of [0, 1, 6]) {
      const started = performance.now()
      assert.equal(poller.poll(ms), 0)
      const between = performance.now()
      assert.equal(await poller.pollAsync(ms), 0)
      const ended = performance.now()
      assert.ok(between - started >= ms - 0.5 && ended - between >= ms - 0.5)
      assert.ok(ended - started < LONG_MS / 2)
    }
  }
})

test('a wait that is over leaves nothing behind that ends the next one', async () => {
  const rig = new Rig(build)
  using consumer = openConsumer(rig.ring, { strategy: 'park' })
  for (let i = 0; i < 5; i++) assert.equal(await consumer.waitAsync({ timeoutMs: 1 }), 'timeout')
  const waiting = consumer.waitAsync({ timeoutMs: LONG_MS })
  await mustGoOn(waiting, ASLEEP_MS * 2)
  rig.mustOutput('x')
  assert.equal(await mustEnd(waiting), 'ready')
})

for (const [way, open] of Object.entries(ASYNC_WAYS)) {
  test(`${way}: a timeout leaves nothing behind in the runtime when a record came first`, async (t: TestContext) => {
    // Node keeps what Atomics.waitAsync is given a timeout for until that is over, woken or not: 200,000
    // of them stop the event loop for 20 seconds when they expire.
    const { mock } = t.mock.method(Atomics, 'waitAsync')
    const rig = new Rig(build)
    using waiter = open(rig.ring, 'park')
    for (let i = 0; i < 10; i++) {
      const waiting = waiter.wait({ timeoutMs: LONG_MS })
      await pause(2)
      rig.mustOutput('x')
      await mustEnd(waiting)
      waiter.take()
    }
    assert.ok(mock.callCount() >= 10)
    const times = new Set(
      mock.calls.map(({ arguments: [, , , timeout] }) => timeout ?? Number.POSITIVE_INFINITY),
    )
    assert.deepEqual([...times], [Number.POSITIVE_INFINITY])
  })
}
