import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Contestant } from '../contestant.js'
import { nap } from '../run/produce.js'
import { openTeller } from './credit.js'
import { type Ports, sharePorts } from './ports.js'
import { postMessage } from './post-message.js'

/** Messages of one visit, so that the clock is looked at. */
const VISIT = 256
/** When there is nothing. */
const NAP_MS = 0.05

/** The same messages; the consumer asks for them. */
export const receiveMessage: Contestant<Ports> = {
  name: 'receiveMessage',
  about: 'the same messages, each asked for: receiveMessageOnPort',
  ours: false,
  producers: 'threads',
  share: sharePorts,
  produce: postMessage.produce,
  consume:
    ({ ports, taken }, task, inspector) =>
    () => {
      const port = ports[0] as MessagePort
      const tell = openTeller(taken, task, 0)
      do {
        for (let left = VISIT; left > 0; left--) {
          const received = receiveMessageOnPort(port)
          if (received === undefined) {
            nap(NAP_MS)
            break
          }
          const record = received.message as Float64Array
          inspector.takeFrom(record, 0, record.length)
          tell()
        }
      } while (!inspector.isOver() || !inspector.isComplete())
      port.close()
    },
}
