import type { RingHandle } from 'bpf-ringbuf'
import type { Contestant } from '../contestant.js'
import { DOUBLE_BYTES } from '../run/record.js'
import { BATCH_RECORDS } from './batch.js'
import { openFill } from './ring.js'
import { consumeBlocking, openConsumerOf, openProducerOf, roomIn, shareRing } from './threads-ring.js'

/** The header and the padding of every record: the most that they take. */
const RECORD_OVERHEAD_BYTES = 16

/** Sixteen at once: one reservation, one store that publishes them. */
export const ringBatch: Contestant<RingHandle> = {
  name: 'ring-batch',
  about: `reserveBatch of ${BATCH_RECORDS}, fill in place, submitBatch`,
  ours: true,
  producers: 'threads',
  share: shareRing,
  produce(handle, { bytes }, record) {
    const producer = openProducerOf(handle)
    const fill = openFill(producer.memory.f64, record)
    let batch = 0
    let filled = 0
    return {
      push() {
        if (filled === 0) {
          batch = producer.reserveBatch(BATCH_RECORDS, bytes)
          if (batch === 0) return 0
        }
        fill(producer.batchAddress(batch, filled, bytes) / DOUBLE_BYTES)
        if (++filled === BATCH_RECORDS) {
          producer.submitBatch(batch, BATCH_RECORDS, bytes)
          filled = 0
        }
        return 1
      },
      waitForRoom: roomIn(producer, BATCH_RECORDS * (bytes + RECORD_OVERHEAD_BYTES)),
    }
  },
  consume(handle, _task, inspector) {
    const consumer = openConsumerOf(handle)
    return () => consumeBlocking(consumer, inspector)
  },
}
