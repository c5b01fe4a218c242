// The machine under the ring algorithm, for the WebAssembly build: takes the place of words.ts.
// AssemblyScript, not TypeScript: tsc never sees this file. One instance serves one attached ring, so
// the view is a handful of globals, private to the instance and to its thread.

import { FENCE_WORD, LONG_RECORD_BYTES, RECORD_PAGE_OFFSET_MASK, RING_FLAG_LOCK, RING_FLAG_LOST_RECORDS, RING_FLAG_OVERWRITE, RING_FLAG_OWNERS, RING_FLAG_RECOVERABLE } from './constants'

export type Word = u32
export type Answer = i32
export type View = u32
export type Machine = u32

let ring: u32 = 0
let size: u32 = 0
let locked: bool = false
let overwriting: bool = false
let losses: bool = false
let place: u32 = 0
let slot: u32 = 0
let slotShared: bool = false
let owner: u32 = 0
let token: u32 = 0
let recoverable: bool = false
let patient: bool = false
let lostRecords: u32 = 0
let lostSince: u32 = 0
let limit: u32 = 0
export let reason: u32 = 0
export let evidence: u32 = 0

export function configure(ringAt: u32, sizeBytes: u32, flags: u32): void {
  ring = ringAt
  size = sizeBytes
  locked = (flags & RING_FLAG_LOCK) != 0
  overwriting = (flags & RING_FLAG_OVERWRITE) != 0
  recoverable = (flags & RING_FLAG_RECOVERABLE) != 0
  losses = (flags & RING_FLAG_LOST_RECORDS) != 0
  place = (flags & (RING_FLAG_OWNERS | RING_FLAG_LOST_RECORDS)) == 0 ? 0xffffffff : RECORD_PAGE_OFFSET_MASK
}
export function bePatient(on: bool): void { patient = on }
export function useSlot(address: u32, shared: bool, bits: u32, ownerWord: u32): void {
  slot = address
  slotShared = shared
  owner = bits
  token = ownerWord
}

// The consumer's bell may lie in another memory, and sleepers in other processes, so JavaScript rings and wakes.
// @ts-ignore: decorators
@external("env", "ringBell") declare function importedRingBell(place: u32): void
// @ts-ignore: decorators
@external("env", "notify") declare function importedNotify(address: u32, count: u32): void

// @ts-ignore: decorators
@inline export function ringAddress(view: View): Word { return ring }
// @ts-ignore: decorators
@inline export function ringSize(view: View): Word { return size }
// @ts-ignore: decorators
@inline export function isLocked(view: View): bool { return locked }
// @ts-ignore: decorators
@inline export function isRecoverable(view: View): bool { return recoverable }
// @ts-ignore: decorators
@inline export function ownToken(view: View): Word { return token }
// @ts-ignore: decorators
@inline export function isOverwriting(view: View): bool { return overwriting }
// @ts-ignore: decorators
@inline export function saysLosses(view: View): bool { return losses }
// @ts-ignore: decorators
@inline export function placeMask(view: View): Word { return place }
// @ts-ignore: decorators
@inline export function isPatient(view: View): bool { return patient }
// @ts-ignore: decorators
@inline export function ownerBits(view: View): Word { return owner }
// @ts-ignore: decorators
@inline export function unreported(view: View): Word { return lostRecords }
// @ts-ignore: decorators
@inline export function unreportedSince(view: View): Word { return lostSince }
// @ts-ignore: decorators
@inline export function setUnreported(view: View, records: Word, since: Word): void { lostRecords = records; lostSince = since }
// @ts-ignore: decorators
@inline export function ringBell(view: View, place: Word): void { importedRingBell(place) }
// @ts-ignore: decorators
@inline export function slotAddress(view: View): Word { return slot }
// @ts-ignore: decorators
@inline export function isSlotShared(view: View): bool { return slotShared }
// @ts-ignore: decorators
@inline export function knownLimit(view: View): Word { return limit }
// @ts-ignore: decorators
@inline export function setKnownLimit(view: View, position: Word): void { limit = position }
// @ts-ignore: decorators
@inline export function longRecordBytes(view: View): Word { return LONG_RECORD_BYTES }
// @ts-ignore: decorators
@inline export function fenceAddress(view: View): Word { return ring + FENCE_WORD }
// @ts-ignore: decorators
@inline export function setReason(view: View, why: Word, found: Word): void { reason = why; evidence = found }

let foundPosition: u32 = 0
let foundRounds: u32 = 0
let foundLost: u32 = 0
let foundLostHigh: u32 = 0
// @ts-ignore: decorators
@inline export function setFound(view: View, which: Word, word: Word): void {
  if (which == 0) foundPosition = word
  else if (which == 1) foundRounds = word
  else if (which == 2) foundLost = word
  else foundLostHigh = word
}
export function found(which: Word): Word {
  return which == 0 ? foundPosition : which == 1 ? foundRounds : which == 2 ? foundLost : foundLostHigh
}

// @ts-ignore: decorators
@inline export function load(view: View, address: Word): Word { return i32.load(address) }
// @ts-ignore: decorators
@inline export function store(view: View, address: Word, value: Word): void { i32.store(address, value) }
// @ts-ignore: decorators
@inline export function atomicLoad(view: View, address: Word): Word { return atomic.load<u32>(address) }
// @ts-ignore: decorators
@inline export function atomicStore(view: View, address: Word, value: Word): void { atomic.store<u32>(address, value) }
// @ts-ignore: decorators
@inline export function exchange(view: View, address: Word, value: Word): Word { return atomic.xchg<u32>(address, value) }
// @ts-ignore: decorators
@inline export function compareExchange(view: View, address: Word, expected: Word, value: Word): Word { return atomic.cmpxchg<u32>(address, expected, value) }
export function compareExchangePair(view: View, address: Word, low: Word, high: Word, newLow: Word, newHigh: Word): bool {
  const expected = (u64(high) << 32) | u64(low)
  return atomic.cmpxchg<u64>(address, expected, (u64(newHigh) << 32) | u64(newLow)) == expected
}
// @ts-ignore: decorators
@inline export function add(view: View, address: Word, value: Word): Word { return atomic.add<u32>(address, value) }
// @ts-ignore: decorators
@inline export function or(view: View, address: Word, bits: Word): Word { return atomic.or<u32>(address, bits) }
// @ts-ignore: decorators
@inline export function notify(view: View, address: Word, count: Word): void { importedNotify(address, count) }
// @ts-ignore: decorators
@inline export function fill(view: View, address: Word, byte: Word, bytes: Word): void { memory.fill(address, <u8>byte, bytes) }
