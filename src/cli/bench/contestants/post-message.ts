import type { MessagePort } from 'node:worker_threads'
import type { Contestant } from '../contestant.js'
import { PRODUCER } from '../run/record.js'
import { untilComplete } from '../run/until-complete.js'
import { Credit, openTeller } from './credit.js'
import { type Ports, sharePorts } from './ports.js'

/** What everybody uses: a message a record, cloned. */
export const postMessage: Contestant<Ports> = {
  name: 'postMessage',
  about: 'a message a record, to a thread that listens',
  ours: false,
  producers: 'threads',
  share: sharePorts,
  produce({ ports, taken }, task, record) {
    const port = ports[0] as MessagePort
    const credit = new Credit(taken, task, record[PRODUCER] as number)
    return {
      push() {
        if (!credit.isThere) return 0
        port.postMessage(record)
        credit.spend()
        return 1
      },
      waitForRoom: () => credit.wait(),
    }
  },
  consume:
    ({ ports, taken }, task, inspector) =>
    async () => {
      await untilComplete(inspector, (onMessage) => {
        for (const [producer, port] of ports.entries()) {
          const tell = openTeller(taken, task, producer)
          port.on('message', (record: Float64Array) => {
            inspector.takeFrom(record, 0, record.length)
            tell()
            onMessage()
          })
        }
      })
      for (const port of ports) port.close()
    },
}
