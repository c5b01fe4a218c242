/** Instructions of BPF: as bytes, as data, as text, and by the builder. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ProgramBuilder } from '#dist/bytecode/builder.js'
import { decode } from '#dist/bytecode/decode.js'
import { textOf } from '#dist/bytecode/disassemble.js'
import { encode } from '#dist/bytecode/encode.js'
import { FIELDS } from '#dist/bytecode/formats/format.js'
import { FORMATS } from '#dist/bytecode/formats/table.js'
import { u32 } from '#dist/bytecode/place.js'
import { r0, r1, r2, r3, r6, w0, w1, w2 } from '#dist/bytecode/register.js'
import { anyFields } from '../../bytecode/support/arbitrary.js'
import { bytesOf, refusal } from '../../bytecode/support/bytes.js'
import { property } from '../property.js'

const promise = 'As the kernel'

export const PROGRAM_BYTES = property({
  name: 'program bytes',
  law: 'a program of many instructions has each at its slot, and is written as it was read',
  promise,
  model: 'its bytes, wherever they lie in a buffer',
  cases: fc.record({ program: fc.array(anyFields, { maxLength: 40 }) }),
  check({ program }) {
    const bytes = bytesOf(...program)
    const within = new Uint8Array(bytes.length + 3)
    within.set(bytes, 3)
    const placed = decode(within.subarray(3))
    assert.deepEqual(encode(placed.map(({ instruction }) => instruction)), bytes)
    let slot = 0
    for (const [index, fields] of program.entries()) {
      assert.equal(placed[index]?.slot, slot)
      slot += fields.opcode === 0x18 ? 2 : 1
    }
  },
})

export const ANY_BYTES = property({
  name: 'any bytes',
  law: 'all bytes are a program that is written as it was read, or none',
  promise,
  model: 'the bytes themselves',
  share: 30,
  cases: fc.record({ bytes: fc.uint8Array({ minLength: 0, maxLength: 32 }) }),
  check({ bytes }) {
    let placed: ReturnType<typeof decode>
    try {
      placed = decode(bytes)
    } catch (error) {
      refusal('ERR_INSTRUCTION_INVALID', /./)(error)
      return
    }
    assert.deepEqual(encode(placed.map(({ instruction }) => instruction)), new Uint8Array(bytes))
  },
})

export const ONE_ROW = property({
  name: 'one row',
  law: 'no two rows of the table are the same instruction',
  promise,
  model: 'the table, row by row',
  cases: anyFields,
  check(fields) {
    const allowing = FORMATS.filter(
      (row) =>
        row.opcode === fields.opcode &&
        FIELDS.every((field) => typeof row[field] !== 'number' || row[field] === fields[field]),
    )
    // Rows that hold only numbers in common differ in no register: there is one.
    assert.equal(allowing.length, 1)
  },
})

export const FIXED_FIELDS = property({
  name: 'fixed fields',
  law: 'a field that is fixed holds no other number',
  promise,
  model: 'the table, field by field',
  share: 10,
  cases: fc.record({
    fields: anyFields,
    field: fc.constantFrom(...FIELDS),
    by: fc.integer({ min: 1, max: 7 }),
  }),
  check({ fields, field, by }) {
    const value = field === 'src' || field === 'dst' ? (fields[field] + by) % 16 : fields[field] + by
    const changed = { ...fields, [field]: value }
    const allowed = FORMATS.some(
      (row) =>
        row.opcode === changed.opcode &&
        FIELDS.every((name) => {
          const use = row[name]
          if (use === 's16' || use === 's32') return true
          return typeof use === 'number'
            ? changed[name] === use
            : changed[name] <= (use === 'writable' ? 9 : 10)
        }),
    )
    // The second slot has no fields but in wide loads, and not every number fits.
    fc.pre(field !== 'next' || fields.opcode === 0x18)
    fc.pre(Math.abs(value) < (field === 'offset' ? 2 ** 15 : 2 ** 31))
    if (allowed) decode(bytesOf(changed))
    else assert.throws(() => decode(bytesOf(changed)), refusal('ERR_INSTRUCTION_INVALID', /must be/))
  },
})

const WIDE = [r0, r1, r2, r3, r6] as const
const NARROW = [w0, w1, w2] as const
const wide = fc.nat(WIDE.length - 1)
const line = fc.oneof(
  fc.record({
    add: wide,
    imm: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  }),
  fc.record({ load: wide, base: wide, offset: fc.integer({ min: -512, max: -1 }) }),
  fc.record({ constant: wide, value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ negate: fc.nat(2) }),
)
type Line = typeof line extends fc.Arbitrary<infer L> ? L : never

/** Writes one line with the builder. Answers its text. */
function write(program: ProgramBuilder, line: Line): string {
  const register = (index: number) => WIDE[index] ?? r0
  if ('add' in line) {
    program.add(register(line.add), line.imm)
    return `r${register(line.add).number} += ${line.imm}`
  }
  if ('load' in line) {
    const { number } = register(line.base)
    program.load(register(line.load), u32({ bits: 64, number }, line.offset))
    return `r${register(line.load).number} = *(u32 *)(r${number} ${line.offset})`
  }
  if ('constant' in line) {
    program.constant(register(line.constant), line.value)
    return `r${register(line.constant).number} = 0x${line.value.toString(16)}`
  }
  const narrow = NARROW[line.negate] ?? w0
  program.neg(narrow)
  return `w${narrow.number} = -w${narrow.number}`
}

export const BUILT_PROGRAMS = property({
  name: 'built programs',
  law: 'what the builder writes reads back as what was asked for',
  promise,
  model: 'the text of each line',
  cases: fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 30 }) }),
  check({ lines }) {
    const program = new ProgramBuilder()
    const expected = lines.map((line) => write(program, line))
    assert.deepEqual(
      decode(program.build().bytes).map(({ instruction }) => textOf(instruction)),
      expected,
    )
  },
})
