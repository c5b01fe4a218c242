import type { RingHandle } from 'bpf-ringbuf'
import type { Contestant } from '../contestant.js'
import { consumeBlocking, openConsumerOf, openProducerOf, roomIn, shareRing } from './threads-ring.js'

/** Bytes that lie elsewhere are copied in by one call. */
export const ringOutput: Contestant<RingHandle> = {
  name: 'ring-output',
  about: 'output(bytes): one call that copies',
  ours: true,
  producers: 'threads',
  share: shareRing,
  produce(handle, { bytes }, record) {
    const producer = openProducerOf(handle)
    const payload = new Uint8Array(record.buffer)
    return {
      push: () => (producer.output(payload) === 0 ? 1 : 0),
      waitForRoom: roomIn(producer, bytes),
    }
  },
  consume(handle, _task, inspector) {
    const consumer = openConsumerOf(handle)
    return () => consumeBlocking(consumer, inspector)
  },
}
