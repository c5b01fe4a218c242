/** What goes into our rings and comes out of them where delays are measured: a number, and a time. */
import type { Consumer, Producer } from '../../../../dist/index.js'
import type { DueProducer } from '../../latency/send.js'
import { STAMPED_BYTES } from '../../waiting/cases.js'
import type { WakeUpConsumer, WakeUpProducer } from '../../waiting/measurements.js'
import { rawStamped } from '../waiting/common.js'
import type { DelayConsumer } from './cases.js'

/** Records with the time at which they were due. */
export function duesInto(producer: Producer): DueProducer {
  const { f64 } = producer.memory
  return {
    send(sequence, due) {
      const address = producer.reserve(STAMPED_BYTES)
      if (address === 0) return false
      f64[address >>> 3] = sequence
      f64[(address >>> 3) + 1] = due
      producer.submit(address)
      return true
    },
    end: () => producer.ring.close(),
  }
}

/** Records with the time of their commit, for each ring in turn. */
export function stampsInto(producers: readonly Producer[]): WakeUpProducer {
  return {
    send(sequence, now) {
      const producer = producers[sequence % producers.length] as Producer
      const address = producer.reserve(STAMPED_BYTES)
      if (address === 0) throw new Error('the ring was full of lonely records, or closed')
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

/** Waits; answers false when nothing will come any more. */
export type Wait = (consumer: Consumer) => boolean

export const waitAsOpened: Wait = (consumer) => consumer.wait() !== 'closed'
/** Never sleeps; comes back now and then, so that the harness sees its clock. */
export const waitBusy: Wait = (consumer) => consumer.waitBusy({ timeoutMs: 1 }) !== 'closed'

export function blockingConsumer(consumer: Consumer, wait: Wait): DelayConsumer {
  return {
    run(onRecord, turn = () => {}) {
      const look = rawStamped(onRecord)
      while (wait(consumer)) {
        consumer.consumeRaw(look)
        turn()
      }
    },
    sleeps: () => consumer.counters().sleeps,
  }
}

export function asyncConsumer(consumer: Consumer): WakeUpConsumer {
  return {
    async run(onRecord) {
      const look = rawStamped(onRecord)
      while ((await consumer.waitAsync()) !== 'closed') consumer.consumeRaw(look)
    },
    sleeps: () => consumer.counters().sleeps,
  }
}
