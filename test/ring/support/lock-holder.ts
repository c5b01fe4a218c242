/** A worker that holds the lock of a ring, and has reserved a record, until it is told to go on or is terminated. */
import { parentPort, workerData } from 'node:worker_threads'
import { attachRing, openProducer } from 'bpf-ringbuf'
import { attachmentOf } from '#dist/ring/ring.js'

const { handle, engine } = workerData
const ring = attachRing(handle, { engine })
const producer = openProducer(ring)
producer.reserve(8)
attachmentOf(ring).engine.lock(1)
parentPort?.postMessage(producer.id)
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
