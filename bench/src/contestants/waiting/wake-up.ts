/** `idle-wakeup`: ours, asleep in three ways. */
import {
  attachRing,
  type Consumer,
  openProducer,
  type RingHandle,
  type WaitStrategy,
} from '../../../../dist/index.js'
import type { Contestant } from '../../contestant.js'
import { STAMPED_BYTES } from '../../waiting/cases.js'
import type { OnRecord, WakeUpMeasurement, WakeUpProducer } from '../../waiting/measurements.js'
import { openShared, rawStamped, shareRing } from './common.js'

/** A record for each ring in turn. */
export function stampingProducer(handles: readonly RingHandle[]): WakeUpProducer {
  const producers = handles.map((handle) => openProducer(attachRing(handle)))
  return {
    send(sequence, now) {
      const producer = producers[sequence % producers.length] as (typeof producers)[number]
      const address = producer.reserve(STAMPED_BYTES)
      if (address === 0) throw new Error('the ring was full of lonely records')
      const { f64 } = producer.memory
      f64[address >>> 3] = sequence
      f64[(address >>> 3) + 1] = now()
      producer.submit(address)
    },
    end() {
      for (const { ring } of producers) ring.close()
    },
  }
}

type Run = (consumer: Consumer, onRecord: OnRecord) => void | Promise<void>

const blocking: Run = (consumer, onRecord) => {
  const look = rawStamped(onRecord)
  while (consumer.wait() !== 'closed') consumer.consumeRaw(look)
}

const asynchronous: Run = async (consumer, onRecord) => {
  const look = rawStamped(onRecord)
  while ((await consumer.waitAsync()) !== 'closed') consumer.consumeRaw(look)
}

function casesOf(run: Run, strategy: WaitStrategy): Contestant['cases'] {
  const measurement: WakeUpMeasurement<RingHandle> = {
    kind: 'wake-up',
    share: shareRing,
    producer: (handle) => stampingProducer([handle]),
    consumer(handle) {
      const consumer = openShared(handle, { strategy })
      return {
        run: (onRecord) => run(consumer, onRecord),
        sleeps: () => consumer.counters().sleeps,
      }
    },
  }
  return { 'idle-wakeup': measurement }
}

export const wakeUp = {
  park: casesOf(blocking, 'park'),
  adaptive: casesOf(blocking, 'adaptive'),
  async: casesOf(asynchronous, 'adaptive'),
  asyncPark: casesOf(asynchronous, 'park'),
}
