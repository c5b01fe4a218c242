import type { RingHandle } from 'bpf-ringbuf'
import type { Contestant } from '../contestant.js'
import { ring } from './ring.js'
import { consumeBlocking, openConsumerOf, shareRing } from './threads-ring.js'

/** For the lowest latency. */
export const ringBusy: Contestant<RingHandle> = {
  name: 'ring-busy',
  about: "the same ring; the consumer never sleeps: strategy 'busy'",
  ours: true,
  producers: 'threads',
  share: shareRing,
  produce: ring.produce,
  consume(handle, _task, inspector) {
    const consumer = openConsumerOf(handle, { strategy: 'busy' })
    return () => consumeBlocking(consumer, inspector)
  },
}
