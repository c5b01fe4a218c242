import { RingbufError } from '../abi/error.js'
import { encode } from './encode.js'
import { HELPERS, type HelperName } from './helpers.js'
import {
  type ArithmeticCode,
  type AtomicCode,
  type Bits,
  type Condition,
  type Instruction,
  type Operand,
  slotsOf,
} from './insn.js'
import { type Item, layOut } from './layout.js'
import type { Place, Unsigned } from './place.js'
import type { Program, Relocation } from './program.js'
import type { Register, Writable } from './register.js'

/** A map, by its name or by anything that has one. Whoever loads the program knows which it is. */
export type MapReference = string | { readonly name: string }

/** A second operand as wide as the first: a register, or a number. */
type Source<B extends Bits> = Register<B> | number

/**
 * Writes a BPF program down, instruction by instruction, without a compiler. Operations read like the
 * verifier's notation: `add(r1, 8)` is `r1 += 8`, `load(r2, u32(r1, 4))` is `r2 = *(u32 *)(r1 +4)`.
 *
 * Numbers are what one instruction can hold: 32 bits, signed; for `w` registers also unsigned. Anything
 * larger is a `constant`. Every method but `build` answers the builder, and throws at once
 * (ERR_INSTRUCTION_INVALID) where a number does not fit.
 */
export class ProgramBuilder {
  readonly #items: Item[] = []
  #slots = 0

  // dst = dst operation source. A divisor of 0 gives 0, a modulus of 0 leaves dst as it is.
  readonly add = this.#arithmetic('add')
  readonly sub = this.#arithmetic('sub')
  readonly mul = this.#arithmetic('mul')
  readonly div = this.#arithmetic('div')
  readonly mod = this.#arithmetic('mod')
  /** Signed; needs Linux 6.6. */
  readonly sdiv = this.#arithmetic('sdiv')
  /** Signed, -13 smod 3 is -1; needs Linux 6.6. */
  readonly smod = this.#arithmetic('smod')
  readonly and = this.#arithmetic('and')
  readonly or = this.#arithmetic('or')
  readonly xor = this.#arithmetic('xor')
  readonly lsh = this.#arithmetic('lsh')
  readonly rsh = this.#arithmetic('rsh')
  /** Shifts right, and keeps the sign. */
  readonly arsh = this.#arithmetic('arsh')
  readonly mov = this.#arithmetic('mov')

  neg(dst: Writable): this {
    return this.push({ kind: 'negate', bits: dst.bits, dst: dst.number })
  }

  /** dst = the lowest `from` bits of src, with their sign. Needs Linux 6.6. */
  movsx<B extends Bits>(dst: Writable<B>, src: Register<NoInfer<B>>, from: 8 | 16 | 32): this {
    return this.push({ kind: 'extend', bits: dst.bits, from, dst: dst.number, src: src.number })
  }

  /** dst = its lowest bits, cut to `width` and in this order: `reverse` needs Linux 6.6. */
  swap(dst: Writable<64>, order: 'le' | 'be' | 'reverse', width: 16 | 32 | 64): this {
    return this.push({ kind: 'swap', order, width, dst: dst.number })
  }

  /** dst = memory. A load always fills all 64 bits. */
  load(dst: Writable<64>, { size, signed, base, offset }: Place): this {
    return this.push({ kind: 'load', size, signed, dst: dst.number, base: base.number, offset })
  }

  /** memory = the register's lower bytes, or the number. */
  store({ size, base, offset }: Unsigned, source: Source<64>): this {
    return this.push({ kind: 'store', size, base: base.number, offset, operand: operandOf(source, 64) })
  }

  /** memory = memory operation src, in one step. */
  atomic(code: Simple, place: Unsigned<4 | 8>, src: Register<64>): this {
    return this.#atomic(code, false, place, src)
  }

  /** The same, and src = what was there before. */
  fetch(code: Simple, place: Unsigned<4 | 8>, src: Writable<64>): this {
    return this.#atomic(code, true, place, src)
  }

  /** memory = src, and src = what was there before. */
  exchange(place: Unsigned<4 | 8>, src: Writable<64>): this {
    return this.#atomic('xchg', true, place, src)
  }

  /** memory = src if it equals r0; r0 = what was there before. */
  compareExchange(place: Unsigned<4 | 8>, src: Register<64>): this {
    return this.#atomic('cmpxchg', true, place, src)
  }

  /** dst = memory, with acquire order. Needs Linux 6.15. */
  loadAcquire(dst: Writable<64>, { size, base, offset }: Unsigned): this {
    return this.push({ kind: 'acquire', size, dst: dst.number, base: base.number, offset })
  }

  /** memory = src, with release order. Needs Linux 6.15. */
  storeRelease({ size, base, offset }: Unsigned, src: Register<64>): this {
    return this.push({ kind: 'release', size, base: base.number, offset, src: src.number })
  }

