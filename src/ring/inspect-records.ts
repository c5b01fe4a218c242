import { BPF_RB_PROD_POS } from '../abi/flags.js'
import {
  FREE_WORD,
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH_MASK,
  RECORD_LOST_OWNER,
  RECORD_OWNER_SHIFT,
  RECORD_PAGE_OFFSET_MASK,
} from '../abi/record.js'
import {
  CONSUMER_POSITION,
  DATA_OFFSET,
  PAGE_SHIFT,
  RING_FLAG_LOST_RECORDS,
  RING_FLAG_OWNERS,
} from '../abi/region.js'
import { nowMs } from '../memory/clock.js'
import type { Age, AgeKeeper } from './age.js'
import { recordBytes } from './algorithm/index.js'
import type { Attachment } from './attachment.js'
import { longConsumerPosition, longOverwritePosition } from './long-positions.js'

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

/** The records of a ring, oldest first, and whether there are more. */
export interface InspectedRecords {
  readonly records: InspectedRecord[]
  readonly truncated: boolean
}

/**
 * Looks at the records of a ring. What it reads may be consumed and written over meanwhile: only what still
 * is there afterwards, from the oldest record of then on, is to be believed. A ring in full flow is looked
 * at again; so looking itself is quick, and what is found is written up later.
 */
export function inspectRecords(
  attachment: Attachment,
  ages: AgeKeeper,
  bytes: number,
  max: number,
): InspectedRecords {
  const { engine } = attachment
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const from = oldest(attachment)
    const { seen, end, copies } = look(attachment, from, bytes, max)
    // For the fence: all of that was read before what follows.
    engine.survey()
    const now = oldest(attachment)
    const first = seen.findIndex(({ position }) => position === now)
    // Where the oldest stands now was not come by; unless nothing is there any more.
    if (first < 0 && (now !== end || engine.query(BPF_RB_PROD_POS) >>> 0 !== end)) continue
    const left = first < 0 ? [] : seen.slice(first)
    const truncated = left.length > 0 && seen.length >= max && behind(left.at(-1) as Seen) !== end
    const ageOf = ages.at(nowMs())
    return { records: left.map((one) => describe(one, attachment, ageOf, copies)), truncated }
  }
  return { records: [], truncated: false }
}

/** Only who looks at a small ring is overtaken that often, and such a look takes microseconds. */
const ATTEMPTS = 500

/** Where the oldest record stands. */
function oldest(attachment: Attachment): number {
  const { views, address, overwrites } = attachment
  if (!overwrites) return Atomics.load(views.u32, (address + CONSUMER_POSITION) >>> 2)
  return Math.max(longOverwritePosition(attachment), longConsumerPosition(attachment)) % 2 ** 32
}

/** A record as it was met: its two header words, how much may follow, and where its payload was copied to. */
interface Seen {
  readonly position: number
  readonly word: number
  readonly second: number
  /** Bytes from its position to the end of what is reserved. */
  readonly left: number
  readonly copy: number
  readonly copied: number
}

function look(attachment: Attachment, from: number, bytes: number, max: number) {
  const { engine, views, address, size } = attachment
  const end = engine.query(BPF_RB_PROD_POS) >>> 0
  const seen: Seen[] = []
  let copies = new Uint8Array(COPY_BYTES)
  let copy = 0
  let position = from
  let left = (end - from) >>> 0
  if (left > size) left = 0
  while (left > 0 && seen.length < max) {
    const header = address + DATA_OFFSET + (position & (size - 1))
    const word = Atomics.load(views.u32, header >>> 2)
    const second = Atomics.load(views.u32, (header + 4) >>> 2)
    const length = word & RECORD_LENGTH_MASK
    const total = recordBytes(length)
    const isStrange = word === FREE_WORD || total > left
    const copied = isStrange ? 0 : Math.min(length, bytes)
    if (copied > 0) {
      if (copy + copied > copies.length) copies = grown(copies, copy + copied)
      const payload = header + RECORD_HEADER_BYTES
      copies.set(views.u8.subarray(payload, payload + copied), copy)
    }
    seen.push({ position, word, second, left, copy, copied })
    if (isStrange) break
    copy += copied
    position = (position + total) >>> 0
    left -= total
  }
  return { seen, end, copies }
}

const COPY_BYTES = 8192

function grown(copies: Uint8Array<ArrayBuffer>, least: number): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(Math.max(least, 2 * copies.length))
  more.set(copies)
  return more
}

function behind({ position, word }: Seen): number {
  return (position + recordBytes(word & RECORD_LENGTH_MASK)) >>> 0
}

function describe(
  { position, word, second, left, copy, copied }: Seen,
  { size, flags }: Attachment,
  ageOf: (position: number) => Age,
  copies: Uint8Array<ArrayBuffer>,
): InspectedRecord {
  const owner = second >>> RECORD_OWNER_SHIFT
  const isLost = (flags & RING_FLAG_LOST_RECORDS) !== 0 && owner === RECORD_LOST_OWNER
  const unwritten = word === FREE_WORD
  const length = word & RECORD_LENGTH_MASK
  const offset = position & (size - 1)
  const isBusy = (word & RECORD_BUSY_BIT) !== 0
  // Of a busy one it may not be written yet.
  const isAstray = !isBusy && (second & RECORD_PAGE_OFFSET_MASK) !== (DATA_OFFSET + offset) >>> PAGE_SHIFT
  const isDamaged = recordBytes(length) > left || isAstray
  return {
    position,
    offset,
    state: unwritten ? 'unwritten' : isDamaged ? 'damaged' : stateOf(word, isLost),
    length: unwritten ? undefined : length,
    owner: (flags & RING_FLAG_OWNERS) === 0 || unwritten || isLost || owner === 0 ? undefined : owner,
    age: ageOf(position),
    payload: copies.slice(copy, copy + copied),
  }
}

function stateOf(word: number, isLost: boolean): RecordState {
  if ((word & RECORD_BUSY_BIT) !== 0) return 'busy'
  if ((word & RECORD_DISCARD_BIT) === 0) return 'submitted'
  return isLost ? 'lost' : 'discarded'
}
