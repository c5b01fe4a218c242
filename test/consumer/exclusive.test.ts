/** What cannot be done at once, and the errors that say so. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  attachRing,
  type Consumer,
  createRing,
  openConsumer,
  openPoller,
  openProducer,
  type Ring,
} from 'bpf-ringbuf'
import { attachmentOf } from '#dist/ring/ring.js'

test('a lease is exclusive, and over when it is released', () => {
  const ring = createRing({ size: 4096 })
  openProducer(ring).outputText('lent')
  const consumer = openConsumer(ring)
  const lease = consumer.lease()
  const leased = { code: 'ERR_LEASED' }
  assert.throws(() => consumer.read(), leased)
  assert.throws(() => consumer.lease(), leased)
  assert.throws(() => consumer.close(), leased)
  const record = lease.at(0)
  lease.release()
  const released = { code: 'ERR_LEASE_RELEASED' }
  assert.throws(() => record.bytes, released)
  assert.throws(() => lease.release(), released)
  assert.equal(consumer.read(), null)
})

test('a consumer that waits among others cannot wait by itself, nor be in two pollers', () => {
  const ring = createRing({ size: 4096 })
  const poller = openPoller()
  const { consumer } = poller.ring(poller.add(ring, () => {}))
  assert.throws(() => consumer.wait({ timeoutMs: 0 }), { code: 'ERR_REENTRANT' })
  assert.throws(() => openPoller().add(ring, () => {}), { code: 'ERR_CONSUMER_TAKEN' })
  poller.close()
  assert.equal(openConsumer(ring).wait({ timeoutMs: 0 }), 'timeout')
})

test('rings of several threads are waited for together without blocking, not by blocking', async () => {
  const worker = new Worker(
    `
      import { parentPort } from 'node:worker_threads'
      import { createRing } from 'bpf-ringbuf'
      parentPort.postMessage(createRing({ size: 4096 }).handle)
    `,
    { eval: true },
  )
  const [handle] = await once(worker, 'message')
  const rings: Ring[] = [createRing({ size: 4096 }), attachRing(handle)]
  const poller = openPoller()
  const seen: number[] = []
  for (const [context, ring] of rings.entries()) {
    poller.add(ring, (_record, from: number) => seen.push(from), { context })
  }
  assert.throws(() => poller.poll(0), { code: 'ERR_NO_COMMON_BELL' })
  for (const ring of rings) {
    setTimeout(() => openProducer(ring).outputText('x'), 5)
    assert.equal(await poller.pollAsync(10_000), 1)
  }
  assert.deepEqual(seen, [0, 1])
  poller.close()
})

test('a consumer that was taken over from inside its callback ends its visit, and shows nothing twice', () => {
  const ring = createRing({ size: 4096 })
  for (const text of ['one', 'two']) openProducer(ring).outputText(text)
  const consumer = openConsumer(ring)
  const seen: string[] = []
  const shown = consumer.consume((record) => {
    seen.push(Buffer.from(record).toString())
    assert.ok(seen.length <= 2, `shown: ${seen}`)
    if (seen.length === 1) openConsumer(ring, { takeOver: true })
  })
  assert.deepEqual([shown, seen], [2, ['one', 'two']])
  assert.throws(() => consumer.read(), { code: 'ERR_CONSUMER_CLOSED' })
})

test('a consumer that is taken over while it closes leaves the ring to the other', () => {
  const ring = createRing({ size: 4096 })
  openProducer(ring).outputText('one')
  const consumer = openConsumer(ring)
  const { engine } = attachmentOf(ring)
  const { wakeUp } = engine
  const heirs: Consumer[] = []
  Object.assign(engine, {
    wakeUp: () => {
      heirs.push(openConsumer(ring, { takeOver: true }))
      return wakeUp()
    },
  })
  consumer.close()
  Object.assign(engine, { wakeUp })
  assert.equal(Buffer.from(heirs[0]?.read() ?? []).toString(), 'one')
})
