import { BPF_RB_AVAIL_DATA, BPF_RB_CONS_POS, BPF_RB_OVERWRITE_POS, BPF_RB_PROD_POS } from '../abi/flags.js'
import {
  FREE_WORD,
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH_MASK,
  RECORD_LOST_OWNER,
  RECORD_OWNER_SHIFT,
} from '../abi/record.js'
import {
  CONSUMER_OWNER,
  DATA_OFFSET,
  PENDING_POSITION,
  RELEASED_POSITION,
  RING_FLAG_LOST_RECORDS,
  RING_FLAG_OWNERS,
  SLEEP_ASLEEP,
  SLEEP_FOR_MORE,
  SLEEP_WORD,
} from '../abi/region.js'
import type { Age, AgeKeeper } from './age.js'
import { recordBytes } from './algorithm/index.js'
import type { Attachment } from './attachment.js'
import type { RingCounters } from './counters.js'
import { inspectionText } from './inspection-text.js'

export interface InspectOptions {
  /** Bytes of each payload to copy. Default: 64. */
  readonly bytes?: number
  /** Records to look at, oldest first. Default: 100. */
  readonly max?: number
}

/**
 * - `busy`: reserved, not committed.
 * - `submitted`: to be consumed.
 * - `discarded`: to be passed over.
 * - `lost`: says how many records its producer has dropped.
 * - `unwritten`: claimed, its header not yet written: how long it is, nobody knows.
 * - `damaged`: its length cannot be. Nothing behind it can be found.
 */
export type RecordState = 'busy' | 'submitted' | 'discarded' | 'lost' | 'unwritten' | 'damaged'

export interface InspectedRecord {
  /** u32. */
  readonly position: number
  /** Inside the data area. */
  readonly offset: number
  readonly state: RecordState
  /** Bytes of payload; undefined when unwritten. */
  readonly length: number | undefined
  /** `id` of its producer, in rings that were made with `owners`. */
  readonly owner: number | undefined
  readonly age: Age
  /** The first bytes of the payload: of a busy record, whatever stands there. */
  readonly payload: Uint8Array<ArrayBuffer>
}

export interface RingPositions {
  readonly consumer: number
  readonly producer: number
  /** Rings with a lock: oldest record that was busy at the last reservation. */
  readonly pending: number | undefined
  /** Rings with claims: memory up to here is free again. */
  readonly released: number | undefined
  /** Overwrite mode: oldest record that was not overwritten. */
  readonly overwrite: number | undefined
}

/** What a ring looked like at one moment. Positions are u32. */
export class RingInspection {
  readonly name: string
  readonly size: number
  readonly reservations: 'claim' | 'lock'
  readonly overwrites: boolean
  readonly closed: boolean
  /** Whether a consumer is open, and whether it sleeps. */
  readonly consumer: 'none' | 'awake' | 'asleep'
  readonly positions: RingPositions
  /** Bytes reserved and not yet consumed. */
  readonly availableBytes: number
  readonly counters: RingCounters
  readonly records: readonly InspectedRecord[]
  /** Whether there are more records than were looked at. */
  readonly truncated: boolean

  /** @internal */
  constructor(parts: Omit<RingInspection, 'toString' | 'toJSON'>) {
    this.name = parts.name
    this.size = parts.size
    this.reservations = parts.reservations
    this.overwrites = parts.overwrites
    this.closed = parts.closed
    this.consumer = parts.consumer
    this.positions = parts.positions
    this.availableBytes = parts.availableBytes
    this.counters = parts.counters
    this.records = parts.records
    this.truncated = parts.truncated
  }

  /** For people: several lines, with the payloads in hexadecimal. */
  toString(): string {
    return inspectionText(this)
  }

  /** For programs: plain data, payloads as hexadecimal text. */
  toJSON(): object {
    const records = this.records.map((record) => ({ ...record, payload: hex(record.payload) }))
    return { ...this, records }
  }
}

