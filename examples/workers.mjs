// Events from worker threads to the main thread, through one ring.
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { attachRing, createRing, decodeText, openConsumer, openProducer } from 'bpf-ringbuf'

if (isMainThread) {
  const ring = createRing({ size: '1 MiB', name: 'events' })
  let running = 2
  for (let id = 0; id < running; id++) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { id, handle: ring.handle } })
    worker.on('exit', () => --running === 0 && ring.close())
  }
  for await (const record of openConsumer(ring)) {
    console.log(decodeText(record, 0, record.length))
  }
  const { attempted, submitted, dropped } = ring.counters()
  console.log(`${attempted} attempted, ${submitted} submitted, ${dropped} dropped`)
} else {
  const producer = openProducer(attachRing(workerData.handle))
  for (let i = 0; i < 3; i++) producer.outputText(`event ${i} of worker ${workerData.id}`)
}

// Prints, in any order:
// event 0 of worker 0
// event 1 of worker 0
// event 2 of worker 0
// event 0 of worker 1
// event 1 of worker 1
// event 2 of worker 1
// 6 attempted, 6 submitted, 0 dropped
