import { assert } from '../../abi/assert.js'
import { RingbufError } from '../../abi/error.js'
import { FRAME_POINTER } from '../insn.js'
import { type Fields, IMM_MAX, OFFSET_MAX } from '../slot.js'
import { arithmeticFormats } from './arithmetic.js'
import { controlFormats, wideFormats } from './control.js'
import { type Checked, FIELDS, type Format, type Use } from './format.js'
import { memoryFormats } from './memory.js'

/** Every instruction there is: what is in no row is none. Reading, writing and the tests share it. */
export const FORMATS: readonly Format[] = [
  ...arithmeticFormats(),
  ...memoryFormats(),
  ...controlFormats(),
  ...wideFormats(),
]

/** The rows of one opcode. Where there are several, `tag` is the field that tells them apart. */
interface Family {
  readonly tag: (typeof FIELDS)[number]
  readonly rows: Format[]
}

const families = new Map<number, Family>()
for (const row of FORMATS) {
  const rows = [...(families.get(row.opcode)?.rows ?? []), row]
  const tag = FIELDS.find((field) => {
    const numbers = rows.map((other) => other[field]).filter((use) => typeof use === 'number')
    return rows.length === 1 || new Set(numbers).size === rows.length
  })
  assert(tag !== undefined, `one field tells the instructions of opcode ${hex(row.opcode)} apart`)
  families.set(row.opcode, { tag, rows })
}

/**
 * The row that allows these fields.
 * @param slot where the instruction stands, for the message
 * @throws ERR_INSTRUCTION_INVALID no instruction has this opcode, or these fields with it
 */
export function matchFormat(fields: Fields, slot: number): { row: Format; fields: Checked } {
  const family = families.get(fields.opcode)
  if (!family) {
    throw new RingbufError(
      'ERR_INSTRUCTION_INVALID',
      `instruction ${slot}: unknown opcode ${hex(fields.opcode)}`,
      { instruction: slot, opcode: fields.opcode },
    )
  }
  const { tag, rows } = family
  const row = rows.find((candidate) => allows(candidate[tag], fields[tag]))
  if (!row) throw notAllowed(fields, slot, tag, rows)
  for (const field of FIELDS) {
    if (!allows(row[field], fields[field])) throw notAllowed(fields, slot, field, [row])
  }
  return { row, fields: fields as Checked }
}

function notAllowed(
  fields: Fields,
  slot: number,
  field: Family['tag'],
  rows: readonly Format[],
): RingbufError {
  const value = fields[field]
  const allowed = rows.map((row) => inWords(row[field])).join(' or ')
  return new RingbufError(
    'ERR_INSTRUCTION_INVALID',
    `instruction ${slot}, opcode ${hex(fields.opcode)}: ${field} is ${value}, and must be ${allowed}`,
    { instruction: slot, opcode: fields.opcode, field, value },
  )
}

/** The least and the greatest number that a field may hold. */
function rangeOf(use: Use): readonly [least: number, most: number] {
  switch (use) {
    case 's16':
      return [-OFFSET_MAX - 1, OFFSET_MAX]
    case 's32':
      return [-IMM_MAX - 1, IMM_MAX]
    case 'register':
      return [0, FRAME_POINTER]
    case 'writable':
      return [0, FRAME_POINTER - 1]
    default:
      return [use, use]
  }
}

function allows(use: Use, value: number): boolean {
  const [least, most] = rangeOf(use)
  return Number.isInteger(value) && value >= least && value <= most
}

function inWords(use: Use): string {
  if (typeof use === 'number') return `${use}`
  const [least, most] = rangeOf(use)
  const range = `${least} to ${most}`
  if (use === 'register') return `a register, ${range}`
  if (use === 'writable') return `a register that may be written, ${range}`
  return `a whole number, ${range}`
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`
}
