import type { Size } from './insn.js'
import type { Register } from './register.js'

/** A place in memory: so many bytes at base + offset. */
export interface Place<S extends Size = Size, Signed extends boolean = boolean> {
  readonly size: S
  readonly signed: Signed
  readonly base: Register<64>
  readonly offset: number
}

/** What can be stored to: a store has no sign. */
export type Unsigned<S extends Size = Size> = Place<S, false>

/** `u64(r10, -8)` is `*(u64 *)(r10 - 8)`. */
export const u8 = place(1, false)
export const u16 = place(2, false)
export const u32 = place(4, false)
export const u64 = place(8, false)

/** Loaded from these, a number keeps its sign. Needs Linux 6.6. */
export const s8 = place(1, true)
export const s16 = place(2, true)
export const s32 = place(4, true)

function place<S extends Size, Signed extends boolean>(size: S, signed: Signed) {
  return (base: Register<64>, offset = 0): Place<S, Signed> => ({ size, signed, base, offset })
}
