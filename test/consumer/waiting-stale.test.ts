/** Whoever has left a bed must not take the wake-up of who sleeps there next; nor call it awake. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attachRing, createRing, openConsumer, openProducer, type Ring, RingEpoll } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import type { AnyRing } from '../ring/support/rings.js'
import { ASLEEP_MS, LONG_MS, mustEnd, pause } from './support/ends.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]
const PARKED = { strategy: 'park', timeoutMs: LONG_MS } as const

/** A ring whose consumer of many sleeps on the ring's own word. */
function withoutBells(): Ring {
  const { bells: _, ...handle } = createRing({ size: 4096 }).handle
  return attachRing(handle)
}

async function mustWakeFor(ring: AnyRing, waiting: Promise<unknown>): Promise<void> {
  await pause(ASLEEP_MS)
  const producer = openProducer(ring)
  const sent = performance.now()
  producer.output(new Uint8Array(8))
  await mustEnd(waiting)
  assert.ok(performance.now() - sent < LONG_MS / 2, 'only the end of its time ended the wait')
}

test('aborted and closed in one go, and the next consumer sleeps', async () => {
  const { ring } = new Rig(build)
  const first = openConsumer(ring)
  const controller = new AbortController()
  const aborted = first.waitAsync({ ...PARKED, signal: controller.signal }).catch(() => {})
  await pause(ASLEEP_MS)
  controller.abort()
  first.close()
  await mustWakeFor(ring, openConsumer(ring).waitAsync(PARKED))
  await aborted
})

for (const [how, leave] of Object.entries({
  'taken out': (epoll: RingEpoll, consumer: ReturnType<typeof openConsumer>) => epoll.delete(consumer),
  closed: (_: RingEpoll, consumer: ReturnType<typeof openConsumer>) => consumer.close(),
})) {
  test(`${how} of an epoll that waits, and the ring's next consumer sleeps`, async () => {
    const ring = withoutBells()
    const consumer = openConsumer(ring)
    using epoll = new RingEpoll({ strategy: 'park' })
    epoll.add(consumer)
    const waiting = epoll.waitAsync()
    await pause(ASLEEP_MS)
    leave(epoll, consumer)
    const next = consumer.closed ? openConsumer(ring) : consumer
    await mustWakeFor(ring, next.waitAsync(PARKED))
    epoll.close()
    await mustEnd(waiting)
  })
}

test('a commit while an epoll lies down in the beds of many rings, and then one in the last', async () => {
  const rings = Array.from({ length: 3 }, withoutBells)
  using epoll = new RingEpoll({ strategy: 'park' })
  const consumers = rings.map((ring, data) => {
    const consumer = openConsumer(ring)
    epoll.add(consumer, { data })
    return consumer
  })
  const { waitAsync } = Atomics
  let beds = 0
  Atomics.waitAsync = ((...bed: Parameters<typeof waitAsync>) => {
    if (beds++ === 0) openProducer(rings[0] as Ring).output(new Uint8Array(8))
    return waitAsync(...bed)
  }) as typeof waitAsync
  try {
    const events = await mustEnd(epoll.waitAsync())
    assert.deepEqual(
      events.map(({ data }) => data),
      [0],
    )
  } finally {
    Atomics.waitAsync = waitAsync
  }
  consumers[0]?.consume(() => {})
  await mustWakeFor(rings[2] as Ring, epoll.waitAsync({ timeoutMs: LONG_MS }))
})
