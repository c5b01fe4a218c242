/** Contents over a ring of this package: how each is written, and the ways to read records. */
import {
  attachRing,
  type Consumer,
  createRing,
  type LeasedRecord,
  type OpenConsumerOptions,
  openConsumer,
  openProducer,
  type Producer,
  type RawCallback,
  type RingHandle,
} from '../../../../dist/index.js'
import { RING_BYTES } from '../../cases.js'
import type { PollingConsumer } from '../../contestant.js'
import type {
  ContentConsumer,
  ContentMeasurement,
  ContentProducer,
  CountingConsumer,
} from '../../payloads/measurement.js'
import type { SequenceCheck } from '../../sequence.js'

export type OpenPush = (producer: Producer) => ContentProducer['push']
export type OpenRead = (consumer: Consumer) => ContentConsumer

/** A consumer that has found less than it might have taken polls so long, in paces, before it says so. */
const POLL_MS = 0.1

export function overRing(
  openPush: OpenPush,
  openRead: OpenRead,
  options: OpenConsumerOptions = {},
): ContentMeasurement<RingHandle> {
  return {
    kind: 'content',
    share() {
      const { handle } = createRing({ size: RING_BYTES })
      return { producer: handle, consumer: handle }
    },
    producer(handle) {
      const producer = openProducer(attachRing(handle))
      return { push: openPush(producer), end: () => producer.ring.close() }
    },
    consumer: (handle) => openRead(openConsumer(attachRing(handle), options)),
  }
}

/** Polls as a consumer does that wants to be fast: when it has caught up it looks every few microseconds. */
function polling(
  consumer: Consumer,
  visit: (check: SequenceCheck, limit: number) => number,
): PollingConsumer {
  return {
    drain(check, limit) {
      const taken = visit(check, limit)
      if (taken < limit) consumer.waitBusy({ timeoutMs: POLL_MS })
      return taken
    },
  }
}

/** Where they are. `read` answers the number of the record. */
export function readRaw(
  open: (consumer: Consumer) => (memory: Uint8Array, offset: number, length: number) => number,
): OpenRead {
  return (consumer) => {
    const read = open(consumer)
    let to: SequenceCheck
    const look: RawCallback = (memory, offset, length) => to.take(read(memory, offset, length))
    return polling(consumer, (check, max) => {
      to = check
      return consumer.consumeRaw(look, { max })
    })
  }
}

/** As bytes of their own. */
export function readCopies(open: () => (record: Uint8Array) => number): OpenRead {
  return (consumer) => {
    const read = open()
    let to: SequenceCheck
    const look = (record: Uint8Array) => to.take(read(record))
    return polling(consumer, (check, max) => {
      to = check
      return consumer.consume(look, { max })
    })
  }
}

/** Lent, as objects. */
export function readLeased(open: (consumer: Consumer) => (record: LeasedRecord) => number): OpenRead {
  return (consumer) => {
    const read = open(consumer)
    return polling(consumer, (check, max) => {
      const lease = consumer.lease({ max })
      for (const record of lease) check.take(read(record))
      lease.release()
      return lease.length
    })
  }
}

/** By a loop over those that are there. */
export function readIterated(open: () => (record: Uint8Array) => number): OpenRead {
  return (consumer) => {
    const read = open()
    return polling(consumer, (check, max) => {
      let taken = 0
      for (const record of consumer) {
        check.take(read(record))
        if (++taken === max) break
      }
      return taken
    })
  }
}

/** By a loop that waits for more, until the ring is closed. */
export function readForAwait(open: () => (record: Uint8Array) => number): OpenRead {
  return (consumer): CountingConsumer => {
    const read = open()
    return {
      async run(check, turn) {
        for await (const record of consumer) {
          check.take(read(record))
          turn()
        }
      },
      async take(check, records) {
        const end = check.received + records
        for await (const record of consumer) {
          check.take(read(record))
          if (check.received === end) break
        }
      },
    }
  }
}
