import type { ARITHMETIC, ATOMIC, CONDITIONS } from './opcode.js'

/** r0 to r10. Calls clobber r1 to r5 and answer in r0, r6 to r9 are kept; r10 is the frame pointer. */
export type RegisterNumber = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10
export const FRAME_POINTER = 10

/** Operations of 32 bits leave the upper half of their register zero. */
export type Bits = 32 | 64
/** Bytes of memory that are loaded or stored. */
export type Size = 1 | 2 | 4 | 8

export type ArithmeticCode = keyof typeof ARITHMETIC
export type Condition = keyof typeof CONDITIONS
export type AtomicCode = keyof typeof ATOMIC

/** The second operand: a register, or an s32 that operations of 64 bits sign-extend. */
export type Operand = { readonly register: RegisterNumber } | { readonly imm: number }

/** How a map is named in an instruction: by descriptor, or by index into the load's array of them. */
export type MapNaming = 'fd' | 'index'

/**
 * An instruction, by meaning: plain data, one kind for each thing that a machine has to do.
 *
 * `base` and `offset` are an address in memory. `delta` counts slots, from the slot behind the first one
 * of the instruction: the target is `slot + 1 + delta`.
 */
export type Instruction =
  /** dst = dst code operand; `mov` ignores the old dst. */
  | Kind<'arithmetic', { code: ArithmeticCode; bits: Bits; dst: RegisterNumber; operand: Operand }>
  /** dst = -dst */
  | Kind<'negate', { bits: Bits; dst: RegisterNumber }>
  /** dst = the lowest `from` bits of src, sign-extended to `bits`; less than those. */
  | Kind<'extend', { bits: Bits; from: 8 | 16 | 32; dst: RegisterNumber; src: RegisterNumber }>
  /** dst = its lowest `width` bits in this order; `reverse` swaps on any machine. */
  | Kind<'swap', { order: 'le' | 'be' | 'reverse'; width: 16 | 32 | 64; dst: RegisterNumber }>
  /** dst = memory, zero-extended or sign-extended to 64 bits. */
  | Kind<'load', Place & { signed: boolean; dst: RegisterNumber }>
  /** memory = operand */
  | Kind<'store', Place & { operand: Operand }>
  /**
   * memory = memory code src; with `fetch`, src = the old memory. xchg and cmpxchg always fetch; cmpxchg
   * stores src if memory equals r0, and r0 = the old memory.
   */
  | Kind<'atomic', Place & { code: AtomicCode; fetch: boolean; size: 4 | 8; src: RegisterNumber }>
  /** dst = memory, with acquire order. */
  | Kind<'acquire', Place & { dst: RegisterNumber }>
  /** memory = src, with release order. */
  | Kind<'release', Place & { src: RegisterNumber }>
  /** r0 = packet bytes at offset, or at register + offset, as the network orders them; historical. */
  | Kind<'packet', { size: 1 | 2 | 4; index: RegisterNumber | null; offset: number }>
  /** dst = value, all 64 bits: unsigned. */
  | Kind<'constant', { dst: RegisterNumber; value: bigint }>
  /** dst = the map */
  | Kind<'map', { dst: RegisterNumber; naming: MapNaming; map: number }>
  /** dst = address of the map's first value, plus offset. */
  | Kind<'mapValue', { dst: RegisterNumber; naming: MapNaming; map: number; offset: number }>
  /** dst = address of a variable of the kernel, by BTF id; module: descriptor of its BTF, or 0. */
  | Kind<'variable', { dst: RegisterNumber; id: number; module: number }>
  /** dst = address of a function of this program: a callback. */
  | Kind<'function', { dst: RegisterNumber; delta: number }>
  /** Jumps always; `far` has a delta of 32 bits instead of 16. */
  | Kind<'goto', { far: boolean; delta: number }>
  /** Linux: jumps when the program has looped too often. */
  | Kind<'mayGoto', { delta: number }>
  /** Jumps if dst condition operand holds, compared in `bits`. */
  | Kind<'branch', { condition: Condition; bits: Bits; dst: RegisterNumber; operand: Operand; delta: number }>
  /** r0 = helper(r1, ..., r5) */
  | Kind<'callHelper', { helper: number }>
  /** r0 = function of this program(r1, ..., r5) */
  | Kind<'callLocal', { delta: number }>
  /** r0 = function of the kernel, by BTF id; module: index into the load's array of descriptors, or 0. */
  | Kind<'callKernel', { id: number; module: number }>
  /** Ends the program or function: it answers r0. */
  | Kind<'exit', object>

/** An instruction, and the slot where it begins. */
export interface Placed {
  readonly slot: number
  readonly instruction: Instruction
}

interface Place {
  readonly size: Size
  readonly base: RegisterNumber
  readonly offset: number
}

type Kind<Name extends string, Data> = Readonly<{ kind: Name } & Data>

/** Slots of 8 bytes that an instruction takes: 2 for the loads of 64-bit immediates, else 1. */
export function slotsOf(instruction: Instruction): 1 | 2 {
  switch (instruction.kind) {
    case 'constant':
    case 'map':
    case 'mapValue':
    case 'variable':
    case 'function':
      return 2
    default:
      return 1
  }
}
