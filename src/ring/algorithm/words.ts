import { RECORD_PAGE_OFFSET_MASK } from '../../abi/record.js'
import {
  RING_FLAG_LOCK,
  RING_FLAG_LOST_RECORDS,
  RING_FLAG_OVERWRITE,
  RING_FLAG_OWNERS,
  RING_FLAG_RECOVERABLE,
} from '../../abi/region.js'

/**
 * The machine under the ring algorithm, for the JavaScript build.
 *
 * The files of this folder are one source for two builds: tsc compiles them as they are, with this
 * module; AssemblyScript compiles them to WebAssembly, with `words.as.ts` in this module's place. So
 * they use only what both languages share: functions, u32 arithmetic, no objects but the View that is
 * handed through. See docs/design/0002-one-source-two-builds.md.
 */

/**
 * 32 bits: a position, an address, a length, a header word. In JavaScript they are kept signed (`| 0`),
 * because engines box numbers above 2^31; magnitudes are compared after `>>> 0`, or by `distance`.
 */
export type Word = number

/** A signed 32-bit number: 0 or more, or a negative error number. */
export type Answer = number

/** Memory, and how to wake those who sleep on a word of it. */
export interface Machine {
  readonly ints: Int32Array
  /** Wakes those who sleep on a word, by its index: how, depends on the memory. */
  readonly notify: (index: Word, count: Word) => void
}

/**
 * One thread's private knowledge of one ring. Nothing in here is shared, so nothing that a peer writes
 * can change it; `size` and the rest were checked when the ring was attached.
 */
export interface View extends Machine {
  /** Both words of a header as one, for recoverable rings. */
  readonly pairs: BigInt64Array
  /** For filling: eight bytes at a time is eight times as fast as one. */
  readonly doubles: Float64Array
  /** Address of the ring. */
  readonly ring: Word
  readonly size: Word
  /** What kind of ring it is: RING_FLAG_*. */
  readonly flags: Word
  /** Rings the bell at this place, on which the consumer sleeps. */
  readonly ringBell: (place: Word) => void
  /** Address of this producer's slot. */
  slot: Word
  /** Whether other producers write this slot too. */
  slotShared: boolean
  /** What this producer's records carry above their page offset. */
  owner: Word
  /** Owner word of the slot, in recoverable rings: as long as it says so, the slot is this thread's. */
  token: Word
  /** Whether a reservation that finds no room is repeated later, and so is none that was dropped. */
  patient: boolean
  /** Records that this producer dropped and has not yet said so in the ring. */
  unreported: Word
  /** The producer position when the first of them was dropped. */
  unreportedSince: Word
  /** Where the consumer knows that data was reserved to: the producer position when last read. */
  limit: Word
  /** From which length on records count as long: LONG_RECORD_BYTES. */
  readonly longRecordBytes: Word
  /** Address of a word that this thread may write, and whose value means nothing. */
  readonly fence: Word
  /** What `survey` has found: FOUND_*. */
  readonly found: Int32Array
  /** Why the last call failed: REASON_*. */
  reason: Word
  /** What was found where it should not be: the position, the length or the word. */
  evidence: Word
}

