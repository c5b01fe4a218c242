/** A struct of eight fields: written and read in place in three ways, copied, as JSON, as an object in a message. */
import { type Consumer, decodeText, type MemoryViews, type Producer } from '../../../../dist/index.js'
import type { ContentMeasurement } from '../../payloads/measurement.js'
import {
  CODE,
  checkId,
  checkNumbers,
  checkObject,
  codeOf,
  ID,
  ID_BYTES,
  INODE,
  INODE_BASE,
  INODE_HIGH,
  idByteOf,
  mustBe,
  objectOf,
  PID,
  pidOf,
  SIZE,
  STRUCT_BYTES,
  type Struct,
  sizeOf,
  TIME,
  TIME_BASE,
  TIME_HIGH,
  VALUE,
  valueFor,
} from '../../payloads/struct.js'
import { overPort } from './port.js'
import { type OpenPush, overRing, readCopies, readLeased, readRaw } from './ring.js'

const BATCH = 16

/** Writes all fields at an address. */
type Write = (address: number, sequence: number) => void
/** Checks all fields at an address, and answers the number. */
type Read = (address: number) => number

function writeId(u8: Uint8Array, at: number, sequence: number): void {
  for (let i = 0; i < ID_BYTES; i++) u8[at + i] = idByteOf(sequence, i)
}

/** Typed views over the whole memory. Fields of 64 bits as two words: bigints would be allocated. */
function writeWords({ u8, i32, u32, f64 }: MemoryViews): Write {
  return (address, sequence) => {
    const word = address >>> 2
    u32[word] = sequence
    u32[word + PID / 4] = pidOf(sequence)
    u32[word + TIME / 4] = sequence
    u32[word + TIME / 4 + 1] = TIME_HIGH
    f64[(address + VALUE) >>> 3] = valueFor(sequence)
    u32[word + INODE / 4] = sequence
    u32[word + INODE / 4 + 1] = INODE_HIGH
    u32[word + SIZE / 4] = sizeOf(sequence)
    i32[word + CODE / 4] = codeOf(sequence)
    writeId(u8, address + ID, sequence)
  }
}

function readWords({ u8, i32, u32, f64 }: MemoryViews): Read {
  return (address) => {
    const word = address >>> 2
    const at = (offset: number) => u32[word + offset / 4] as number
    const sequence = at(0)
    checkNumbers(
      sequence,
      at(PID),
      f64[(address + VALUE) >>> 3] as number,
      at(SIZE) | 0,
      i32[word + CODE / 4] as number,
    )
    mustBe('low word of timeNs', at(TIME), sequence)
    mustBe('high word of timeNs', at(TIME + 4), TIME_HIGH)
    mustBe('low word of inode', at(INODE), sequence)
    mustBe('high word of inode', at(INODE + 4), INODE_HIGH)
    checkId(u8, address + ID, sequence)
    return sequence
  }
}

/** The same, but fields of 64 bits as bigints. */
function writeBigints(memory: MemoryViews): Write {
  const { u8, i32, u32, f64 } = memory
  const u64 = new BigUint64Array(u8.buffer, 0, f64.length)
  return (address, sequence) => {
    const word = address >>> 2
    const long = address >>> 3
    u32[word] = sequence
    u32[word + PID / 4] = pidOf(sequence)
    u64[long + TIME / 8] = TIME_BASE + BigInt(sequence)
    f64[long + VALUE / 8] = valueFor(sequence)
    u64[long + INODE / 8] = INODE_BASE + BigInt(sequence)
    u32[word + SIZE / 4] = sizeOf(sequence)
    i32[word + CODE / 4] = codeOf(sequence)
    writeId(u8, address + ID, sequence)
  }
}

function readBigints({ u8, i32, u32, f64 }: MemoryViews): Read {
  const u64 = new BigUint64Array(u8.buffer, 0, f64.length)
  return (address) => {
    const word = address >>> 2
    const long = address >>> 3
    const at = (offset: number) => u32[word + offset / 4] as number
    const sequence = at(0)
    checkNumbers(
      sequence,
      at(PID),
      f64[long + VALUE / 8] as number,
      at(SIZE) | 0,
      i32[word + CODE / 4] as number,
    )
    mustBe('timeNs', u64[long + TIME / 8] as bigint, TIME_BASE + BigInt(sequence))
    mustBe('inode', u64[long + INODE / 8] as bigint, INODE_BASE + BigInt(sequence))
    checkId(u8, address + ID, sequence)
    return sequence
  }
}

/** A DataView: of the whole memory, of a record, or of a copy. */
function writeDataView(view: DataView, at: number, sequence: number): void {
  view.setUint32(at, sequence, true)
  view.setUint32(at + PID, pidOf(sequence), true)
  view.setBigUint64(at + TIME, TIME_BASE + BigInt(sequence), true)
  view.setFloat64(at + VALUE, valueFor(sequence), true)
  view.setBigUint64(at + INODE, INODE_BASE + BigInt(sequence), true)
  view.setUint32(at + SIZE, sizeOf(sequence), true)
  view.setInt32(at + CODE, codeOf(sequence), true)
  for (let i = 0; i < ID_BYTES; i++) view.setUint8(at + ID + i, idByteOf(sequence, i))
}

