/** `event-loop-delay`: ways to consume a flood in the main thread, all with records as bytes of their own. */
import { attachRing, type Consumer, openPoller, type RingHandle } from '../../../../dist/index.js'
import { RING_BYTES } from '../../cases.js'
import type { Contestant } from '../../contestant.js'
import { FLOOD_BYTES, LOOP_RINGS } from '../../waiting/cases.js'
import type { EventLoopMeasurement } from '../../waiting/measurements.js'
import { checkBytes, openShared, outputProducer, shareRing } from './common.js'
import { roundRobin, shareRings } from './many-rings.js'

/** Shows each record to `look`, until the ring is closed and empty. */
type Run = (consumer: Consumer, look: (record: Uint8Array) => void) => Promise<void>

const forAwait: Run = async (consumer, look) => {
  for await (const record of consumer) look(record)
}

const waitAsync: Run = async (consumer, look) => {
  while ((await consumer.waitAsync()) !== 'closed') consumer.consume(look)
}

const unbounded: Run = async (consumer, look) => {
  const everything = { max: Number.POSITIVE_INFINITY }
  while (consumer.waitBusy() !== 'closed') consumer.consume(look, everything)
}

function casesOf(run: Run): Contestant['cases'] {
  const measurement: EventLoopMeasurement<RingHandle> = {
    kind: 'event-loop',
    bytes: FLOOD_BYTES,
    share: shareRing,
    producer: outputProducer,
    consumer(handle) {
      const consumer = openShared(handle)
      return {
        async run(check, turn) {
          await run(consumer, (record) => {
            checkBytes(record, FLOOD_BYTES, check)
            turn()
          })
        },
      }
    },
  }
  return { 'event-loop-delay': measurement }
}

const pollerRun: EventLoopMeasurement<readonly RingHandle[]> = {
  kind: 'event-loop',
  bytes: FLOOD_BYTES,
  rings: LOOP_RINGS,
  share: () => shareRings(LOOP_RINGS, RING_BYTES),
  producer: roundRobin,
  consumer: (handles) => ({
    async run(check, turn) {
      const poller = openPoller()
      for (const handle of handles) {
        poller.add(attachRing(handle), (record) => {
          checkBytes(record, FLOOD_BYTES, check)
          turn()
        })
      }
      await poller.run()
    },
  }),
}

export const eventLoop = {
  forAwait: casesOf(forAwait),
  waitAsync: casesOf(waitAsync),
  unbounded: casesOf(unbounded),
  pollerRun: { 'event-loop-delay': pollerRun } satisfies Contestant['cases'],
}
