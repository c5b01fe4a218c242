/** The two consumers: the library's, which is our poller, and a loop of one's own over waiting and consumeRaw. */
import {
  type MemoryViews,
  openConsumer,
  openPoller,
  type RawCallback,
  type Ring,
} from '../../../dist/index.js'
import type { GapCheck } from './gap-check.js'
import { type ConsumerKind, SAMPLE_BYTES } from './options.js'

export interface WaitingConsumer {
  /** Waits until something is there and takes it. False when nothing will come any more. */
  take(): boolean
}

// Of this file, since V8 reads what is imported anew each time, and these loops are about nanoseconds.
const BYTES = SAMPLE_BYTES

export function openWaitingConsumer(
  ring: Ring<unknown>,
  kind: ConsumerKind,
  check: GapCheck,
): WaitingConsumer {
  return kind === 'library' ? openLibrary(ring, check) : openCustom(ring, check)
}

/** What ring_buffer__new and ring_buffer__poll are in libbpf. */
function openLibrary(ring: Ring<unknown>, check: GapCheck): WaitingConsumer {
  const poller = openPoller()
  let look: RawCallback
  poller.addRaw(ring, (memory, offset, length) => look(memory, offset, length))
  look = checking(poller.ring(0).consumer.memory, check)
  return {
    take() {
      poller.poll()
      return !poller.finished
    },
  }
}

function openCustom(ring: Ring<unknown>, check: GapCheck): WaitingConsumer {
  const consumer = openConsumer(ring)
  const look = checking(consumer.memory, check)
  return {
    take() {
      if (consumer.wait() === 'closed') return false
      consumer.consumeRaw(look)
      return true
    },
  }
}

function checking({ i32 }: MemoryViews, check: GapCheck): RawCallback {
  return (_memory, offset, length) => {
    if (length !== BYTES) throw new Error(`a record of ${length} bytes came out`)
    const at = offset >>> 2
    check.take(i32[at] as number, i32[at + 1] as number)
  }
}
