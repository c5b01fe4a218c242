/** The ways that records go through a ring in the suite `heap`: each writes some, reads them, and checks them. */
import {
  type Consumer,
  decodeText,
  openConsumer,
  openProducer,
  type Producer,
  type RawCallback,
  type Ring,
} from '../../../../dist/index.js'
import {
  type ComfortablePathName,
  HEAP_BYTES,
  HEAP_LONG_BYTES,
  HEAP_RECORDS,
  type RawPathName,
} from '../../heap/cases.js'
import type { HeapPath } from '../../heap/measure.js'

/** `source` is an address behind the ring, in its memory: where there is one. */
type OpenPath = (ring: Ring<unknown>, source: number) => HeapPath

const BATCH = 16

function mustBeAll(records: number, expected = HEAP_RECORDS): number {
  if (records !== expected) throw new Error(`${records} of ${expected} records came out`)
  return records
}

function mustFit(address: number): number {
  if (address === 0) throw new Error('the ring was full before it was filled')
  return address
}

/** Takes all that is there, where it is, and checks the numbers at the beginning of each record. */
function openTake(consumer: Consumer): (expected?: number) => number {
  const { f64 } = consumer.memory
  let due = 0
  const look: RawCallback = (_memory, offset, length) => {
    const number = f64[offset >>> 3] as number
    if (length !== HEAP_BYTES || number !== due) {
      throw new Error(`a record of ${length} bytes came out, with the number ${number}; ${due} was due`)
    }
    // Numbers that stay small integers: others V8 would have to allocate.
    due = (due + 1) % HEAP_RECORDS
  }
  return (expected) => mustBeAll(consumer.consumeRaw(look), expected)
}

/** Writes HEAP_RECORDS numbered records; then they are taken with consumeRaw. */
function writing(openWrite: (producer: Producer, source: number) => () => void): OpenPath {
  return (ring, source) => {
    const write = openWrite(openProducer(ring), source)
    const take = openTake(openConsumer(ring))
    return () => {
      write()
      return take()
    }
  }
}

export const RAW: Readonly<Record<RawPathName, OpenPath>> = {
  'heap-reserve-submit': writing((producer) => {
    const { f64 } = producer.memory
    return () => {
      for (let number = 0; number < HEAP_RECORDS; number++) {
        const address = mustFit(producer.reserve(HEAP_BYTES))
        f64[address >>> 3] = number
        producer.submit(address)
      }
    }
  }),
  'heap-reserve-batch': writing((producer) => {
    const { f64 } = producer.memory
    return () => {
      for (let number = 0; number < HEAP_RECORDS; ) {
        const batch = mustFit(producer.reserveBatch(BATCH, HEAP_BYTES))
        for (let index = 0; index < BATCH; index++) {
          f64[producer.batchAddress(batch, index, HEAP_BYTES) >>> 3] = number++
        }
        producer.submitBatch(batch, BATCH, HEAP_BYTES)
      }
    }
  }),
  'heap-output': writing((producer) => {
    const output = openOutput(producer, HEAP_BYTES)
    return () => {
      for (let number = 0; number < HEAP_RECORDS; number++) output(number)
    }
  }),
  'heap-output-from': writing((producer, source) => {
    const { f64 } = producer.memory
    return () => {
      for (let number = 0; number < HEAP_RECORDS; number++) {
        f64[source >>> 3] = number
        if (producer.outputFrom(source, HEAP_BYTES) !== 0) throw new Error('the ring was full')
      }
    }
  }),
  'heap-consume-each'(ring) {
    const output = openOutput(openProducer(ring), HEAP_BYTES)
    const consumer = openConsumer(ring)
    const take = openTake(consumer)
    return () => {
      for (let number = 0; number < HEAP_RECORDS; number++) {
        output(number)
        consumer.wait()
        take(1)
      }
      return HEAP_RECORDS
    }
  },
}

