// The machine under the ring algorithm, for the WebAssembly build: takes the place of words.ts.
// AssemblyScript, not TypeScript: tsc never sees this file. One instance serves one attached ring, so
// the view is a handful of globals, private to the instance and to its thread.

export type Word = u32
export type Answer = i32
export type View = u32

let ring: u32 = 0
let size: u32 = 0
let locked: bool = false
let slot: u32 = 0
let slotShared: bool = false
let limit: u32 = 0
export let reason: u32 = 0
export let evidence: u32 = 0

export function configure(ringAt: u32, sizeBytes: u32, isLocked: bool): void {
  ring = ringAt
  size = sizeBytes
  locked = isLocked
}
export function useSlot(address: u32, shared: bool): void {
  slot = address
  slotShared = shared
}

// @ts-ignore: decorators
@inline export function ringAddress(view: View): Word { return ring }
// @ts-ignore: decorators
@inline export function ringSize(view: View): Word { return size }
// @ts-ignore: decorators
@inline export function isLocked(view: View): bool { return locked }
// @ts-ignore: decorators
@inline export function slotAddress(view: View): Word { return slot }
// @ts-ignore: decorators
@inline export function isSlotShared(view: View): bool { return slotShared }
// @ts-ignore: decorators
@inline export function knownLimit(view: View): Word { return limit }
// @ts-ignore: decorators
@inline export function setKnownLimit(view: View, position: Word): void { limit = position }
// @ts-ignore: decorators
@inline export function setReason(view: View, why: Word, found: Word): void { reason = why; evidence = found }

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
// @ts-ignore: decorators
@inline export function add(view: View, address: Word, value: Word): Word { return atomic.add<u32>(address, value) }
// @ts-ignore: decorators
@inline export function or(view: View, address: Word, bits: Word): Word { return atomic.or<u32>(address, bits) }
// @ts-ignore: decorators
@inline export function notify(view: View, address: Word, count: Word): void { atomic.notify(address, count) }
// @ts-ignore: decorators
@inline export function fill(view: View, address: Word, byte: Word, bytes: Word): void { memory.fill(address, <u8>byte, bytes) }
