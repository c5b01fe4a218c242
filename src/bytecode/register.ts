import type { Bits, RegisterNumber } from './insn.js'

/**
 * A register as programs are written with it: `r3` is all its 64 bits, `w3` the lower 32. As in the
 * kernel's notation, the register says how wide an operation is: `add(w3, 1)` leaves the upper half zero.
 */
export interface Register<B extends Bits = Bits, N extends RegisterNumber = RegisterNumber> {
  readonly bits: B
  readonly number: N
}

/** A register that may be written: every one but the frame pointer. */
export type Writable<B extends Bits = Bits> = Register<B, Exclude<RegisterNumber, 10>>

export const r0 = register(64, 0)
export const r1 = register(64, 1)
export const r2 = register(64, 2)
export const r3 = register(64, 3)
export const r4 = register(64, 4)
export const r5 = register(64, 5)
export const r6 = register(64, 6)
export const r7 = register(64, 7)
export const r8 = register(64, 8)
export const r9 = register(64, 9)
/** The frame pointer: the stack's 512 bytes lie below it. Read only. */
export const r10 = register(64, 10)

export const w0 = register(32, 0)
export const w1 = register(32, 1)
export const w2 = register(32, 2)
export const w3 = register(32, 3)
export const w4 = register(32, 4)
export const w5 = register(32, 5)
export const w6 = register(32, 6)
export const w7 = register(32, 7)
export const w8 = register(32, 8)
export const w9 = register(32, 9)

function register<B extends Bits, N extends RegisterNumber>(bits: B, number: N): Register<B, N> {
  return { bits, number }
}
