/**
 * Contents over a MessagePort: what people do who have no ring. The engine copies them by structured cloning.
 *
 * A queue of messages has no end, so the producer holds back by itself: see ../messages.ts.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { ContentMeasurement } from '../../payloads/measurement.js'

/** Messages under way at most, and how many the consumer takes before it tells. */
const MOST_MESSAGES = 4096
const MESSAGES_PER_NOTICE = 512

interface Shared {
  readonly port: MessagePort
  /** Messages received so far, told now and then. */
  readonly received: Int32Array
}

/** `make` makes the message of a number; `open` opens a check that answers the number of a message. */
export function overPort<Message>(
  make: (sequence: number) => Message,
  open: () => (message: Message) => number,
): ContentMeasurement<Shared> {
  return {
    kind: 'content',
    share() {
      const { port1, port2 } = new MessageChannel()
      const received = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
      return {
        producer: { port: port1, received },
        consumer: { port: port2, received },
        transfer: { producer: [port1], consumer: [port2] },
      }
    },
    producer: ({ port, received }) => ({
      push(sequence) {
        const done = Atomics.load(received, 0)
        if (sequence - done >= MOST_MESSAGES) {
          Atomics.wait(received, 0, done, 1)
          return false
        }
        port.postMessage(make(sequence))
        return true
      },
    }),
    consumer({ port, received }) {
      const read = open()
      return {
        listen(onSequence) {
          let count = 0
          port.on('message', (message: Message) => {
            if (++count % MESSAGES_PER_NOTICE === 0) {
              Atomics.store(received, 0, count)
              Atomics.notify(received, 0)
            }
            onSequence(read(message))
          })
        },
        close: () => port.close(),
      }
    },
  }
}
