import type { RingHandle } from 'bpf-ringbuf'
import type { Contestant } from '../contestant.js'
import { DOUBLE_BYTES } from '../run/record.js'
import { consumeBlocking, openConsumerOf, openProducerOf, roomIn, shareRing } from './threads-ring.js'

/** Below this a loop of stores is faster than the call of `set`. */
const LOOP_BELOW_BYTES = 128

/** One by one, filled where the consumer reads it. */
export const ring: Contestant<RingHandle> = {
  name: 'ring',
  about: 'reserve, fill in place, submit; the consumer blocks',
  ours: true,
  producers: 'threads',
  share: shareRing,
  produce(handle, { bytes }, record) {
    const producer = openProducerOf(handle)
    const fill = openFill(producer.memory.f64, record)
    return {
      push() {
        const address = producer.reserve(bytes)
        if (address === 0) return 0
        fill(address / DOUBLE_BYTES)
        producer.submit(address)
        return 1
      },
      waitForRoom: roomIn(producer, bytes),
    }
  },
  consume(handle, _task, inspector) {
    const consumer = openConsumerOf(handle)
    return () => consumeBlocking(consumer, inspector)
  },
}

/** Writes the record to a double of the ring's memory. */
export function openFill(memory: Float64Array, record: Float64Array): (at: number) => void {
  const doubles = record.length
  if (doubles * DOUBLE_BYTES >= LOOP_BELOW_BYTES) return (at) => memory.set(record, at)
  return (at) => {
    for (let i = 0; i < doubles; i++) memory[at + i] = record[i] as number
  }
}