  /** dst = a number of 64 bits, signed or unsigned. */
  constant(dst: Writable<64>, value: bigint | number): this {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new RingbufError(
        'ERR_INSTRUCTION_INVALID',
        `the constant ${value} is no whole number, or too large to be exact: write it as a bigint`,
        { value },
      )
    }
    const exact = BigInt(value)
    const signed = exact < 0n && BigInt.asIntN(64, exact) === exact
    return this.push({
      kind: 'constant',
      dst: dst.number,
      value: signed ? BigInt.asUintN(64, exact) : exact,
    })
  }

  /** dst = the map, as helpers take it. */
  map(dst: Writable<64>, map: MapReference): this {
    const instruction = { kind: 'map', dst: dst.number, naming: 'fd', map: 0 } as const
    return this.#later(instruction, { kind: 'map', name: nameOf(map) })
  }

  /** dst = address of the only value of an array, plus offset. */
  mapValue(dst: Writable<64>, map: MapReference, offset = 0): this {
    const instruction = { kind: 'mapValue', dst: dst.number, naming: 'fd', map: 0, offset } as const
    return this.#later(instruction, { kind: 'mapValue', name: nameOf(map) })
  }

  /** dst = address of a variable of the kernel. */
  variable(dst: Writable<64>, name: string): this {
    return this.#later({ kind: 'variable', dst: dst.number, id: 0, module: 0 }, { kind: 'variable', name })
  }

  /** dst = address of a subprogram, for helpers that call back. */
  callback(dst: Writable<64>, subprogram: string): this {
    return this.#aimed({ kind: 'function', dst: dst.number, delta: 0 }, subprogram)
  }

  /** r0 = helper(r1, ..., r5). r1 to r5 hold nothing afterwards. */
  call(helper: HelperName): this {
    if (!Object.hasOwn(HELPERS, helper)) {
      throw new RingbufError('ERR_PROGRAM_INVALID', `no helper is called '${helper}'`, { name: `${helper}` })
    }
    return this.push({ kind: 'callHelper', helper: HELPERS[helper] })
  }

  /** r0 = subprogram(r1, ..., r5), with a stack of its own. */
  callLocal(subprogram: string): this {
    return this.#aimed({ kind: 'callLocal', delta: 0 }, subprogram)
  }

  /** r0 = function of the kernel, by name (a kfunc). */
  callKernel(name: string): this {
    return this.#later({ kind: 'callKernel', id: 0, module: 0 }, { kind: 'function', name })
  }

  /** Ends the program, or the subprogram, which answers r0. */
  exit(): this {
    return this.push({ kind: 'exit' })
  }

  goto(label: string): this {
    return this.#aimed({ kind: 'goto', far: false, delta: 0 }, label)
  }

  /** A goto that reaches any distance: `gotol`. Needs Linux 6.6. */
  goto32(label: string): this {
    return this.#aimed({ kind: 'goto', far: true, delta: 0 }, label)
  }

  /** Jumps if `left condition right` holds: `gotoIf(r0, '==', 0, 'full')`. */
  gotoIf<B extends Bits>(
    left: Register<B>,
    condition: Condition,
    right: Source<NoInfer<B>>,
    label: string,
  ): this {
    const { bits, number: dst } = left
    const operand = operandOf(right, bits)
    return this.#aimed({ kind: 'branch', condition, bits, dst, operand, delta: 0 }, label)
  }

  /** Jumps only when the program has looped so often that it must end. Needs Linux 6.9. */
  mayGoto(label: string): this {
    return this.#aimed({ kind: 'mayGoto', delta: 0 }, label)
  }

  /** Names the place of the next instruction, for jumps from before and behind it. */
  label(name: string): this {
    this.#items.push({ label: name, subprogram: false })
    return this
  }

  /** Begins a function that this program calls itself. It takes r1 to r5 and answers r0. */
  subprogram(name: string): this {
    this.#items.push({ label: name, subprogram: true })
    return this
  }

  /** Adds instructions that are at hand as data: from `decode`, for instance, with their own distances. */
  push(...instructions: readonly Instruction[]): this {
    for (const instruction of instructions) this.#add({ instruction })
    return this
  }

  /**
   * The program. The builder may go on, and build again.
   * @throws ERR_PROGRAM_INVALID a label is missing, given twice, or too far away
   */
  build(): Program {
    return layOut(this.#items)
  }

  #arithmetic(code: ArithmeticCode) {
    return <B extends Bits>(dst: Writable<B>, source: Source<NoInfer<B>>): this =>
      this.push({
        kind: 'arithmetic',
        code,
        bits: dst.bits,
        dst: dst.number,
        operand: operandOf(source, dst.bits),
      })
  }

  #atomic(code: AtomicCode, fetch: boolean, place: Unsigned<4 | 8>, src: Register<64>): this {
    const { size, base, offset } = place
    return this.push({ kind: 'atomic', code, fetch, size, base: base.number, offset, src: src.number })
  }

  #aimed(instruction: Instruction, target: string): this {
    return this.#add({ instruction, target })
  }

  #later(instruction: Instruction, relocation: Omit<Relocation, 'slot'>): this {
    return this.#add({ instruction, relocation })
  }

  /** Encodes it already here, so that a mistake is reported from the line that makes it. */
  #add(item: Extract<Item, { instruction: Instruction }>): this {
    encode([item.instruction], this.#slots)
    this.#items.push(item)
    this.#slots += slotsOf(item.instruction)
    return this
  }
}

/** Atomic operations that have a form without FETCH. */
type Simple = Exclude<AtomicCode, 'xchg' | 'cmpxchg'>

/** For 32 bits, 0xffffffff and -1 are the same bits; for 64 the immediate would become another number. */
function operandOf(source: Source<Bits>, bits: Bits): Operand {
  if (typeof source !== 'number') return { register: source.number }
  return { imm: bits === 32 && source > 0x7fff_ffff && source <= 0xffff_ffff ? source | 0 : source }
}

function nameOf(map: MapReference): string {
  return typeof map === 'string' ? map : map.name
}
