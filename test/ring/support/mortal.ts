/** A worker that sends records until it is terminated. */
import { parentPort, workerData } from 'node:worker_threads'
import { attachRing, openProducer } from 'bpf-ringbuf'

const { handle, engine, life } = workerData
const producer = openProducer(attachRing(handle, { engine }))
parentPort?.postMessage(producer.id)
const { u32 } = producer.memory
for (let number = 0; ; number++) {
  const address = producer.reserveBlocking(16)
  u32[address >>> 2] = life
  u32[(address >>> 2) + 1] = number
  producer.submit(address)
}