export function ringAddress(view: View): Word {
  return view.ring
}
export function ringSize(view: View): Word {
  return view.size
}
export function isLocked(view: View): boolean {
  return (view.flags & RING_FLAG_LOCK) !== 0
}
export function isRecoverable(view: View): boolean {
  return (view.flags & RING_FLAG_RECOVERABLE) !== 0
}
export function isOverwriting(view: View): boolean {
  return (view.flags & RING_FLAG_OVERWRITE) !== 0
}
export function saysLosses(view: View): boolean {
  return (view.flags & RING_FLAG_LOST_RECORDS) !== 0
}
/** What of a record's second word says where it stands; the rest says whose it is, in rings that tell. */
export function placeMask(view: View): Word {
  return (view.flags & (RING_FLAG_OWNERS | RING_FLAG_LOST_RECORDS)) === 0 ? -1 : RECORD_PAGE_OFFSET_MASK
}
export function isPatient(view: View): boolean {
  return view.patient
}
export function ownerBits(view: View): Word {
  return view.owner
}
export function ownToken(view: View): Word {
  return view.token
}
export function unreported(view: View): Word {
  return view.unreported
}
export function unreportedSince(view: View): Word {
  return view.unreportedSince
}
export function setUnreported(view: View, records: Word, since: Word): void {
  view.unreported = records
  view.unreportedSince = since
}
export function slotAddress(view: View): Word {
  return view.slot
}
export function isSlotShared(view: View): boolean {
  return view.slotShared
}
export function knownLimit(view: View): Word {
  return view.limit
}
export function setKnownLimit(view: View, position: Word): void {
  view.limit = position
}
export function setReason(view: View, reason: Word, evidence: Word): void {
  view.reason = reason
  view.evidence = evidence
}

export function longRecordBytes(view: View): Word {
  return view.longRecordBytes
}
export function fenceAddress(view: View): Word {
  return view.fence
}
export function setFound(view: View, which: Word, word: Word): void {
  view.found[which] = word
}

export function load(view: Machine, address: Word): Word {
  return view.ints[address >>> 2] as Word
}
export function store(view: Machine, address: Word, value: Word): void {
  view.ints[address >>> 2] = value
}
export function atomicLoad(view: Machine, address: Word): Word {
  return Atomics.load(view.ints, address >>> 2)
}
export function atomicStore(view: Machine, address: Word, value: Word): void {
  Atomics.store(view.ints, address >>> 2, value)
}
export function exchange(view: Machine, address: Word, value: Word): Word {
  return Atomics.exchange(view.ints, address >>> 2, value)
}
export function compareExchange(view: Machine, address: Word, expected: Word, value: Word): Word {
  return Atomics.compareExchange(view.ints, address >>> 2, expected, value)
}
/**
 * Changes two words at once, if both are as expected; the address is a multiple of 8. Answers whether they
 * were. Engines make a new object for each of its operands, which takes longer than the operation.
 */
export function compareExchangePair(
  view: View,
  address: Word,
  low: Word,
  high: Word,
  newLow: Word,
  newHigh: Word,
): boolean {
  const expected = pair(low, high)
  return Atomics.compareExchange(view.pairs, address >>> 3, expected, pair(newLow, newHigh)) === expected
}
/** Adds, and answers what stood there before. */
export function add(view: Machine, address: Word, value: Word): Word {
  return Atomics.add(view.ints, address >>> 2, value)
}
/** Sets bits, and answers what stood there before. */
export function or(view: Machine, address: Word, bits: Word): Word {
  return Atomics.or(view.ints, address >>> 2, bits)
}
/** Wakes at most `count` threads that sleep on the word. */
export function notify(view: Machine, address: Word, count: Word): void {
  view.notify(address >>> 2, count)
}
/** Rings the consumer's bell: see src/memory/bells.ts. */
export function ringBell(view: View, place: Word): void {
  view.ringBell(place)
}
/** Sets `bytes` bytes (a multiple of 8) to `byte`. */
export function fill(view: View, address: Word, byte: Word, bytes: Word): void {
  if (byte !== patternByte) {
    patternByte = byte
    pattern = new Float64Array(new Uint8Array(8).fill(byte).buffer)[0] as number
  }
  view.doubles.fill(pattern, address >>> 3, (address + bytes) >>> 3)
}

function pair(low: Word, high: Word): bigint {
  halves[0] = low
  halves[1] = high
  return whole[0] as bigint
}

const halves = new Int32Array(2)
const whole = new BigInt64Array(halves.buffer)
/** Eight such bytes as a number. It is kept, because it is put on the heap where it is handed to V8's fill. */
let patternByte = 0
let pattern = 0
