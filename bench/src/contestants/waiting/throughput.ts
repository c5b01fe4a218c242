/** `throughput-wait`: the ways to wait, over the same ring with the same producer. */
import type { Consumer, RingHandle, WaitStrategy } from '../../../../dist/index.js'
import type { Contestant, HandOffMeasurement, LoopingConsumer } from '../../contestant.js'
import type { SequenceCheck } from '../../sequence.js'
import { WAIT_BYTES } from '../../waiting/cases.js'
import { checkBytes, openShared, outputProducer, rawCheck, shareRing } from './common.js'

type Run = (
  consumer: Consumer,
  bytes: number,
  check: SequenceCheck,
  turn: () => void,
) => ReturnType<LoopingConsumer['run']>

/** Waits, then consumes all that is there, until the ring is closed and empty. */
const blocking: Run = (consumer, bytes, check, turn) => {
  const look = rawCheck(bytes, check)
  while (consumer.wait() !== 'closed') {
    consumer.consumeRaw(look)
    turn()
  }
}

const busy: Run = (consumer, bytes, check, turn) => {
  const look = rawCheck(bytes, check)
  while (consumer.waitBusy() !== 'closed') {
    consumer.consumeRaw(look)
    turn()
  }
}

const asynchronous: Run = async (consumer, bytes, check, turn) => {
  const look = rawCheck(bytes, check)
  while ((await consumer.waitAsync()) !== 'closed') {
    consumer.consumeRaw(look)
    turn()
  }
}

const forAwait: Run = async (consumer, bytes, check, turn) => {
  for await (const record of consumer) {
    checkBytes(record, bytes, check)
    turn()
  }
}

function casesOf(run: Run, strategy?: WaitStrategy): Contestant['cases'] {
  const measurement = (bytes: number): HandOffMeasurement<RingHandle> => ({
    kind: 'hand-off',
    bytes,
    share: shareRing,
    producer: outputProducer,
    consumer(handle) {
      const consumer = openShared(handle, strategy ? { strategy } : {})
      return { run: (check, turn) => run(consumer, bytes, check, turn) }
    },
  })
  return Object.fromEntries(WAIT_BYTES.map((bytes) => [`throughput-wait-${bytes}B`, measurement(bytes)]))
}

export const throughput = {
  busy: casesOf(busy),
  adaptive: casesOf(blocking),
  spin: casesOf(blocking, 'spin'),
  yield: casesOf(blocking, 'yield'),
  park: casesOf(blocking, 'park'),
  async: casesOf(asynchronous),
  forAwait: casesOf(forAwait),
}