function readDataView(view: DataView, at: number): number {
  const sequence = view.getUint32(at, true)
  checkNumbers(
    sequence,
    view.getUint32(at + PID, true),
    view.getFloat64(at + VALUE, true),
    view.getInt32(at + SIZE, true),
    view.getInt32(at + CODE, true),
  )
  mustBe('timeNs', view.getBigUint64(at + TIME, true), TIME_BASE + BigInt(sequence))
  mustBe('inode', view.getBigUint64(at + INODE, true), INODE_BASE + BigInt(sequence))
  for (let i = 0; i < ID_BYTES; i++) mustBe('a byte of id', view.getUint8(at + ID + i), idByteOf(sequence, i))
  return sequence
}

function mustBeStruct(length: number): void {
  if (length !== STRUCT_BYTES) throw new Error(`a record of ${length} bytes came out`)
}

function pushSingly(openWrite: (memory: MemoryViews) => Write): OpenPush {
  return (producer: Producer) => {
    const write = openWrite(producer.memory)
    return (sequence) => {
      const address = producer.reserve(STRUCT_BYTES)
      if (address === 0) return false
      write(address, sequence)
      producer.submit(address)
      return true
    }
  }
}

/** Sixteen with one reservation and one store. The harness writes records by multiples of that. */
const pushBatches: OpenPush = (producer) => {
  const write = writeWords(producer.memory)
  let batch = 0
  return (sequence) => {
    const index = sequence % BATCH
    if (index === 0) {
      batch = producer.reserveBatch(BATCH, STRUCT_BYTES)
      if (batch === 0) return false
    }
    write(producer.batchAddress(batch, index, STRUCT_BYTES), sequence)
    if (index === BATCH - 1) producer.submitBatch(batch, BATCH, STRUCT_BYTES)
    return true
  }
}

const pushRecords: OpenPush = (producer) => (sequence) => {
  const record = producer.record(STRUCT_BYTES)
  if (record === null) return false
  writeDataView(record.dataView, 0, sequence)
  record.submit()
  return true
}

function lookAt(openRead: (memory: MemoryViews) => Read) {
  return readRaw((consumer: Consumer) => {
    const read = openRead(consumer.memory)
    return (_memory, offset, length) => {
      mustBeStruct(length)
      return read(offset)
    }
  })
}

/** JSON has neither bigints nor bytes. */
const toJson = ({ timeNs, inode, id, ...rest }: Struct) =>
  JSON.stringify({ ...rest, timeNs: `${timeNs}`, inode: `${inode}`, id: [...id] })

function fromJson(text: string): Struct {
  const parsed = JSON.parse(text) as Omit<Struct, 'timeNs' | 'inode' | 'id'> & {
    timeNs: string
    inode: string
    id: number[]
  }
  return {
    ...parsed,
    timeNs: BigInt(parsed.timeNs),
    inode: BigInt(parsed.inode),
    id: Uint8Array.from(parsed.id),
  }
}

const wholeView = ({ u8 }: MemoryViews) => new DataView(u8.buffer)

export const STRUCT_CONTESTANTS: Readonly<
  Record<string, { about: string; measurement: ContentMeasurement }>
> = {
  'ours-struct-words': {
    about: 'typed views over the memory, fields of 64 bits as two words: reserve, submit; consumeRaw',
    measurement: overRing(pushSingly(writeWords), lookAt(readWords)),
  },
  'ours-struct-batch': {
    about: 'the same, 16 with one reserveBatch',
    measurement: overRing(pushBatches, lookAt(readWords)),
  },
  'ours-struct-bigints': {
    about: 'typed views over the memory, fields of 64 bits as bigints',
    measurement: overRing(pushSingly(writeBigints), lookAt(readBigints)),
  },
  'ours-struct-dataview': {
    about: 'one DataView over the memory',
    measurement: overRing(
      pushSingly((memory) => {
        const view = wholeView(memory)
        return (address, sequence) => writeDataView(view, address, sequence)
      }),
      lookAt((memory) => {
        const view = wholeView(memory)
        return (address) => readDataView(view, address)
      }),
    ),
  },
  'ours-struct-record': {
    about: 'producer.record and its dataView; lease, and the dataView of each record',
    measurement: overRing(
      pushRecords,
      readLeased(() => (record) => {
        mustBeStruct(record.length)
        return readDataView(record.dataView, 0)
      }),
    ),
  },
  'ours-struct-consume': {
    about: 'producer.record and its dataView; consume, and a DataView of each copy',
    measurement: overRing(
      pushRecords,
      readCopies(() => (record) => {
        mustBeStruct(record.length)
        return readDataView(new DataView(record.buffer), 0)
      }),
    ),
  },
  'ours-struct-json': {
    about: 'outputText of JSON; decodeText and JSON.parse',
    measurement: overRing(
      (producer) => (sequence) => producer.outputText(toJson(objectOf(sequence))) === 0,
      readRaw(() => (memory, offset, length) => checkObject(fromJson(decodeText(memory, offset, length)))),
    ),
  },
  'postMessage-struct': {
    about: 'postMessage of an object',
    measurement: overPort<Struct>(objectOf, () => checkObject),
  },
}
