/** The table of maps: what lies where, what it is, and who has it open. */
import {
  ENTRY_ADDRESS,
  ENTRY_BYTES,
  ENTRY_FLAGS,
  ENTRY_FREE,
  ENTRY_FROZEN,
  ENTRY_HOLDERS,
  ENTRY_ID,
  ENTRY_INNER,
  ENTRY_KEY_SIZE,
  ENTRY_LIVE,
  ENTRY_MADE_BY,
  ENTRY_MAKING,
  ENTRY_MAX_ENTRIES,
  ENTRY_NAME,
  ENTRY_SPAN,
  ENTRY_STATE,
  ENTRY_TYPE,
  ENTRY_VALUE_SIZE,
  heapOffset,
  MAP_ALIGNMENT,
  mapsOffset,
} from '../../abi/arena.js'
import { type Share, setWord, word } from './share.js'

/** What a map is, in numbers, as the table has it. */
export interface Shape {
  /** BPF_MAP_TYPE_*. */
  readonly type: number
  readonly keySize: number
  readonly valueSize: number
  readonly flags: number
  readonly maxEntries: number
}

/** A map in the table. */
export interface Entry extends Shape {
  /** Which entry it is. */
  readonly place: number
  readonly id: number
  readonly name: string
  /** From the arena's beginning. */
  readonly address: number
  readonly bytes: number
  /** Of a map of maps: what it holds. */
  readonly inner: Shape | undefined
}

export function entryAt(share: Pick<Share, 'users'>, place: number): number {
  return mapsOffset(share.users) + place * ENTRY_BYTES
}

/** The entry at a place, if a map is there. */
export function readEntry(share: Share, place: number): Entry | undefined {
  const at = entryAt(share, place)
  if (word(share, at + ENTRY_STATE) !== ENTRY_LIVE) return undefined
  const inner = readShape(share, at + ENTRY_INNER)
  return {
    place,
    id: word(share, at + ENTRY_ID),
    type: word(share, at + ENTRY_TYPE),
    keySize: word(share, at + ENTRY_KEY_SIZE),
    valueSize: word(share, at + ENTRY_VALUE_SIZE),
    maxEntries: word(share, at + ENTRY_MAX_ENTRIES),
    flags: word(share, at + ENTRY_FLAGS),
    name: readName(share, at + ENTRY_NAME),
    address: word(share, at + ENTRY_ADDRESS),
    bytes: word(share, at + ENTRY_SPAN),
    inner: inner.type === 0 ? undefined : inner,
  }
}

function readShape(share: Share, at: number): Shape {
  return {
    type: word(share, at),
    keySize: word(share, at + 4),
    valueSize: word(share, at + 8),
    flags: word(share, at + 12),
    maxEntries: word(share, at + 16),
  }
}

function readName({ views, base }: Share, at: number): string {
  const bytes = views.u8.subarray(base + at, base + at + NAME_BYTES)
  const end = bytes.indexOf(0)
  return String.fromCharCode(...bytes.subarray(0, end < 0 ? NAME_BYTES : end))
}

const NAME_BYTES = 16

/** The map with this id. */
export function findEntry(share: Share, id: number): Entry | undefined {
  const entry = readEntry(share, (id - 1) % share.maps)
  return entry?.id === id ? entry : undefined
}

/** All maps that are there. */
export function entries(share: Share): Entry[] {
  return Array.from({ length: share.maps }, (_, place) => readEntry(share, place)).filter(
    (entry) => entry !== undefined,
  )
}

/** What is to be written of a new map. */
export interface NewEntry extends Shape {
  readonly name: string
  readonly inner?: Shape | undefined
  readonly bytes: number
}

/**
 * Takes memory for a map, and an entry that says so; it is nobody's yet but this user's, and not live. Under the
 * arena's lock. Undefined: there is no such room, or no entry.
 */