/** Looks at a ring. Changes nothing, and waits for nobody. */
export function inspect(
  attachment: Attachment,
  counters: RingCounters,
  ages: AgeKeeper,
  { bytes = 64, max = 100 }: InspectOptions,
): RingInspection {
  const { name, engine, views, address, size, locked, overwrites } = attachment
  const word = (offset: number) => Atomics.load(views.u32, (address + offset) >>> 2)
  const { records, truncated } = walk(attachment, ages, bytes, max)
  const positions = readPositions(attachment)
  const asleep = [SLEEP_ASLEEP, SLEEP_FOR_MORE].includes(word(SLEEP_WORD))
  return new RingInspection({
    name,
    size,
    reservations: locked ? 'lock' : 'claim',
    overwrites,
    closed: Boolean(engine.isClosed()),
    consumer: word(CONSUMER_OWNER) === 0 ? 'none' : asleep ? 'asleep' : 'awake',
    positions,
    availableBytes: Math.min(engine.query(BPF_RB_AVAIL_DATA) >>> 0, size),
    counters,
    records,
    truncated,
  })
}

/** In the order in which they are behind each other, so that none seems to have passed another. */
function readPositions({ engine, views, address, locked, overwrites }: Attachment): RingPositions {
  const word = (offset: number) => Atomics.load(views.u32, (address + offset) >>> 2)
  const released = locked ? undefined : word(RELEASED_POSITION)
  const consumer = engine.query(BPF_RB_CONS_POS) >>> 0
  const overwrite = overwrites ? engine.query(BPF_RB_OVERWRITE_POS) >>> 0 : undefined
  const pending = locked ? word(PENDING_POSITION) : undefined
  return { consumer, producer: engine.query(BPF_RB_PROD_POS) >>> 0, pending, released, overwrite }
}

function walk(attachment: Attachment, ages: AgeKeeper, bytes: number, max: number) {
  const { engine, size } = attachment
  let records: InspectedRecord[] = []
  // What is read here may be consumed and written over meanwhile: what lies before the oldest record of
  // afterwards is not to be believed. A ring in full flow is looked at again.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const from = oldest(attachment)
    const end = engine.query(BPF_RB_PROD_POS) >>> 0
    const found = list(attachment, ages, from, end, bytes, max)
    // For the fence: all of that was read before what follows.
    engine.survey()
    const now = oldest(attachment)
    records = found.records.filter(({ position }) => (position - now) >>> 0 < size)
    const damaged = records.at(-1)?.state === 'damaged'
    if (now === from || (records.length > 0 && !damaged)) return { records, truncated: found.truncated }
  }
  return { records, truncated: false }
}

const ATTEMPTS = 100

function oldest({ engine }: Attachment): number {
  return (engine.query(BPF_RB_PROD_POS) - engine.query(BPF_RB_AVAIL_DATA)) >>> 0
}

function list(
  attachment: Attachment,
  ages: AgeKeeper,
  from: number,
  end: number,
  bytes: number,
  max: number,
): { records: InspectedRecord[]; truncated: boolean } {
  const { views, address, size, flags } = attachment
  const records: InspectedRecord[] = []
  const ageOf = ages.at(performance.now())
  let position = from
  let left = (end - from) >>> 0
  if (left > size) left = 0
  while (left > 0) {
    if (records.length >= max) return { records, truncated: true }
    const offset = position & (size - 1)
    const header = address + DATA_OFFSET + offset
    const word = Atomics.load(views.u32, header >>> 2)
    const owner = Atomics.load(views.u32, (header + 4) >>> 2) >>> RECORD_OWNER_SHIFT
    const isLost = (flags & RING_FLAG_LOST_RECORDS) !== 0 && owner === RECORD_LOST_OWNER
    const length = word & RECORD_LENGTH_MASK
    const total = recordBytes(length)
    const unwritten = word === FREE_WORD
    const state: RecordState = unwritten ? 'unwritten' : total > left ? 'damaged' : stateOf(word, isLost)
    const shown = unwritten || state === 'damaged' ? 0 : Math.min(length, bytes)
    const payload = header + RECORD_HEADER_BYTES
    records.push({
      position,
      offset,
      state,
      length: unwritten ? undefined : length,
      owner: (flags & RING_FLAG_OWNERS) === 0 || unwritten || isLost || owner === 0 ? undefined : owner,
      age: ageOf(position),
      payload: views.u8.slice(payload, payload + shown) as unknown as Uint8Array<ArrayBuffer>,
    })
    if (unwritten || state === 'damaged') break
    position = (position + total) >>> 0
    left -= total
  }
  return { records, truncated: false }
}

function stateOf(word: number, isLost: boolean): RecordState {
  if ((word & RECORD_BUSY_BIT) !== 0) return 'busy'
  if ((word & RECORD_DISCARD_BIT) === 0) return 'submitted'
  return isLost ? 'lost' : 'discarded'
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
