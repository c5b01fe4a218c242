import { BroadcastChannel } from 'node:worker_threads'
import type { Contestant } from '../contestant.js'
import { PRODUCER } from '../run/record.js'
import { untilComplete } from '../run/until-complete.js'
import { Credit, createTaken, openTeller, type Taken } from './credit.js'

interface Broadcast {
  readonly channel: string
  readonly taken: Taken
}

let channels = 0

/** A message a record, to everybody who listens: here one. */
export const broadcast: Contestant<Broadcast> = {
  name: 'BroadcastChannel',
  about: 'a message a record, to all who listen: here one',
  ours: false,
  producers: 'threads',
  share(task) {
    const shared = { channel: `ringbuf-bench-${channels++}`, taken: createTaken(task) }
    return { consumer: shared, producer: () => shared }
  },
  produce({ channel, taken }, task, record) {
    const port = new BroadcastChannel(channel)
    const credit = new Credit(taken, task, record[PRODUCER] as number)
    return {
      push() {
        if (!credit.isThere) return 0
        port.postMessage(record)
        credit.spend()
        return 1
      },
      waitForRoom: () => credit.wait(),
      end: () => port.close(),
    }
  },
  consume({ channel, taken }, task, inspector) {
    // Before anything is sent: who comes later misses it.
    const port = new BroadcastChannel(channel)
    const tell = openTeller(taken, task, 0)
    return async () => {
      await untilComplete(inspector, (onMessage) => {
        port.onmessage = (event) => {
          const { data } = event as { data: Float64Array }
          inspector.takeFrom(data, 0, data.length)
          tell()
          onMessage()
        }
      })
      port.close()
    }
  },
}
