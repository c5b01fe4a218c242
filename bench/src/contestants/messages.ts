/**
 * Messages between workers: postMessage over a MessagePort in its forms, receiveMessageOnPort, BroadcastChannel.
 *
 * Node packs nothing by itself. Those ending in `-batch` pack what a user would: 16 records, or what 64 KiB hold.
 */
import { sweepCases } from '../axes/charts.js'
import type { Contestant, HandOffMeasurement } from '../contestant.js'
import { BATCH_RECORDS, type HandOffWay, handOffCases } from '../core/cases.js'
import { cloned, object, objects, transferred } from '../peers/message-forms.js'
import { type Load, overBroadcast, overPorts } from '../peers/message-lines.js'
import { messageCpuCases } from './axes/message-cpu.js'
import { asked, called } from './latency/messages.js'

/** Of a batch that is transferred: what a buffer costs is then spread over many records. */
const TRANSFER_BYTES = 64 << 10

const inCasesOf = (wanted: HandOffWay, measure: (load: Load) => HandOffMeasurement) =>
  handOffCases((shape) => (shape.way === wanted ? measure(shape) : undefined))

const singly = (measure: (load: Load) => HandOffMeasurement) => inCasesOf('single', measure)
const batched = (measure: (load: Load) => HandOffMeasurement) => inCasesOf('batch', measure)

function contestant(name: string, about: string, cases: Contestant['cases'], batch?: string): Contestant {
  return { name, about, absent: () => null, cases, ...(batch && { batch }) }
}

export const contestants: readonly Contestant[] = [
  contestant('postMessage', 'a Uint8Array a message over a MessagePort, cloned, consumed in the event loop', {
    ...singly((load) => overPorts(cloned(1), load)),
    ...called,
    ...sweepCases((load) => overPorts(cloned(1), load), ['size']),
    ...messageCpuCases('called'),
  }),
  contestant('postMessage-batch', 'the same, but 16 records go with one message', {
    ...batched((load) => overPorts(cloned(BATCH_RECORDS), load)),
    ...sweepCases((load) => overPorts(cloned(BATCH_RECORDS), load), ['size']),
  }),
  contestant(
    'postMessage-transfer',
    'an ArrayBuffer a message, transferred',
    singly((load) => overPorts(transferred(1), load)),
  ),
  contestant(
    'postMessage-transfer-batch',
    'the same, but an ArrayBuffer holds 64 KiB of records',
    batched((load) => overPorts(transferred(TRANSFER_BYTES / load.bytes), load)),
    '64 KiB',
  ),
  contestant(
    'postMessage-object',
    'an object a message: a number and a Uint8Array',
    singly((load) => overPorts(object, load)),
  ),
  contestant(
    'postMessage-object-batch',
    'the same, but an array of 16 such objects a message',
    batched((load) => overPorts(objects(BATCH_RECORDS), load)),
  ),
  contestant(
    'receiveMessageOnPort',
    'a Uint8Array a message; the consumer asks for each, and has no event loop',
    { ...singly((load) => overPorts(cloned(1), load, 'asks')), ...asked, ...messageCpuCases('asks') },
  ),
  contestant(
    'receiveMessageOnPort-batch',
    'the same, but 16 records go with one message',
    batched((load) => overPorts(cloned(BATCH_RECORDS), load, 'asks')),
  ),
  contestant(
    'BroadcastChannel',
    'a Uint8Array a message to all who listen: to one',
    singly((load) => overBroadcast(cloned(1), load)),
  ),
  contestant(
    'BroadcastChannel-batch',
    'the same, but 16 records go with one message',
    batched((load) => overBroadcast(cloned(BATCH_RECORDS), load)),
  ),
]
