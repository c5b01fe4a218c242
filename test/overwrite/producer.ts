import { parentPort, workerData } from 'node:worker_threads'
import { attachRing, BPF_RB_NO_WAKEUP, type EngineKind, openProducer, type RingHandle } from 'bpf-ringbuf'
import { Random } from '../ring/support/random.js'
import { HEAD_BYTES, writeRecord } from './record.js'

export interface ProducerData {
  readonly handle: RingHandle
  readonly engine: EngineKind
  readonly id: number
  readonly seed: number
  /** Bytes of payload at most. */
  readonly longest: number
  /** Set to 1 when they shall end. */
  readonly control: Int32Array
}

/** What a producer did, counted by itself. */
export interface ProducerReport {
  readonly submitted: number
  readonly discarded: number
  /** Not reserved, because another's busy record was in the way. */
  readonly dropped: number
}

const data = workerData as ProducerData
const ring = attachRing(data.handle, { engine: data.engine })
using producer = openProducer(ring)
parentPort?.postMessage(produce())

/** One by one, in batches, and discarded: as fast as it can, whoever reads. */
function produce(): ProducerReport {
  const { id, longest, control } = data
  const random = new Random(data.seed + id)
  const { u8, u32 } = producer.memory
  const done = { submitted: 0, discarded: 0, dropped: 0 }
  while (Atomics.load(control, 0) === 0) {
    for (let i = 0; i < 100; i++) {
      // Each power of two is as likely as the next, so most are short.
      const kind = random.word()
      const size = Math.min(longest, HEAD_BYTES + (random.word() & ((1 << (kind % 12)) - 1)))
      const flags = kind & 0x1000 ? BPF_RB_NO_WAKEUP : 0
      if ((kind >>> 16) % 10 === 0) {
        const records = 2 + ((kind >>> 20) % 4)
        const first = producer.reserveBatch(records, size)
        if (first === 0) {
          done.dropped += producer.reason === 'full' ? records : 0
          continue
        }
        for (let index = 0; index < records; index++) {
          const address = producer.batchAddress(first, index, size)
          writeRecord(u8, u32, address, size, id, done.submitted + index)
        }
        producer.submitBatch(first, records, size, flags)
        done.submitted += records
        continue
      }
      const address = producer.reserve(size)
      if (address === 0) {
        done.dropped++
      } else if ((kind >>> 16) % 10 === 1) {
        u8.fill(kind, address, address + size)
        producer.discard(address, flags)
        done.discarded++
      } else {
        writeRecord(u8, u32, address, size, id, done.submitted++)
        producer.submit(address, flags)
      }
    }
  }
  return done
}
