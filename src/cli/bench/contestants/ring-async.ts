import type { RingHandle } from 'bpf-ringbuf'
import type { Contestant } from '../contestant.js'
import { ring } from './ring.js'
import { inspectInPlace, openConsumerOf, shareRing, visitAsync } from './threads-ring.js'

/** The consumer leaves its event loop free, as one on a main thread does. */
export const ringAsync: Contestant<RingHandle> = {
  name: 'ring-async',
  about: 'the same ring; the consumer awaits, as with postMessage',
  ours: true,
  producers: 'threads',
  share: shareRing,
  produce: ring.produce,
  consume(handle, _task, inspector) {
    const consumer = openConsumerOf(handle)
    const look = inspectInPlace(consumer, inspector)
    return async () => {
      do await visitAsync(consumer, look)
      while (!inspector.isOver() || !inspector.isComplete())
    }
  },
}
