import { BPF_RB_AVAIL_DATA, BPF_RB_CONS_POS, BPF_RB_OVERWRITE_POS, BPF_RB_PROD_POS } from '../abi/flags.js'
import {
  CONSUMER_OWNER,
  PENDING_POSITION,
  RELEASED_POSITION,
  SLEEP_ASLEEP,
  SLEEP_FOR_MORE,
  SLEEP_WORD,
} from '../abi/region.js'
import type { AgeKeeper } from './age.js'
import type { Attachment } from './attachment.js'
import type { RingCounters } from './counters.js'
import { type InspectedRecord, inspectRecords } from './inspect-records.js'
import { inspectionText } from './inspection-text.js'

export interface InspectOptions {
  /** Bytes of each payload to copy. Default: 64. */
  readonly bytes?: number
  /** Records to look at, oldest first. Default: 100. */
  readonly max?: number
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
  const { records, truncated } = inspectRecords(attachment, ages, bytes, max)
  const positions = readPositions(attachment)
  const asleep = [SLEEP_ASLEEP, SLEEP_FOR_MORE].includes(word(SLEEP_WORD))
  return new RingInspection({
    name,
    size,
    reservations: locked ? 'lock' : 'claim',
    overwrites,
    closed: Boolean(engine.isClosed()),
    consumer: word(CONSUMER_OWNER) % 2 === 0 ? 'none' : asleep ? 'asleep' : 'awake',
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

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
