/** `loaded-latency` and `idle-wakeup` over a MessagePort: its consumer is called by the event loop, or asks without pause. */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { RING_BYTES } from '../../cases.js'
import type { DueProducer } from '../../latency/send.js'
import { STAMPED_BYTES } from '../../waiting/cases.js'
import type { WakeUpProducer } from '../../waiting/measurements.js'
import { type DelayConsumer, idleWakeUp, loadedCases } from './cases.js'

/** A record; the last message is none. */
type Message = readonly [sequence: number, time: number] | null

interface Ports {
  readonly port: MessagePort
  /** How many were taken: a queue has no end, so the producer holds back by itself. */
  readonly taken: Int32Array
}

/** As many as would fill a ring, of those that are under way. */
const MOST_UNDER_WAY = RING_BYTES / STAMPED_BYTES

function share() {
  const { port1, port2 } = new MessageChannel()
  const taken = new Int32Array(new SharedArrayBuffer(4))
  return {
    producer: { port: port1, taken },
    consumer: { port: port2, taken },
    transfer: { producer: [port1], consumer: [port2] },
  }
}

function end(port: MessagePort): void {
  port.postMessage(null satisfies Message)
  port.close()
}

const sendDue = ({ port, taken }: Ports): DueProducer => ({
  send(sequence, due) {
    if (sequence - Atomics.load(taken, 0) >= MOST_UNDER_WAY) return false
    port.postMessage([sequence, due] satisfies Message)
    return true
  },
  end: () => end(port),
})

const sendStamped = ({ port }: Ports): WakeUpProducer => ({
  send: (sequence, now) => port.postMessage([sequence, now()] satisfies Message),
  end: () => end(port),
})

const takeCalled = ({ port, taken }: Ports): DelayConsumer => ({
  run(onRecord, turn = () => {}) {
    return new Promise<void>((resolve, reject) => {
      port.on('message', (message: Message) => {
        try {
          if (message === null) return resolve()
          onRecord(...message)
          Atomics.add(taken, 0, 1)
          turn()
        } catch (error) {
          reject(error)
        }
      })
    }).finally(() => port.close())
  },
})

const takeAsked = ({ port, taken }: Ports): DelayConsumer => ({
  run(onRecord, turn = () => {}) {
    for (;;) {
      const next = receiveMessageOnPort(port)
      if (next?.message === null) return
      if (next !== undefined) {
        const [sequence, time] = next.message
        onRecord(sequence, time)
        Atomics.add(taken, 0, 1)
      }
      turn()
    }
  },
})

export const called = {
  ...loadedCases({ share, producer: sendDue, consumer: takeCalled }),
  ...idleWakeUp({ share, producer: sendStamped, consumer: takeCalled }),
}

export const asked = {
  ...loadedCases({ share, producer: sendDue, consumer: takeAsked }),
  ...idleWakeUp({ share, producer: sendStamped, consumer: takeAsked }),
}
