/** What cannot be done with an epoll, and the errors that say so; each leaves it as it was. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openConsumer, RingEpoll } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { LONG_MS, mustEnd } from './support/ends.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]
const invalid = { code: 'ERR_INVALID_ARGUMENT' }
const closed = { code: 'ERR_CONSUMER_CLOSED' }

test('adding a ring twice', () => {
  const rig = new Rig(build)
  using epoll = new RingEpoll()
  epoll.add(rig.consumer, { data: 'first' })
  assert.throws(() => epoll.add(rig.consumer, { data: 'second' }), invalid)
  rig.mustOutput('x')
  assert.deepEqual(
    epoll.poll().map(({ data }) => data),
    ['first'],
  )
})

test('changing or taking out a ring that is not in it', () => {
  const rig = new Rig(build)
  using epoll = new RingEpoll()
  assert.throws(() => epoll.modify(rig.consumer), invalid)
  assert.throws(() => epoll.delete(rig.consumer), invalid)
  epoll.add(rig.consumer)
  epoll.delete(rig.consumer)
  assert.throws(() => epoll.delete(rig.consumer), invalid)
  assert.equal(rig.consumer.wait({ timeoutMs: 0 }), 'timeout')
})

test('a consumer that was closed cannot be added', () => {
  const rig = new Rig(build)
  using epoll = new RingEpoll()
  rig.consumer.close()
  assert.throws(() => epoll.add(rig.consumer), closed)
  assert.equal(epoll.size, 0)
})

test('maxEvents must be 1 or more', async () => {
  const rig = new Rig(build)
  using epoll = new RingEpoll()
  epoll.add(rig.consumer)
  rig.mustOutput('x')
  for (const maxEvents of [0, -1, Number.NaN, Number.NEGATIVE_INFINITY, 'all' as never]) {
    assert.throws(() => epoll.poll({ maxEvents }), invalid)
    assert.throws(() => epoll.wait({ maxEvents, timeoutMs: 0 }), invalid)
    await assert.rejects(epoll.waitAsync({ maxEvents, timeoutMs: 0 }), invalid)
  }
  assert.equal(epoll.poll({ maxEvents: 1 }).length, 1)
  assert.equal(epoll.poll({ maxEvents: Number.POSITIVE_INFINITY }).length, 1)
})

test('a strategy that is none', () => {
  assert.throws(() => new RingEpoll({ strategy: 'doze' as never }), invalid)
  using epoll = new RingEpoll()
  assert.throws(() => epoll.wait({ strategy: { spinUs: -1 }, timeoutMs: 0 }), invalid)
})

test('after close: every call is refused, but close itself', async () => {
  const rig = new Rig(build)
  const epoll = new RingEpoll()
  epoll.add(rig.consumer)
  epoll.close()
  epoll.close()
  epoll[Symbol.dispose]()
  assert.equal(epoll.size, 0)
  assert.throws(() => epoll.poll(), closed)
  assert.throws(() => epoll.wait({ timeoutMs: 0 }), closed)
  await assert.rejects(epoll.waitAsync({ timeoutMs: 0 }), closed)
  assert.throws(() => epoll.add(rig.consumer), closed)
  assert.throws(() => epoll.modify(rig.consumer), invalid)
  assert.throws(() => epoll.delete(rig.consumer), invalid)
  assert.equal(epoll.size, 0)
  // The consumer that was refused is its own.
  setTimeout(() => rig.mustOutput('x'), 3)
  assert.equal(await mustEnd(rig.consumer.waitAsync({ strategy: 'park', timeoutMs: LONG_MS })), 'ready')
})

test('with no rings it waits, as the kernel does, until its time is over', async () => {
  using epoll = new RingEpoll()
  const started = performance.now()
  assert.deepEqual(epoll.wait({ timeoutMs: 5 }), [])
  assert.deepEqual(await epoll.waitAsync({ timeoutMs: 5 }), [])
  assert.ok(performance.now() - started >= 9)
  assert.deepEqual(epoll.poll(), [])
})

test('a consumer is in one epoll at most, and a ring has one consumer', () => {
  const rig = new Rig(build)
  using first = new RingEpoll()
  using second = new RingEpoll()
  first.add(rig.consumer)
  assert.throws(() => second.add(rig.consumer), { code: 'ERR_REENTRANT' })
  assert.throws(() => openConsumer(rig.ring), { code: 'ERR_CONSUMER_TAKEN' })
  first.delete(rig.consumer)
  second.add(rig.consumer)
  rig.mustOutput('x')
  assert.equal(second.poll().length, 1)
  assert.equal(first.poll().length, 0)
})
