/** `lease-vs-copy`: records where they are, lent, copied into a buffer of one's own, and given as bytes to keep. */
import { type Consumer, createRing, openConsumer, openProducer } from '../../../../dist/index.js'
import { RING_BYTES } from '../../cases.js'
import type { Contestant, FillDrainMeasurement, FillDrainRing } from '../../contestant.js'
import type { SequenceCheck } from '../../sequence.js'
import { LEASE_BYTES } from '../../waiting/cases.js'
import { wordAt } from './common.js'

type Drain = FillDrainRing['drain']
type Prepare = (consumer: Consumer, bytes: number) => Drain

const LINE_BYTES = 64
const FILLER = 1
const HEADER = 8
const RESERVED = 8

/** Reads a record's number and one byte of every further cache line, and checks both. */
function read(memory: Uint8Array, at: number, length: number, bytes: number, check: SequenceCheck): void {
  if (length !== bytes) throw new Error(`a record of ${length} bytes came out`)
  let sum = 0
  for (let byte = LINE_BYTES; byte < length; byte += LINE_BYTES) sum += memory[at + byte] as number
  if (sum !== FILLER * (((length - 1) / LINE_BYTES) | 0)) throw new Error(`a record that sums up to ${sum}`)
  check.take(wordAt(memory, at))
}

const raw: Prepare = (consumer, bytes) => {
  let check: SequenceCheck
  return (to) => {
    check = to
    consumer.consumeRaw((memory, offset, length) => read(memory, offset, length, bytes, check))
  }
}

const copyOut: Prepare = (consumer, bytes) => {
  const own = new Uint8Array(bytes)
  let check: SequenceCheck
  return (to) => {
    check = to
    consumer.consumeRaw((memory, offset, length) => {
      own.set(memory.subarray(offset, offset + length))
      read(own, 0, length, bytes, check)
    })
  }
}

const owned: Prepare = (consumer, bytes) => (check) => {
  consumer.consume((record) => read(record, 0, record.length, bytes, check))
}

const lend: Prepare = (consumer, bytes) => (check) => {
  for (;;) {
    const lease = consumer.lease()
    for (const record of lease) read(record.bytes, 0, record.length, bytes, check)
    lease.release()
    if (lease.length === 0) return
  }
}

function casesOf(prepare: Prepare, pooledCopies = false): Contestant['cases'] {
  const open = (bytes: number): FillDrainRing => {
    const ring = createRing({ size: RING_BYTES })
    const producer = openProducer(ring)
    const records = Math.floor((RING_BYTES - RESERVED) / (bytes + HEADER))
    const payload = new Uint8Array(bytes).fill(FILLER)
    const words = new Int32Array(payload.buffer)
    return {
      fill(first) {
        for (let sequence = first; sequence < first + records; sequence++) {
          words[0] = sequence
          if (producer.output(payload) !== 0) throw new Error('the ring was full before it was filled')
        }
        return records
      },
      drain: prepare(openConsumer(ring, { pooledCopies }), bytes),
    }
  }
  const measurement = (bytes: number): FillDrainMeasurement => ({
    kind: 'fill-drain',
    timed: 'drain',
    open: () => open(bytes),
  })
  return Object.fromEntries(LEASE_BYTES.map((bytes) => [`lease-vs-copy-${bytes}B`, measurement(bytes)]))
}

export const lease = {
  raw: casesOf(raw),
  lease: casesOf(lend),
  copyOut: casesOf(copyOut),
  consume: casesOf(owned),
  consumePooled: casesOf(owned, true),
}
