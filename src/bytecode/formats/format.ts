import type { Instruction, RegisterNumber } from '../insn.js'
import type { Fields } from '../slot.js'

/**
 * What a field of an instruction may hold: one number, which is 0 where the field is unused; any number
 * of so many bits, signed; a register; or a register that is not the frame pointer, because it is written.
 */
export type Use = number | 's16' | 's32' | 'register' | 'writable'

/** The fields beside the opcode, in the order in which a mistake in them is reported. */
export const FIELDS = ['src', 'dst', 'offset', 'imm', 'next'] as const

/** One row of the table of instructions. Several rows share an opcode, and differ in a fixed field. */
export interface Format extends Readonly<Record<(typeof FIELDS)[number], Use>> {
  readonly opcode: number
  /** The meaning of fields that this row allows. */
  read(fields: Checked): Instruction
}

/** Fields whose registers were found to be some. */
export interface Checked extends Fields {
  readonly dst: RegisterNumber
  readonly src: RegisterNumber
}

/** A row, with 0 for the fields that it does not speak of. */
export function format(
  opcode: number,
  uses: Partial<Record<(typeof FIELDS)[number], Use>>,
  read: (fields: Checked) => Instruction,
): Format {
  return { opcode, dst: 0, src: 0, offset: 0, imm: 0, next: 0, ...uses, read }
}