/** Copies records in that begin with a number as a double, and end with it as an integer. */
function openOutput(producer: Producer, bytes: number): (number: number) => void {
  const payload = new Float64Array(bytes / Float64Array.BYTES_PER_ELEMENT)
  const payloadBytes = new Uint8Array(payload.buffer)
  const last = new Uint32Array(payload.buffer, bytes - Uint32Array.BYTES_PER_ELEMENT)
  return (number) => {
    payload[0] = number
    last[0] = number
    if (producer.output(payloadBytes) !== 0) throw new Error('the ring was full before it was filled')
  }
}

/** Copies HEAP_RECORDS records in; then they are read as `openRead` does it. */
function reading(
  openRead: (consumer: Consumer) => () => number | Promise<number>,
  { bytes = HEAP_BYTES, pooledCopies = false } = {},
): OpenPath {
  return (ring) => {
    const output = openOutput(openProducer(ring), bytes)
    const read = openRead(openConsumer(ring, { pooledCopies }))
    return () => {
      for (let number = 0; number < HEAP_RECORDS; number++) output(number)
      return read()
    }
  }
}

/** Checks the end of a record that was copied, and answers the number that is due after it. */
function mustBeNext(record: Uint8Array, due: number): number {
  const at = record.length - Uint32Array.BYTES_PER_ELEMENT
  const number = (record[at] as number) | ((record[at + 1] as number) << 8)
  if (number !== due) throw new Error(`a record with the number ${number} came out; ${due} was due`)
  return due + 1
}

const consume = (consumer: Consumer) => () => {
  let due = 0
  consumer.consume((record) => {
    due = mustBeNext(record, due)
  })
  return mustBeAll(due)
}

export const COMFORTABLE: Readonly<Record<ComfortablePathName, OpenPath>> = {
  'heap-record': writing((producer) => () => {
    for (let number = 0; number < HEAP_RECORDS; number++) {
      const record = producer.record(HEAP_BYTES)
      if (record === null) throw new Error('the ring was full before it was filled')
      record.float64[0] = number
      record.submit()
    }
  }),
  'heap-text'(ring) {
    const producer = openProducer(ring)
    const consumer = openConsumer(ring)
    const text = 'x'.repeat(HEAP_BYTES)
    const look: RawCallback = (memory, offset, length) => {
      if (decodeText(memory, offset, length) !== text) throw new Error('another text came out')
    }
    return () => {
      for (let i = 0; i < HEAP_RECORDS; i++) producer.outputText(text)
      return mustBeAll(consumer.consumeRaw(look))
    }
  },
  'heap-lease': leasing((record, { f64 }) => f64[record.offset >>> 3] as number),
  'heap-lease-view': leasing((record) => record.float64[0] as number),
  'heap-consume': reading(consume),
  'heap-consume-256B': reading(consume, { bytes: HEAP_LONG_BYTES }),
  'heap-pooled-256B': reading(consume, { bytes: HEAP_LONG_BYTES, pooledCopies: true }),
  'heap-iterate': reading((consumer) => () => {
    let due = 0
    for (const record of consumer) due = mustBeNext(record, due)
    return mustBeAll(due)
  }),
  'heap-for-await': reading((consumer) => async () => {
    let due = 0
    for await (const record of consumer) {
      due = mustBeNext(record, due)
      if (due === HEAP_RECORDS) break
    }
    return mustBeAll(due)
  }),
}

type Leased = ReturnType<ReturnType<Consumer['lease']>['at']>

function leasing(numberOf: (record: Leased, memory: Consumer['memory']) => number): OpenPath {
  return reading((consumer) => () => {
    let due = 0
    for (let lent = -1; lent !== 0; ) {
      const lease = consumer.lease()
      for (const record of lease) {
        if (numberOf(record, consumer.memory) !== due++) throw new Error('another record came out')
      }
      lent = lease.length
      lease.release()
    }
    return mustBeAll(due)
  })
}
