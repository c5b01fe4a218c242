import { parentPort, workerData } from 'node:worker_threads'
import { attachRing } from 'bpf-ringbuf'
import type { ProducerData } from './producer.js'
import { type Found, readRecord } from './record.js'

export interface ObserverReport {
  readonly snapshots: number
  readonly records: number
  /** Snapshots with nothing in them. */
  readonly empty: number
}

const { handle, engine, control } = workerData as ProducerData
const ring = attachRing(handle, { engine })
parentPort?.postMessage(observe())

/** Looks again and again: what it sees is whole, and of each producer none is missing in between. */
function observe(): ObserverReport {
  const seen = { snapshots: 0, records: 0, empty: 0 }
  const found: Found = { producer: 0, number: 0 }
  const idle = new Int32Array(new SharedArrayBuffer(4))
  while (Atomics.load(control, 0) === 0) {
    const { records } = ring.snapshot()
    const next = new Map<number, number>()
    let position: number | undefined
    for (const record of records) {
      readRecord(record.bytes, 0, record.bytes.length, found)
      const expected = next.get(found.producer)
      if (expected !== undefined && found.number !== expected) {
        throw new Error(
          `snapshot ${seen.snapshots}: producer ${found.producer}: ${found.number} follows ${expected - 1}`,
        )
      }
      if (position !== undefined && ((record.position - position) | 0) <= 0) {
        throw new Error(`snapshot ${seen.snapshots}: ${record.position} follows ${position}`)
      }
      position = record.position
      next.set(found.producer, found.number + 1)
    }
    seen.snapshots++
    seen.records += records.length
    if (records.length === 0) seen.empty++
    // It shares the cores with those that it watches.
    Atomics.wait(idle, 0, 0, 1)
  }
  return seen
}
