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

/**
 * One thread's private knowledge of one ring. Nothing in here is shared, so nothing that a peer writes
 * can change it; `size` and the rest were checked when the ring was attached.
 */
export interface View {
  readonly ints: Int32Array
  /** For filling: eight bytes at a time is eight times as fast as one. */
  readonly doubles: Float64Array
  /** Address of the ring. */
  readonly ring: Word
  readonly size: Word
  /** Whether reservations are serialised by the lock; otherwise they are claims. */
  readonly locked: boolean
  /** Address of this producer's slot. */
  slot: Word
  /** Whether other producers write this slot too. */
  slotShared: boolean
  /** Where the consumer knows that data was reserved to: the producer position when last read. */
  limit: Word
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
  return view.locked
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

export function load(view: View, address: Word): Word {
  return view.ints[address >>> 2] as Word
}
export function store(view: View, address: Word, value: Word): void {
  view.ints[address >>> 2] = value
}
export function atomicLoad(view: View, address: Word): Word {
  return Atomics.load(view.ints, address >>> 2)
}
export function atomicStore(view: View, address: Word, value: Word): void {
  Atomics.store(view.ints, address >>> 2, value)
}
export function exchange(view: View, address: Word, value: Word): Word {
  return Atomics.exchange(view.ints, address >>> 2, value)
}
export function compareExchange(view: View, address: Word, expected: Word, value: Word): Word {
  return Atomics.compareExchange(view.ints, address >>> 2, expected, value)
}
/** Adds, and answers what stood there before. */
export function add(view: View, address: Word, value: Word): Word {
  return Atomics.add(view.ints, address >>> 2, value)
}
/** Sets bits, and answers what stood there before. */
export function or(view: View, address: Word, bits: Word): Word {
  return Atomics.or(view.ints, address >>> 2, bits)
}
/** Wakes at most `count` threads that sleep on the word. */
export function notify(view: View, address: Word, count: Word): void {
  Atomics.notify(view.ints, address >>> 2, count)
}
/** Sets `bytes` bytes (a multiple of 8) to `byte`. */
export function fill(view: View, address: Word, byte: Word, bytes: Word): void {
  pattern.fill(byte)
  view.doubles.fill(patternDouble[0] as number, address >>> 3, (address + bytes) >>> 3)
}

const pattern = new Uint8Array(8)
const patternDouble = new Float64Array(pattern.buffer)
