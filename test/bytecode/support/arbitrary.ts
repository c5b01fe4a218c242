import fc from 'fast-check'
import type { Format, Use } from '#dist/bytecode/formats/format.js'
import { FORMATS } from '#dist/bytecode/formats/table.js'
import type { Fields } from '#dist/bytecode/slot.js'

/** Whole numbers of so many bits, with their edges. */
export function integer(bits: 16 | 32): fc.Arbitrary<number> {
  const most = 2 ** (bits - 1) - 1
  return fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: -most - 1, max: most }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, -1, most, -most - 1) },
  )
}

/** The fields that a row of the table allows. */
export function fieldsOf(row: Format): fc.Arbitrary<Fields> {
  return fc.record({
    opcode: fc.constant(row.opcode),
    dst: fieldOf(row.dst),
    src: fieldOf(row.src),
    offset: fieldOf(row.offset),
    imm: fieldOf(row.imm),
    next: fieldOf(row.next),
  })
}

/** Fields of any instruction there is. */
export const anyFields: fc.Arbitrary<Fields> = fc.constantFrom(...FORMATS).chain(fieldsOf)

function fieldOf(use: Use): fc.Arbitrary<number> {
  switch (use) {
    case 's16':
      return integer(16)
    case 's32':
      return integer(32)
    case 'register':
      return fc.nat(10)
    case 'writable':
      return fc.nat(9)
    default:
      return fc.constant(use)
  }
}
