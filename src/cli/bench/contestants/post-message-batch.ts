import type { MessagePort } from 'node:worker_threads'
import type { Contestant } from '../contestant.js'
import { PRODUCER } from '../run/record.js'
import { untilComplete } from '../run/until-complete.js'
import { BATCH_RECORDS } from './batch.js'
import { Credit, openTeller } from './credit.js'
import { type Ports, sharePorts } from './ports.js'

/** Sixteen records in a buffer that moves with the message. */
export const postMessageBatch: Contestant<Ports> = {
  name: 'postMessage-batch',
  about: `${BATCH_RECORDS} records in a buffer that is transferred`,
  ours: false,
  producers: 'threads',
  share: sharePorts,
  produce({ ports, taken }, task, record) {
    const port = ports[0] as MessagePort
    const credit = new Credit(taken, task, record[PRODUCER] as number, BATCH_RECORDS)
    let batch = new Float64Array(BATCH_RECORDS * record.length)
    let filled = 0
    return {
      push() {
        if (filled === 0 && !credit.isThere) return 0
        batch.set(record, filled * record.length)
        if (++filled < BATCH_RECORDS) return 1
        port.postMessage(batch, [batch.buffer])
        credit.spend()
        batch = new Float64Array(BATCH_RECORDS * record.length)
        filled = 0
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
          const tell = openTeller(taken, task, producer, BATCH_RECORDS)
          port.on('message', (batch: Float64Array) => {
            const doubles = batch.length / BATCH_RECORDS
            for (let i = 0; i < BATCH_RECORDS; i++) inspector.takeFrom(batch, i * doubles, doubles)
            tell()
            onMessage()
          })
        }
      })
      for (const port of ports) port.close()
    },
}
