/** What is made and given up again, over and over: rings of every kind, their ends, and what waits for many. */
import { openConsumer, openPoller, openProducer, RingEpoll } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { type AnyRing, joinRing, makeRing } from '../ring/support/rings.js'

const RECORDS = 100

/** Makes, uses and gives up each kind once. Answers how many records went through. */
export async function churn(keep: (ring: AnyRing) => boolean): Promise<number> {
  let records = 0
  for (const build of BUILDS) {
    const ring = makeRing(build, { size: 4096, name: 'soak' })
    const other = joinRing(ring.handle, { engine: build.engine })
    records += await use(ring, other)
    ring.close()
    if (keep(ring)) continue
    for (const one of [other, ring]) (one as { detach?: () => void }).detach?.()
  }
  return records
}

async function use(ring: AnyRing, other: AnyRing): Promise<number> {
  let records = 0
  using producer = openProducer(other)
  {
    using consumer = openConsumer(ring)
    const epoll = new RingEpoll()
    epoll.add(consumer)
    const waiting = epoll.waitAsync({ timeoutMs: 5000 })
    for (let i = 0; i < RECORDS; i++) producer.outputText(`${i}`)
    for (const event of await waiting) records += event.consumer.consume(() => {})
    epoll.close()
    await consumer.waitAsync({ timeoutMs: 1 })
  }
  const poller = openPoller()
  poller.add(ring, () => records++)
  for (let i = 0; i < RECORDS; i++) producer.outputText(`${i}`)
  // One visit may be too short for all.
  for (let found = 1; records < 2 * RECORDS && found > 0; ) found = await poller.pollAsync(5000)
  poller.close()
  ring.inspect()
  ring.snapshot()
  if (records !== 2 * RECORDS) throw new Error(`${records} of ${2 * RECORDS} records came through`)
  return records
}
