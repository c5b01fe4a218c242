/**
 * How many messages are under way.
 *
 * A queue of messages has no end, so the producer holds back by itself: no more records are under way than would fill
 * a ring of 1 MiB, those of all producers together. Without that the figure would measure how fast a queue can grow.
 * It sleeps while it waits: the consumer is the slower side, and its garbage collector can use the cpu meanwhile.
 */
import { RING_BYTES } from '../cases.js'
import type { HandOffProducer } from '../contestant.js'
import type { Form } from './message-forms.js'

/** The consumer tells how far it is only now and then: often enough that the queue never runs empty. */
const RECORDS_PER_NOTICE = 1024
const NAP_MS = 1

/** What both ends of a line between one producer and the consumer know. */
export interface Flow {
  /** One word: messages received so far, told now and then. */
  readonly received: Int32Array
  /** Payload bytes that may be under way. */
  readonly bytes: number
}

/** One for each of so many producers. */
export function openFlow(producers: number): Flow {
  return { received: new Int32Array(new SharedArrayBuffer(4)), bytes: RING_BYTES / producers }
}

function mostUnderWay(records: number, bytes: number, flow: Flow): number {
  return Math.max(1, Math.floor(flow.bytes / bytes / records))
}

/** Sends by `post`, and holds back. */
export function openPush<Message>(
  form: Form<Message>,
  bytes: number,
  flow: Flow,
  post: (message: Message) => void,
): HandOffProducer['push'] {
  const most = mostUnderWay(form.records, bytes, flow)
  const { received } = flow
  const add = form.open(bytes)
  let sent = 0
  return (payload) => {
    const done = Atomics.load(received, 0)
    if (sent - done >= most) {
      Atomics.wait(received, 0, done, NAP_MS)
      return false
    }
    const message = add(payload)
    if (message !== undefined) {
      post(message)
      sent++
    }
    return true
  }
}

/** Takes messages apart, and tells now and then how many there were. */
export function openTake<Message>(form: Form<Message>, bytes: number, flow: Flow) {
  const most = mostUnderWay(form.records, bytes, flow)
  const { received } = flow
  const perNotice = Math.max(1, Math.min(Math.floor(RECORDS_PER_NOTICE / form.records), most >>> 2))
  let count = 0
  return (message: Message, onSequence: (sequence: number) => void) => {
    form.read(message, bytes, onSequence)
    if (++count % perNotice === 0) {
      Atomics.store(received, 0, count)
      Atomics.notify(received, 0)
    }
  }
}
