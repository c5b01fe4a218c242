/**
 * Lines that messages go along: MessagePort and BroadcastChannel, one line from each producer to the consumer.
 *
 *   producer ──line──┐
 *   producer ──line──┴─► consumer: called by its event loop, or asks each line in turn
 *
 * A port has one owner, so several producers cannot share one; and whoever has a BroadcastChannel of a name hears all
 * others of that name, so producers would hear each other.
 */
import { BroadcastChannel, MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { EventConsumer, HandOffMeasurement, HandOffShared, PollingConsumer } from '../contestant.js'
import { type Flow, openFlow, openPush, openTake } from './message-flow.js'
import type { Form } from './message-forms.js'

/** What is the same for all lines of a measurement. */
export interface Load {
  readonly producers: number
  readonly bytes: number
}

/** A producer gets one of them, the consumer all. */
interface PortEnd {
  readonly port: MessagePort
  readonly flow: Flow
}

function sharePorts(producers: number): HandOffShared<readonly PortEnd[]> {
  const lines = Array.from({ length: producers }, () => {
    const { port1: from, port2: to } = new MessageChannel()
    return { from, to, flow: openFlow(producers) }
  })
  return {
    producer: [],
    producers: lines.map(({ from, flow }) => [{ port: from, flow }]),
    consumer: lines.map(({ to, flow }) => ({ port: to, flow })),
    transfer: {
      producers: lines.map(({ from }) => [from]),
      consumer: lines.map(({ to }) => to),
    },
  }
}

/** Over MessagePorts; the consumer is called by the event loop, or asks for each message. */
export function overPorts<Message>(
  form: Form<Message>,
  { producers, bytes }: Load,
  how: 'called' | 'asks' = 'called',
): HandOffMeasurement<readonly PortEnd[]> {
  return {
    kind: 'hand-off',
    producers,
    bytes,
    batch: form.records,
    share: () => sharePorts(producers),
    producer([end]) {
      if (end === undefined) throw new Error('this producer got no port')
      const { port, flow } = end
      const post = (message: Message) => port.postMessage(message, form.moves?.(message) ?? [])
      return { push: openPush(form, bytes, flow, post) }
    },
    consumer: (ends) => (how === 'asks' ? askPorts(form, bytes, ends) : listenToPorts(form, bytes, ends)),
  }
}

function listenToPorts<Message>(form: Form<Message>, bytes: number, ends: readonly PortEnd[]): EventConsumer {
  return {
    listen(onSequence) {
      for (const { port, flow } of ends) {
        const take = openTake(form, bytes, flow)
        port.on('message', (message: Message) => take(message, onSequence))
      }
    },
    close() {
      for (const { port } of ends) port.close()
    },
  }
}

/** One message of each port in turn, until none has any. */
function askPorts<Message>(form: Form<Message>, bytes: number, ends: readonly PortEnd[]): PollingConsumer {
  const takes = ends.map(({ flow }) => openTake(form, bytes, flow))
  return {
    drain(check, limit) {
      const onSequence = (sequence: number) => check.take(sequence)
      let taken = 0
      for (let before = -1; taken < limit && taken !== before; ) {
        before = taken
        for (const [index, { port }] of ends.entries()) {
          const next = receiveMessageOnPort(port)
          if (next === undefined) continue
          takes[index]?.(next.message as Message, onSequence)
          taken += form.records
        }
      }
      return taken
    },
  }
}

interface ChannelEnd {
  readonly name: string
  readonly flow: Flow
}

/** Over BroadcastChannels, of which each has one who sends and one who hears. */
export function overBroadcast<Message>(
  form: Form<Message>,
  { producers, bytes }: Load,
): HandOffMeasurement<readonly ChannelEnd[]> {
  return {
    kind: 'hand-off',
    producers,
    bytes,
    batch: form.records,
    share() {
      const ends = Array.from({ length: producers }, (_, producer) => ({
        name: `bench-${process.pid}-${producer}`,
        flow: openFlow(producers),
      }))
      return { producer: [], producers: ends.map((end) => [end]), consumer: ends }
    },
    producer([end]) {
      if (end === undefined) throw new Error('this producer got no channel')
      const channel = new BroadcastChannel(end.name)
      const push = openPush(form, bytes, end.flow, (message) => channel.postMessage(message))
      return { push, end: () => channel.close() }
    },
    consumer(ends) {
      const channels = ends.map(({ name }) => new BroadcastChannel(name))
      return {
        listen(onSequence) {
          for (const [index, { flow }] of ends.entries()) {
            const take = openTake(form, bytes, flow)
            const channel = channels[index] as BroadcastChannel
            channel.onmessage = (event) => take((event as { data: Message }).data, onSequence)
          }
        },
        close() {
          for (const channel of channels) channel.close()
        },
      }
    },
  }
}