export function reserveEntry(
  share: Share,
  entry: NewEntry,
): { place: number; address: number; id: number } | undefined {
  const place = Array.from({ length: share.maps }, (_, index) => index).find(
    (index) => word(share, entryAt(share, index) + ENTRY_STATE) === ENTRY_FREE,
  )
  const address = findRoom(share, entry.bytes)
  if (place === undefined || address === undefined) return undefined
  const at = entryAt(share, place)
  // The last map that was here had the id before; the first one has that of the place.
  const last = word(share, at + ENTRY_ID)
  const id = last === 0 || last + share.maps > 0xffff_ffff ? place + 1 : last + share.maps
  setWord(share, at + ENTRY_ID, id)
  writeShape(share, at, entry)
  writeName(share, at + ENTRY_NAME, entry.name)
  setWord(share, at + ENTRY_ADDRESS, address)
  setWord(share, at + ENTRY_SPAN, entry.bytes)
  setWord(share, at + ENTRY_HOLDERS, 0)
  setWord(share, at + ENTRY_HOLDERS + 4, 0)
  setWord(share, at + ENTRY_FROZEN, 0)
  setWord(share, at + ENTRY_MADE_BY, share.user)
  writeInner(share, at + ENTRY_INNER, entry.inner)
  setWord(share, at + ENTRY_STATE, ENTRY_MAKING)
  return { place, address, id }
}

function writeShape(share: Share, at: number, shape: Shape): void {
  setWord(share, at + ENTRY_TYPE, shape.type)
  setWord(share, at + ENTRY_KEY_SIZE, shape.keySize)
  setWord(share, at + ENTRY_VALUE_SIZE, shape.valueSize)
  setWord(share, at + ENTRY_MAX_ENTRIES, shape.maxEntries)
  setWord(share, at + ENTRY_FLAGS, shape.flags)
}

function writeInner(share: Share, at: number, inner: Shape | undefined): void {
  const { type = 0, keySize = 0, valueSize = 0, flags = 0, maxEntries = 0 } = inner ?? {}
  for (const [index, value] of [type, keySize, valueSize, flags, maxEntries].entries()) {
    setWord(share, at + 4 * index, value)
  }
}

function writeName({ views, base }: Share, at: number, name: string): void {
  for (let i = 0; i < NAME_BYTES; i++) views.u8[base + at + i] = i < name.length ? name.charCodeAt(i) : 0
}

/** The first gap that is long enough. */
function findRoom(share: Share, bytes: number): number | undefined {
  for (const gap of gaps(share)) if (gap.bytes >= bytes) return gap.address
  return undefined
}

/** Memory between maps, by address: what nobody's entry covers is free. */
export function* gaps(share: Share): Generator<Span, void, void> {
  let end = heapOffset(share.users, share.maps)
  for (const { address, bytes } of spans(share)) {
    if (address > end) yield { address: end, bytes: address - end }
    end = Math.max(end, Math.ceil((address + bytes) / MAP_ALIGNMENT) * MAP_ALIGNMENT)
  }
  if (share.size > end) yield { address: end, bytes: share.size - end }
}

interface Span {
  readonly address: number
  readonly bytes: number
}

/** Memory that is taken, by address. */
export function spans(share: Share): Span[] {
  const taken: Span[] = []
  for (let place = 0; place < share.maps; place++) {
    const at = entryAt(share, place)
    if (word(share, at + ENTRY_STATE) === ENTRY_FREE) continue
    taken.push({ address: word(share, at + ENTRY_ADDRESS), bytes: word(share, at + ENTRY_SPAN) })
  }
  return taken.sort((a, b) => a.address - b.address)
}

/** Makes a map that was being made one of all, which this user has open. */
export function publishEntry(share: Share, place: number): void {
  holdEntry(share, place)
  setWord(share, entryAt(share, place) + ENTRY_STATE, ENTRY_LIVE)
}

/** Takes a map out of the table: its memory is free. Under the lock. */
export function freeEntry(share: Share, place: number): void {
  setWord(share, entryAt(share, place) + ENTRY_STATE, ENTRY_FREE)
}

/** Says that this user has a map open. Under the lock, unless it is being made. */
export function holdEntry(share: Share, place: number): void {
  Atomics.or(share.views.u32, holdersIndex(share, place, share.user), 1 << (share.user & 31))
}

/** Says that a user has not. Under the lock. */
export function releaseEntry(share: Share, place: number, user: number): void {
  Atomics.and(share.views.u32, holdersIndex(share, place, user), ~(1 << (user & 31)))
}

/** The users that have a map open. */
export function holders(share: Share, place: number): number[] {
  const at = entryAt(share, place) + ENTRY_HOLDERS
  const words = [word(share, at), word(share, at + 4)]
  return Array.from({ length: share.users }, (_, user) => user).filter(
    (user) => ((words[user >>> 5] as number) >>> (user & 31)) & 1,
  )
}

function holdersIndex(share: Share, place: number, user: number): number {
  return (share.base + entryAt(share, place) + ENTRY_HOLDERS + (user >>> 5) * 4) >>> 2
}
