/** Recoverable rings: in whatever way a consumer waits or polls, a producer that died does not hold it up. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import {
  BPF_F_RB_OVERWRITE,
  type Consumer,
  createRing,
  openConsumer,
  openPoller,
  openProducer,
  type Ring,
  RingEpoll,
} from 'bpf-ringbuf'
import { ENGINES } from '../ring/support/builds.js'
import { begin } from './support/short-lived.js'

/** Longer than anybody is held up, however busy the machine: where it shows that somebody never goes on. */
const LONG_MS = 5000

/** Each answers the next record of a ring, or null when none comes. */
const WAYS: Readonly<Record<string, (ring: Ring) => Promise<Uint8Array | null> | Uint8Array | null>> = {
  consume: async (ring) => {
    using consumer = openConsumer(ring)
    return await untilRead(consumer, () => new Promise((resolve) => setTimeout(resolve, 1)))
  },
  wait: (ring) => {
    using consumer = openConsumer(ring)
    return consumer.wait({ timeoutMs: LONG_MS, strategy: 'park' }) === 'ready' ? consumer.read() : null
  },
  waitAsync: async (ring) => {
    using consumer = openConsumer(ring)
    const outcome = await consumer.waitAsync({ timeoutMs: LONG_MS, strategy: 'park' })
    return outcome === 'ready' ? consumer.read() : null
  },
  waitBusy: (ring) => {
    using consumer = openConsumer(ring)
    return consumer.waitBusy({ timeoutMs: LONG_MS }) === 'ready' ? consumer.read() : null
  },
  'for await': async (ring) => {
    using consumer = openConsumer(ring)
    for await (const record of consumer) return record
    return null
  },
  poll: (ring) => {
    let found: Uint8Array | null = null
    using poller = openPoller()
    poller.add(ring, (record) => {
      found = record
    })
    poller.poll(LONG_MS)
    return found
  },
  pollAsync: async (ring) => {
    let found: Uint8Array | null = null
    using poller = openPoller()
    poller.add(ring, (record) => {
      found = record
    })
    await poller.pollAsync(LONG_MS)
    return found
  },
  'epoll.wait': (ring) => {
    using consumer = openConsumer(ring)
    using epoll = new RingEpoll({ strategy: 'park' })
    epoll.add(consumer, { edgeTriggered: true })
    for (let rounds = 0; rounds < 2; rounds++) {
      if (consumer.ready) break
      epoll.wait({ timeoutMs: LONG_MS })
    }
    return consumer.read()
  },
  'epoll.waitAsync': async (ring) => {
    using consumer = openConsumer(ring)
    using epoll = new RingEpoll({ strategy: 'park' })
    epoll.add(consumer, { edgeTriggered: true })
    for (let rounds = 0; rounds < 2; rounds++) {
      if (consumer.ready) break
      await epoll.waitAsync({ timeoutMs: LONG_MS })
    }
    return consumer.read()
  },
}

for (const engine of ENGINES) {
  for (const [name, next] of Object.entries(WAYS)) {
    describe(`${engine}, ${name}`, () => {
      test('a record of one who died stands in front', async () => {
        const ring = createRing({ size: 4096, engine, recoverable: true })
        // Before that one dies: whoever opens recovers.
        const producer = openProducer(ring)
        await once(begin(ring, engine, 'reserve'), 'exit')
        assert.equal(producer.output(new Uint8Array([9])), 0)
        assert.deepEqual(await next(ring), new Uint8Array([9]))
        assert.equal(ring.counters().abandoned, 1)
      })

      test('he died before he could wake anybody', async () => {
        const ring = createRing({ size: 4096, engine, recoverable: true })
        const exit = once(begin(ring, engine, 'commit'), 'exit')
        assert.deepEqual(await next(ring), new Uint8Array([7]))
        await exit
      })
    })
  }

  test(`${engine}: one who lives and commits with NO_WAKEUP wakes nobody`, async () => {
    const ring = createRing({ size: 4096, engine, recoverable: true })
    using consumer = openConsumer(ring)
    const worker = begin(ring, engine, 'stays')
    const started = performance.now()
    assert.equal(consumer.wait({ timeoutMs: 1500, strategy: 'park' }), 'ready')
    assert.ok(performance.now() - started > 1400, 'something has woken it')
    assert.equal(ring.counters().wakeups, 0)
    assert.equal(ring.counters().sleeps, 1)
    await worker.terminate()
  })

  test(`${engine}: the lock of one who died keeps nobody from trying`, async () => {
    const ring = createRing({ size: 4096, engine, recoverable: true })
    const producer = openProducer(ring)
    await once(begin(ring, engine, 'lock'), 'exit')
    assert.equal(producer.tryReserve(8), 0)
    assert.equal(producer.reason, 'contended')
    const end = performance.now() + LONG_MS
    while (producer.tryReserve(8) === 0) assert.ok(performance.now() < end, 'the lock is still held')
  })

  test(`${engine}: whoever waits for room in an overwriting ring is not held up by a record of one who died`, async () => {
    const ring = createRing({ size: 4096, engine, recoverable: true, flags: BPF_F_RB_OVERWRITE })
    const producer = openProducer(ring)
    await once(begin(ring, engine, 'reserve'), 'exit')
    for (let i = 0; i < 4096 / 512; i++) producer.output(new Uint8Array(504))
    assert.equal(producer.waitForRoom(504, LONG_MS), true)
  })
}

async function untilRead(consumer: Consumer, pause: () => Promise<unknown>): Promise<Uint8Array | null> {
  const end = performance.now() + LONG_MS
  for (;;) {
    const record = consumer.read()
    if (record || performance.now() > end) return record
    await pause()
  }
}
