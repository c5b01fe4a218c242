/** `loaded-latency` and `idle-wakeup` between two processes, which have mapped one ring. */
import { openConsumer } from '../../../../dist/index.js'
import { createMappedRing, openMappedRing } from '../../../../dist/ring/mapped-ring.js'
import { RING_BYTES } from '../../cases.js'
import { startSender } from '../../latency/away.js'
import { idleWakeUp, loadedCases } from './cases.js'
import { blockingConsumer, type Wait, waitAsOpened, waitBusy } from './rings.js'

type Handle = ReturnType<typeof createMappedRing>['handle']

/** Rings that were handed out: one that is collected is unmapped. */
const kept: unknown[] = []

function share() {
  const ring = createMappedRing({ size: RING_BYTES })
  kept.push(ring)
  return { producer: ring.handle, consumer: ring.handle }
}

const producer = (handle: Handle) => startSender(openMappedRing(handle))

const consumer = (wait: Wait) => (handle: Handle) =>
  blockingConsumer(openConsumer(openMappedRing(handle)), wait)

/** Polls where records come all the time, and sleeps where they do not. */
export const betweenProcesses = {
  ...loadedCases({ share, producer, consumer: consumer(waitBusy) }),
  ...idleWakeUp({ share, producer, consumer: consumer(waitAsOpened) }),
}
