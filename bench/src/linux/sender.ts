/**
 * Sends numbered records of 64 bytes until the other side closes: a process (node sender.js KIND PLACE), or a worker
 * with the same arguments.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Writable } from 'node:stream'
import { openProducer } from '../../../dist/index.js'
import { openMappedRing } from '../../../dist/ring/mapped-ring.js'
import { BATCH_RECORDS } from '../core/cases.js'
import { PRODUCER_CPU, pinThisThread } from '../pin.js'
import { PROCESS_BYTES } from './cases.js'

/**
 * How a record is sent: filled in place; copied by `output`; written to a socket or to standard output, which is a pipe,
 * one by one or 16 at once; or as a message between parent and child.
 */
export type SenderKind = 'reserve' | 'output' | 'socket' | 'socket-batch' | 'pipe' | 'pipe-batch' | 'ipc'

/** Messages that are under way at most, so that no queue grows. */
const MESSAGES_PER_WAIT = 64

const DOUBLES = PROCESS_BYTES / Float64Array.BYTES_PER_ELEMENT
const words = new Int32Array(PROCESS_BYTES / 4)
const doubles = new Float64Array(words.buffer)
const payload = new Uint8Array(words.buffer)
// Numbers when they are read as doubles, and no NaN.
for (let i = 1; i < words.length; i++) words[i] = 0x4000_0000 + i

const [kind = '', place = ''] = process.argv.slice(2)
pinThisThread(PRODUCER_CPU)
const records = kind.endsWith('-batch') ? BATCH_RECORDS : 1
if (kind.startsWith('socket')) await sendByStream(connect(place))
else if (kind.startsWith('pipe')) await sendByStream(process.stdout)
else if (kind === 'ipc') await sendByMessages()
else if (kind === 'output') sendByOutput()
else sendInPlace()

function openRing() {
  return openProducer(openMappedRing(place.startsWith('{') ? JSON.parse(place) : Number(place)))
}

/** A full ring makes it try again at once. */
function sendInPlace(): void {
  const producer = openRing()
  const { f64 } = producer.memory
  for (let sequence = 0; ; sequence++) {
    words[0] = sequence
    let address = producer.reserve(PROCESS_BYTES)
    while (address === 0) {
      if (producer.reason === 'closed') return
      address = producer.reserve(PROCESS_BYTES)
    }
    const at = address >>> 3
    for (let i = 0; i < DOUBLES; i++) f64[at + i] = doubles[i] as number
    producer.submit(address)
  }
}

function sendByOutput(): void {
  const producer = openRing()
  for (let sequence = 0; ; sequence++) {
    words[0] = sequence
    while (producer.output(payload) !== 0) {
      if (producer.reason === 'closed') return
    }
  }
}

async function sendByStream(stream: Writable): Promise<void> {
  stream.on('error', () => process.exit())
  stream.on('close', () => process.exit())
  for (let sequence = 0; ; ) {
    // What is written is kept until it is sent.
    const chunk = new Uint8Array(records * PROCESS_BYTES)
    for (let i = 0; i < records; i++) {
      words[0] = sequence++
      chunk.set(payload, i * PROCESS_BYTES)
    }
    if (!stream.write(chunk)) await once(stream, 'drain')
  }
}

/** Until nobody listens any more. */
async function sendByMessages(): Promise<void> {
  process.on('disconnect', () => process.exit())
  const send = (message: Uint8Array) => new Promise((resolve) => process.send?.(message, resolve))
  for (let sequence = 0; ; sequence++) {
    words[0] = sequence
    // It answers that it has enough by false; told one by one, it would do nothing else but wait.
    if (sequence % MESSAGES_PER_WAIT === 0) await send(payload)
    else process.send?.(payload)
  }
}
