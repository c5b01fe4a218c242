/**
 * Messages between two workers: postMessage over a MessagePort in its forms, receiveMessageOnPort, BroadcastChannel.
 *
 * A queue of messages has no end, so the producer holds back by itself: no more records are under way than would fill
 * a ring of 1 MiB. Without that the figure would measure how fast a queue can grow. It sleeps while it waits: the
 * consumer is the slower side, and its garbage collector can use the cpu meanwhile.
 */
import { BroadcastChannel, MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { sweepCases } from '../axes/charts.js'
import { RING_BYTES } from '../cases.js'
import type { Contestant, EventConsumer, HandOffMeasurement, HandOffProducer } from '../contestant.js'
import { BATCH_RECORDS, handOffCases } from '../core/cases.js'
import type { WakeUpMeasurement } from '../waiting/measurements.js'
import { messageCpuCases } from './axes/message-cpu.js'

/** The consumer tells how far it is only now and then: often enough that the queue never runs empty. */
const RECORDS_PER_NOTICE = 1024

/** What a record is on its way, and how its number is found again. `Message` is what arrives. */
interface Form<Message> {
  /** Records in a message, all of the same size. */
  readonly records: number
  /** Puts a payload in; answers the message when it is full. What it answers may be used again by the next. */
  open(bytes: number): (payload: Uint8Array) => Message | undefined
  /** What moves with a message instead of being copied. */
  readonly moves?: (message: Message) => ArrayBuffer[]
  /** Where in the message the bytes are. Throws if they are not as many as went in. */
  read(message: Message, bytes: number): Uint8Array
  /** The number, where it does not stand in the bytes. */
  readonly sequence?: (message: Message) => number
}

/** One or several payloads, copied by structured cloning. */
function cloned(records: number): Form<Uint8Array> {
  return {
    records,
    open(bytes) {
      const message = new Uint8Array(records * bytes)
      let filled = 0
      return (payload) => {
        message.set(payload, filled * bytes)
        filled = (filled + 1) % records
        return filled === 0 ? message : undefined
      }
    },
    read: (message, bytes) => mustHold(message, records * bytes),
  }
}

/** A payload in a buffer of its own, which is transferred. */
const transferred: Form<ArrayBuffer> = {
  records: 1,
  open: () => (payload) => payload.slice().buffer,
  moves: (message) => [message],
  read: (message, bytes) => mustHold(new Uint8Array(message), bytes),
}

interface Event {
  readonly sequence: number
  readonly payload: Uint8Array
}

/** An object, as one sends it without thinking further. */
const object: Form<Event> = {
  records: 1,
  open: () => (payload) => ({ sequence: firstWord(payload, 0), payload }),
  read: ({ payload }, bytes) => mustHold(payload, bytes),
  sequence: ({ sequence }) => sequence,
}

function mustHold(message: Uint8Array, bytes: number): Uint8Array {
  if (message.length !== bytes) throw new Error(`a message of ${message.length} bytes came out`)
  return message
}

/** Little-endian, by hand: a view over each message would cost more than the rest of the check. */
function firstWord(bytes: Uint8Array, offset: number): number {
  const at = (index: number) => bytes[offset + index] as number
  return at(0) | (at(1) << 8) | (at(2) << 16) | (at(3) << 24)
}

/** One word: messages received so far, told now and then. */
type Received = Int32Array

function openPush<Message>(
  form: Form<Message>,
  bytes: number,
  received: Received,
  post: (message: Message) => void,
): HandOffProducer {
  const most = Math.max(1, Math.floor(RING_BYTES / bytes / form.records))
  const add = form.open(bytes)
  let sent = 0
  let added = 0
  return {
    push(payload) {
      const done = Atomics.load(received, 0)
      if (sent - done >= most) {
        Atomics.wait(received, 0, done, 1)
        return false
      }
      added++
      const message = add(payload)
      if (message !== undefined) {
        post(message)
        sent++
      }
      return true
    },
    end() {
      if (added % form.records !== 0)
        throw new Error(`the last batch has only ${added % form.records} records`)
    },
  }
}

/** Takes messages apart, and tells now and then how many there were. */
function openTake<Message>(form: Form<Message>, bytes: number, received: Received) {
  const most = Math.max(1, Math.floor(RING_BYTES / bytes / form.records))
  const perNotice = Math.max(1, Math.min(Math.floor(RECORDS_PER_NOTICE / form.records), most >>> 2))
  let count = 0
  return (message: Message, onSequence: (sequence: number) => void) => {
    const payloads = form.read(message, bytes)
    if (++count % perNotice === 0) {
      Atomics.store(received, 0, count)
      Atomics.notify(received, 0)
    }
    if (form.sequence) onSequence(form.sequence(message))
    else for (let i = 0; i < form.records; i++) onSequence(firstWord(payloads, i * bytes))
  }
}

interface Ports {
  readonly port: MessagePort
  readonly received: Received
}

function sharePorts() {
  const { port1, port2 } = new MessageChannel()
  const received = new Int32Array(new SharedArrayBuffer(4))
  return {
    producer: { port: port1, received },
    consumer: { port: port2, received },
    transfer: { producer: [port1], consumer: [port2] },
  }
}

/** Over a MessagePort; its consumer is called by the event loop, or asks for each message. */
function overPort<Message>(
  form: Form<Message>,
  bytes: number,
  how: 'called' | 'asks' = 'called',
): HandOffMeasurement<Ports> {
  return {
    kind: 'hand-off',
    bytes,
    share: sharePorts,
    producer: ({ port, received }) =>
      openPush(form, bytes, received, (message) => port.postMessage(message, form.moves?.(message) ?? [])),
    consumer({ port, received }) {
      const take = openTake(form, bytes, received)
      if (how === 'asks') {
        return {
          drain(check, limit) {
            let taken = 0
            for (; taken < limit; taken++) {
              const next = receiveMessageOnPort(port)
              if (next === undefined) break
              take(next.message as Message, (sequence) => check.take(sequence))
            }
            return taken
          },
        }
      }
      return {
        listen: (onSequence) => port.on('message', (message: Message) => take(message, onSequence)),
        close: () => port.close(),
      } satisfies EventConsumer
    },
  }
}

interface Broadcast {
  readonly name: string
  readonly received: Received
}

function overBroadcast(bytes: number): HandOffMeasurement<Broadcast> {
  const form = cloned(1)
  return {
    kind: 'hand-off',
    bytes,
    share() {
      const shared = { name: `bench-${process.pid}`, received: new Int32Array(new SharedArrayBuffer(4)) }
      return { producer: shared, consumer: shared }
    },
    producer({ name, received }) {
      const channel = new BroadcastChannel(name)
      const { push } = openPush(form, bytes, received, (message) => channel.postMessage(message))
      return { push, end: () => channel.close() }
    },
    consumer({ name, received }) {
      const channel = new BroadcastChannel(name)
      const take = openTake(form, bytes, received)
      return {
        listen(onSequence) {
          channel.onmessage = (event) => take((event as { data: Uint8Array }).data, onSequence)
        },
        close: () => channel.close(),
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

/** Of one producer, one record at a time: the only ones that know batches say so by another name. */
const singly = (measure: (bytes: number) => HandOffMeasurement) =>
  handOffCases(({ producers, bytes, way }) =>
    producers === 1 && way === 'single' ? measure(bytes) : undefined,
  )

function contestant(name: string, about: string, cases: Contestant['cases']): Contestant {
  return { name, about, absent: () => null, cases }
}

export const contestants: readonly Contestant[] = [
  contestant('postMessage', 'a Uint8Array a message over a MessagePort, cloned, consumed in the event loop', {
    ...singly((bytes) => overPort(cloned(1), bytes)),
    'idle-wakeup': wakeUp,
    ...sweepCases(({ bytes }) => overPort(cloned(1), bytes), ['size']),
    ...messageCpuCases('called'),
  }),
  contestant('postMessage-batch', 'the same, but 16 records go with one message', {
    ...handOffCases(({ bytes, way }) =>
      way === 'batch' ? overPort(cloned(BATCH_RECORDS), bytes) : undefined,
    ),
    ...sweepCases(({ bytes }) => overPort(cloned(BATCH_RECORDS), bytes), ['size']),
  }),
  contestant(
    'postMessage-transfer',
    'an ArrayBuffer a message, transferred',
    singly((bytes) => overPort(transferred, bytes)),
  ),
  contestant(
    'postMessage-object',
    'an object a message: a number and a Uint8Array',
    singly((bytes) => overPort(object, bytes)),
  ),
  contestant(
    'receiveMessageOnPort',
    'a Uint8Array a message; the consumer asks for each, and has no event loop',
    { ...singly((bytes) => overPort(cloned(1), bytes, 'asks')), ...messageCpuCases('asks') },
  ),
  contestant(
    'BroadcastChannel',
    'a Uint8Array a message to all who listen: to one',
    singly((bytes) => overBroadcast(bytes)),
  ),
]
