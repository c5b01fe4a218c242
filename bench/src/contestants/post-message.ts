/**
 * postMessage, one message a record or a batch: a Uint8Array, copied by structured cloning, from worker to worker.
 *
 * A port's queue has no end, so the producer holds back by itself: no more messages are under way than would fill
 * a ring of 1 MiB. Without that the figure would measure how fast a queue can grow. It sleeps while it waits: the
 * consumer is the slower side, and its garbage collector can use the cpu meanwhile.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { HAND_OFF_BYTES, RING_BYTES } from '../cases.js'
import type { Contestant, HandOffMeasurement } from '../contestant.js'
import { BATCH_RECORDS } from '../core/cases.js'
import type { WakeUpMeasurement } from '../waiting/measurements.js'

const RECORDS_MAX = RING_BYTES / HAND_OFF_BYTES
/** The consumer tells how far it is only now and then: often enough that the queue never runs empty. */
const RECORDS_PER_NOTICE = 1024

interface Shared {
  readonly port: MessagePort
  /** One word: messages received so far, told now and then. */
  readonly received: Int32Array
}

/** Little-endian, by hand: a view over each message would cost more than the rest of the check. */
function firstWord(bytes: Uint8Array, offset: number): number {
  const at = (index: number) => bytes[offset + index] as number
  return at(0) | (at(1) << 8) | (at(2) << 16) | (at(3) << 24)
}

/** So many records go with one message, in a row: one by itself, or all those of a batch. */
function handOff(records: number): HandOffMeasurement<Shared> {
  const messagesMax = Math.floor(RECORDS_MAX / records)
  const messagesPerNotice = Math.floor(RECORDS_PER_NOTICE / records)
  return {
    kind: 'hand-off',
    share() {
      const { port1, port2 } = new MessageChannel()
      const received = new Int32Array(new SharedArrayBuffer(4))
      return {
        producer: { port: port1, received },
        consumer: { port: port2, received },
        transfer: { producer: [port1], consumer: [port2] },
      }
    },
    producer({ port, received }) {
      const message = new Uint8Array(records * HAND_OFF_BYTES)
      let filled = 0
      let sent = 0
      return {
        push(payload) {
          const done = Atomics.load(received, 0)
          if (sent - done >= messagesMax) {
            Atomics.wait(received, 0, done, 1)
            return false
          }
          message.set(payload, filled * HAND_OFF_BYTES)
          if (++filled === records) {
            port.postMessage(message)
            filled = 0
            sent++
          }
          return true
        },
        end() {
          if (filled !== 0) throw new Error(`the last batch has only ${filled} records`)
        },
      }
    },
    consumer({ port, received }) {
      let count = 0
      return {
        listen(onSequence) {
          port.on('message', (bytes: Uint8Array) => {
            if (bytes.length !== records * HAND_OFF_BYTES) {
              throw new Error(`a message of ${bytes.length} bytes came out`)
            }
            if (++count % messagesPerNotice === 0) {
              Atomics.store(received, 0, count)
              Atomics.notify(received, 0)
            }
            for (let i = 0; i < records; i++) onSequence(firstWord(bytes, i * HAND_OFF_BYTES))
          })
        },
        close: () => port.close(),
      }
    },
  }
}

type Stamped = readonly [sequence: number, stamp: number]

const wakeUp: WakeUpMeasurement<MessagePort> = {
  kind: 'wake-up',
  share() {
    const { port1, port2 } = new MessageChannel()
    return {
      producer: port1,
      consumer: port2,
      transfer: { producer: [port1], consumer: [port2] },
    }
  },
  producer: (port) => ({
    send: (sequence, now) => port.postMessage([sequence, now()] satisfies Stamped),
    end: () => port.close(),
  }),
  consumer: (port) => ({
    run(onRecord) {
      port.on('message', ([sequence, stamp]: Stamped) => onRecord(sequence, stamp))
      return new Promise((resolve) => port.once('close', resolve))
    },
  }),
}

export const contestants: readonly Contestant[] = [
  {
    name: 'postMessage',
    about: 'one message a record over a MessagePort between two workers, consumed in the event loop',
    absent: () => null,
    cases: { 'throughput-1p1c-64B': handOff(1), 'idle-wakeup': wakeUp },
  },
  {
    name: 'postMessage-batch',
    about: 'the same, but 16 records go with one message',
    absent: () => null,
    cases: { 'throughput-1p1c-64B-batch': handOff(BATCH_RECORDS) },
  },
]
