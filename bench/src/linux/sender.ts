/**
 * Sends numbered records of 64 bytes until the other side closes: a process (node sender.js KIND PLACE), or a worker
 * with the same arguments.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { openProducer } from '../../../dist/index.js'
import { openMappedRing } from '../../../dist/ring/mapped-ring.js'
import { PRODUCER_CPU, pinThisThread } from '../pin.js'
import { PROCESS_BYTES } from './cases.js'

/** How a record is sent: filled in place, copied by `output`, or written to a socket. */
export type SenderKind = 'reserve' | 'output' | 'socket'

const DOUBLES = PROCESS_BYTES / Float64Array.BYTES_PER_ELEMENT
const words = new Int32Array(PROCESS_BYTES / 4)
const doubles = new Float64Array(words.buffer)
const payload = new Uint8Array(words.buffer)
// Numbers when they are read as doubles, and no NaN.
for (let i = 1; i < words.length; i++) words[i] = 0x4000_0000 + i

const [kind = '', place = ''] = process.argv.slice(2)
pinThisThread(PRODUCER_CPU)
if (kind === 'socket') await sendBySocket()
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

async function sendBySocket(): Promise<void> {
  const socket = connect(place)
  socket.on('error', () => process.exit())
  socket.on('close', () => process.exit())
  for (let sequence = 0; ; sequence++) {
    words[0] = sequence
    // What is written is kept until it is sent.
    if (!socket.write(Uint8Array.from(payload))) await once(socket, 'drain')
  }
}
