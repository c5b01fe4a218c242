/** The ways to read bytes that were copied in. Everybody checks the length, and the number at both ends. */
import { READ_BYTES, type ReadCaseName } from '../../payloads/cases.js'
import type { ContentMeasurement } from '../../payloads/measurement.js'
import { wordAt } from '../waiting/common.js'
import {
  type OpenPush,
  type OpenRead,
  overRing,
  readCopies,
  readForAwait,
  readIterated,
  readLeased,
  readRaw,
} from './ring.js'

function writeBytes(bytes: number): OpenPush {
  return (producer) => {
    const payload = new Uint8Array(bytes)
    const words = new Uint32Array(payload.buffer)
    const last = words.length - 1
    return (sequence) => {
      words[0] = sequence
      words[last] = sequence
      return producer.output(payload) === 0
    }
  }
}

function numberIn(memory: Uint8Array, offset: number, length: number, bytes: number): number {
  const [first, last] = [wordAt(memory, offset), wordAt(memory, offset + length - 4)]
  if (length !== bytes || first !== last) {
    throw new Error(`a record of ${length} bytes came out, from ${first} to ${last}`)
  }
  return first
}

const checkCopy = (bytes: number) => () => (record: Uint8Array) => numberIn(record, 0, record.length, bytes)

interface Way {
  readonly about: string
  readonly open: (bytes: number) => OpenRead
  readonly pooledCopies?: boolean
}

const WAYS: Readonly<Record<string, Way>> = {
  'ours-read-raw': {
    about: 'consumeRaw: where they are',
    open: (bytes) => readRaw(() => (memory, offset, length) => numberIn(memory, offset, length, bytes)),
  },
  'ours-read-lease': {
    about: 'lease, each record by its offset',
    open: (bytes) =>
      readLeased(
        ({ memory }) =>
          ({ offset, length }) =>
            numberIn(memory.u8, offset, length, bytes),
      ),
  },
  'ours-read-lease-view': {
    about: 'lease, and the bytes of each record: a view',
    open: (bytes) => readLeased(() => (record) => numberIn(record.bytes, 0, record.length, bytes)),
  },
  'ours-read-consume': {
    about: 'consume: bytes of their own',
    open: (bytes) => readCopies(checkCopy(bytes)),
  },
  'ours-read-pooled': {
    about: 'the same with pooledCopies',
    open: (bytes) => readCopies(checkCopy(bytes)),
    pooledCopies: true,
  },
  'ours-read-iterate': {
    about: 'for (const record of consumer)',
    open: (bytes) => readIterated(checkCopy(bytes)),
  },
  'ours-read-for-await': {
    about: 'for await (const record of consumer)',
    open: (bytes) => readForAwait(checkCopy(bytes)),
  },
}

type ReadCases = Readonly<Partial<Record<ReadCaseName, ContentMeasurement>>>

export const READ_CONTESTANTS: Readonly<Record<string, { about: string; cases: ReadCases }>> =
  Object.fromEntries(
    Object.entries(WAYS).map(([name, { about, open, pooledCopies = false }]) => {
      const cases = READ_BYTES.map((bytes) => [
        `read-${bytes}B`,
        overRing(writeBytes(bytes), open(bytes), { pooledCopies }),
      ])
      return [name, { about, cases: Object.fromEntries(cases) as ReadCases }]
    }),
  )
