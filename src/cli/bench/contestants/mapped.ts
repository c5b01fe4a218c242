import { openConsumer, openProducer } from 'bpf-ringbuf'
import { createMappedRing, type MappedRingHandle, openMappedRing } from 'bpf-ringbuf/mapped'
import type { Contestant } from '../contestant.js'
import { HANDED_FD, isOrphan, startChild } from '../run/child.js'
import { DOUBLE_BYTES } from '../run/record.js'
import { openFill } from './ring.js'
import { inspectInPlace, visitBlocking } from './threads-ring.js'

/** How often a producer that waits for room looks whether its parent still lives. */
const LOOK_MS = 100

/** A ring that two processes map. */
export const mapped: Contestant<MappedRingHandle> = {
  name: 'mapped',
  about: 'a ring between processes; the rest is the same',
  ours: true,
  producers: 'process',
  share({ ringBytes }) {
    const ring = createMappedRing({ size: ringBytes, name: 'bench' })
    return {
      consumer: ring.handle,
      producer: () => ring.handle,
      close() {
        // Closed, so that its producer ends whatever has happened here.
        ring.close()
        ring.detach()
      },
    }
  },
  produce(_shared, { bytes }, record) {
    const ring = openMappedRing(HANDED_FD)
    const producer = openProducer(ring)
    const fill = openFill(producer.memory.f64, record)
    return {
      push() {
        const address = producer.reserve(bytes)
        if (address === 0) return 0
        fill(address / DOUBLE_BYTES)
        producer.submit(address)
        return 1
      },
      waitForRoom() {
        while (!producer.waitForRoom(bytes, LOOK_MS)) {
          if (ring.closed || isOrphan()) return false
        }
        return true
      },
    }
  },
  consume(handle, task, inspector) {
    const ring = openMappedRing(handle)
    const consumer = openConsumer(ring)
    const look = inspectInPlace(consumer, inspector)
    return async () => {
      const child = startChild(task, inspector, { fd: ring.fd })
      // Not yet blocking: where the child cannot begin, this event loop must hear of it.
      await Promise.race([consumer.waitAsync(), child.ended])
      do visitBlocking(consumer, look)
      while (!inspector.isOver())
      ring.close()
      await child.ended
      do consumer.consumeRaw(look)
      while (!inspector.isComplete())
      ring.detach()
    }
  },
}
