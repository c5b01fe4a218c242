/** Waiting across processes: whoever sleeps in one is woken by what happens in another. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { describe } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createRing, openConsumer, openPoller, openProducer } from 'bpf-ringbuf'
import { createMappedRing } from 'bpf-ringbuf/mapped'
import { NO_DOOR } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'
import { elsewhere } from './support/elsewhere.js'

const LONG_MS = 20_000
const uniqueName = () => `bpf-ringbuf-test-${randomUUID()}`
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('waiting across processes', { skip: NO_DOOR }, () => {
  tidyTest('close wakes a consumer that blocks, and producers that wait for room', async () => {
    const [empty, full] = [uniqueName(), uniqueName()]
    using quiet = createMappedRing({ size: 4096, file: empty })
    using busy = createMappedRing({ size: 4096, file: full })
    openProducer(busy).output(new Uint8Array(4000))
    const consumer = elsewhere(`
      const consumer = openConsumer(openMappedRing('${empty}'))
      console.log('waits')
      console.log(consumer.wait())
    `)
    const producer = elsewhere(`
      const producer = openProducer(openMappedRing('${full}'))
      console.log('waits')
      console.log(producer.reserveBlocking(100), producer.reason)
    `)
    await Promise.all([consumer.began, producer.began])
    await pause(50)
    quiet.close()
    busy.close()
    assert.deepEqual(await consumer.said, ['waits', 'closed'])
    assert.deepEqual(await producer.said, ['waits', '0 closed'])
    quiet.unlink()
    busy.unlink()
  })

  tidyTest('flush waits for the consumer of another process', async () => {
    const file = uniqueName()
    using ring = createMappedRing({ size: 4096, file })
    const producer = openProducer(ring)
    const consumer = elsewhere(`
      const consumer = openConsumer(openMappedRing('${file}'))
      console.log('waits')
      let records = 0
      while (consumer.wait() !== 'closed') {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30)
        records += consumer.consume(() => {})
      }
      console.log(records)
    `)
    await consumer.began
    for (let i = 0; i < 5; i++) producer.output(new Uint8Array(8))
    assert.equal(await ring.flushAsync({ timeoutMs: LONG_MS }), true)
    assert.equal(ring.counters().consumed, 5)
    ring.close()
    assert.deepEqual(await consumer.said, ['waits', '5'])
    ring.unlink()
  })

  tidyTest('one poller waits for rings of threads and of several processes', async () => {
    const files = [uniqueName(), uniqueName(), uniqueName()]
    const rings = files.map((file) => createMappedRing({ size: 4096, file }))
    const own = createRing({ size: 4096 })
    const seen = [0, 0, 0, 0]
    using poller = openPoller()
    for (const [index, ring] of [...rings, own].entries()) {
      poller.add(ring, () => {
        seen[index] = (seen[index] ?? 0) + 1
      })
    }
    const senders = files.map((file) =>
      elsewhere(`
        const ring = openMappedRing('${file}')
        const producer = openProducer(ring)
        for (let i = 0; i < 500; i++) {
          const address = producer.reserveBlocking(8)
          producer.submit(address)
          if (i % 50 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
        }
        ring.close()
      `),
    )
    const producer = openProducer(own)
    const sending = (async () => {
      for (let i = 0; i < 20; i++) {
        producer.output(new Uint8Array(8))
        await pause(2)
      }
      own.close()
    })()
    assert.equal(await poller.run(), 0)
    await Promise.all([sending, ...senders.map(({ said }) => said)])
    assert.deepEqual(seen, [500, 500, 500, 20])
    poller.close()
    for (const ring of rings) {
      ring.unlink()
      ring.detach()
    }
  })

  tidyTest('a worker that waits can be terminated, however it waits', async () => {
    for (const wait of [
      'openConsumer(ring).wait()',
      'await openConsumer(ring).waitAsync()',
      'openProducer(ring).reserveBlocking(4000)',
      'await openProducer(ring).reserveAsync(4000)',
    ]) {
      using ring = createMappedRing({ size: 4096 })
      if (wait.includes('Producer')) openProducer(ring).output(new Uint8Array(2000))
      const worker = new Worker(
        `
          import { parentPort, workerData } from 'node:worker_threads'
          import { openConsumer, openProducer } from 'bpf-ringbuf'
          import { openMappedRing } from 'bpf-ringbuf/mapped'
          const ring = openMappedRing(workerData)
          parentPort.postMessage('waits')
          ${wait}
        `,
        { eval: true, workerData: ring.handle },
      )
      await once(worker, 'message')
      await pause(50)
      assert.equal(await worker.terminate(), 1, wait)
      // It can be used on, by whoever is next.
      using consumer = openConsumer(ring)
      consumer.consume(() => {})
      assert.equal(openProducer(ring).output(new Uint8Array(8)), 0)
      assert.deepEqual(consumer.read(), new Uint8Array(8))
    }
  })
})
