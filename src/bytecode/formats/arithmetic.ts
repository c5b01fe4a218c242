import type { ArithmeticCode } from '../insn.js'
import {
  ARITHMETIC,
  CLASS_ALU,
  CLASS_ALU64,
  CODE_NEGATE,
  CODE_SWAP,
  SOURCE_REGISTER,
  SOURCE_VALUE,
} from '../opcode.js'
import { type Format, format } from './format.js'

const WIDTHS = [
  { bits: 32, kind: CLASS_ALU, extended: [8, 16] },
  { bits: 64, kind: CLASS_ALU64, extended: [8, 16, 32] },
] as const

const SWAPS = [
  { order: 'le', opcode: CLASS_ALU | SOURCE_VALUE | CODE_SWAP },
  { order: 'be', opcode: CLASS_ALU | SOURCE_REGISTER | CODE_SWAP },
  { order: 'reverse', opcode: CLASS_ALU64 | SOURCE_VALUE | CODE_SWAP },
] as const

/**
 * Arithmetic and byte swaps (RFC 9669, sections 4.1 and 4.2).
 *
 * An immediate divisor of zero and a shift beyond the width have a meaning in the RFC, so they are
 * instructions; that Linux refuses them is the verifier's matter.
 */
export function arithmeticFormats(): Format[] {
  const formats: Format[] = []
  for (const { bits, kind, extended } of WIDTHS) {
    for (const [name, { code: number, offset }] of Object.entries(ARITHMETIC)) {
      const code = name as ArithmeticCode
      formats.push(
        format(kind | SOURCE_VALUE | number, { dst: 'writable', offset, imm: 's32' }, ({ dst, imm }) => ({
          kind: 'arithmetic',
          code,
          bits,
          dst,
          operand: { imm },
        })),
        format(
          kind | SOURCE_REGISTER | number,
          { dst: 'writable', src: 'register', offset },
          ({ dst, src }) => ({ kind: 'arithmetic', code, bits, dst, operand: { register: src } }),
        ),
      )
    }
    for (const from of extended) {
      formats.push(
        format(
          kind | SOURCE_REGISTER | ARITHMETIC.mov.code,
          { dst: 'writable', src: 'register', offset: from },
          ({ dst, src }) => ({ kind: 'extend', bits, from, dst, src }),
        ),
      )
    }
    formats.push(
      format(kind | SOURCE_VALUE | CODE_NEGATE, { dst: 'writable' }, ({ dst }) => ({
        kind: 'negate',
        bits,
        dst,
      })),
    )
  }
  for (const { order, opcode } of SWAPS) {
    for (const width of [16, 32, 64] as const) {
      formats.push(
        format(opcode, { dst: 'writable', imm: width }, ({ dst }) => ({ kind: 'swap', order, width, dst })),
      )
    }
  }
  return formats
}
