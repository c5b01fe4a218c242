/** Records as streams of the Web and of Node: in order, with back-pressure, to the end. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createRing, identityHolds, openConsumer, openProducer, type Ring } from 'bpf-ringbuf'
import { toReadable } from 'bpf-ringbuf/node'
import { toWebStream } from 'bpf-ringbuf/web'

const RECORDS = 20_000

/** Floods a ring with numbered records from another thread, then closes it. */
function flood(ring: Ring): Worker {
  return new Worker(
    `
      import { workerData } from 'node:worker_threads'
      import { attachRing, openProducer } from 'bpf-ringbuf'
      const ring = attachRing(workerData), producer = openProducer(ring)
      for (let i = 0; i < ${RECORDS}; i++) {
        const address = producer.reserveBlocking(8)
        producer.memory.f64[address >>> 3] = i
        producer.submit(address)
      }
      ring.close()
    `,
    { eval: true, workerData: ring.handle },
  )
}

const numberOf = (record: Uint8Array) => new DataView(record.buffer, record.byteOffset).getFloat64(0, true)
const count = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

const kinds = {
  web: (ring: Ring) => toWebStream(openConsumer(ring)),
  node: (ring: Ring) => toReadable(openConsumer(ring)),
}

for (const [kind, open] of Object.entries(kinds)) {
  describe(kind, () => {
    test('all records come, in order, then the end', async () => {
      const ring = createRing({ size: 4096 })
      const stream = open(ring)
      const worker = flood(ring)
      const numbers: number[] = []
      for await (const record of stream) numbers.push(numberOf(record))
      assert.deepEqual(numbers, count(0, RECORDS))
      assert.ok(identityHolds(ring.counters()))
      await worker.terminate()
    })

    test('a reader that does not read leaves records in the ring, and producers find it full', async () => {
      const ring = createRing({ size: 4096 })
      open(ring)
      await new Promise((resolve) => setTimeout(resolve, 5))
      const producer = openProducer(ring)
      while (producer.output(new Uint8Array(100)) === 0);
      await new Promise((resolve) => setTimeout(resolve, 5))
      const { submitted, consumed } = ring.counters()
      assert.ok(submitted - consumed >= submitted - 1, `${consumed} of ${submitted} were consumed`)
    })

    test('timers get their turn while it is flooded', async () => {
      const ring = createRing({ size: '64 KiB' })
      const stream = open(ring)
      const worker = flood(ring)
      let ticks = 0
      const timer = setInterval(() => ticks++, 1)
      const started = performance.now()
      for await (const _ of stream);
      const took = performance.now() - started
      clearInterval(timer)
      assert.ok(ticks >= took / 100, `${ticks} ticks in ${took} ms`)
      await worker.terminate()
    })

    test('an error of the consumer is an error of the stream', async () => {
      const ring = createRing({ size: 4096 })
      const consumer = openConsumer(ring)
      const stream = kind === 'web' ? toWebStream(consumer) : toReadable(consumer)
      const reading = (async () => {
        for await (const _ of stream);
      })()
      await new Promise((resolve) => setTimeout(resolve, 5))
      consumer.close()
      await assert.rejects(reading, { code: 'ERR_CONSUMER_CLOSED' })
    })

    test('gaps are shown where the consumer shows them', async () => {
      const ring = createRing({ size: 4096, lostRecords: true })
      const consumer = openConsumer(ring, { showLost: true })
      const producer = openProducer(ring)
      while (producer.output(new Uint8Array(8)) === 0);
      ring.close()
      const stream = kind === 'web' ? toWebStream(consumer) : toReadable(consumer)
      const kinds: string[] = []
      for await (const record of stream) kinds.push(record instanceof Uint8Array ? 'record' : 'lost')
      assert.deepEqual(kinds.slice(-2), ['record', 'lost'])
      assert.equal(kinds.length, 256)
    })
  })
}

test('web: what was not read when the stream is cancelled stays in the ring', async () => {
  const ring = createRing({ size: 4096 })
  const producer = openProducer(ring)
  for (let i = 0; i < 5; i++) producer.output(new Uint8Array(8))
  const consumer = openConsumer(ring)
  const reader = toWebStream(consumer).getReader()
  await reader.read()
  await reader.cancel()
  consumer.close()
  assert.equal(
    openConsumer(ring).consume(() => {}),
    4,
  )
})

test('web: cancelling ends a wait that is pending, and leaves the consumer as it was', async () => {
  const ring = createRing({ size: 4096 })
  const consumer = openConsumer(ring)
  const reader = toWebStream(consumer).getReader()
  const pending = reader.read()
  await new Promise((resolve) => setTimeout(resolve, 5))
  await reader.cancel()
  assert.deepEqual(await pending, { done: true, value: undefined })
  await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal(await consumer.waitAsync({ timeoutMs: 1 }), 'timeout')
})

test('node: destroying ends a wait that is pending, and leaves the consumer as it was', async () => {
  const ring = createRing({ size: 4096 })
  const consumer = openConsumer(ring)
  const stream = toReadable(consumer)
  stream.read()
  await new Promise((resolve) => setTimeout(resolve, 5))
  stream.destroy()
  await once(stream, 'close')
  await new Promise((resolve) => setTimeout(resolve, 5))
  openProducer(ring).output(new Uint8Array(3))
  assert.equal(await consumer.waitAsync({ timeoutMs: 1 }), 'ready')
  assert.equal(consumer.read()?.length, 3)
})

test('node: a slow writer holds the pipeline off, and nothing is lost', async () => {
  const ring = createRing({ size: 4096 })
  const readable = toReadable(openConsumer(ring))
  const worker = flood(ring)
  const numbers: number[] = []
  const slow = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(record, _encoding, done) {
      numbers.push(numberOf(record))
      if (numbers.length % 1000 === 0) setTimeout(done, 2)
      else done()
    },
  })
  await pipeline(readable, slow)
  assert.deepEqual(numbers, count(0, RECORDS))
  await worker.terminate()
})
