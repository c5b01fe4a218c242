/** Receives from a mapped ring, what processes or threads send into it. */
import { openConsumer, type RawCallback } from '../../../dist/index.js'
import { createMappedRing } from '../../../dist/ring/mapped-ring.js'
import { RING_BYTES } from '../cases.js'
import type { OneWay } from '../linux/one-way.js'
import { checkOf } from '../sequence.js'
import { allEnded, startProcess, startThread } from './start.js'
import type { Load, SenderTask } from './task.js'

/** Records between two looks at the clock. */
const LOOK_RECORDS = 4096
/** Standard streams come first. */
const RING_DESCRIPTOR = 3

export async function openMapped(
  where: 'process' | 'thread',
  kind: 'reserve' | 'output',
  load: Load,
): Promise<OneWay> {
  const ring = createMappedRing({ size: RING_BYTES })
  const place = where === 'process' ? RING_DESCRIPTOR : ring.handle
  const tasks: SenderTask[] = Array.from({ length: load.senders }, (_, sender) => ({
    ...load,
    kind,
    place,
    sender,
  }))
  const senders = tasks.map((task) =>
    where === 'process' ? startProcess(task, ['ignore', 'ignore', 'inherit', ring.fd]) : startThread(task),
  )
  const ended = allEnded(senders)
  const consumer = openConsumer(ring)
  const { i32 } = consumer.memory
  const check = checkOf(load.senders)
  const look: RawCallback = (_memory, offset, length) => {
    if (length !== load.bytes) throw new Error(`a record of ${length} bytes came out`)
    check.take(i32[offset >>> 2] as number)
  }
  await consumer.waitAsync()
  return {
    pinned: true,
    begun: () => check.begun,
    receive(isOver) {
      do {
        const taken = consumer.consumeRaw(look, { max: LOOK_RECORDS })
        if (taken < LOOK_RECORDS) consumer.waitBusy({ timeoutMs: 0.1 })
      } while (!isOver(check.received))
    },
    async end() {
      ring.close()
      await ended
      consumer.consumeRaw(look)
      const { submitted } = ring.counters()
      if (check.received !== submitted) throw new Error(`${submitted} sent, ${check.received} received`)
      return {}
    },
  }
}
