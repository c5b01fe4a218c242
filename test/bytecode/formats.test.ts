/** The table of instructions: every row can be written, read and told apart; nothing else is an instruction. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { decode } from '#dist/bytecode/decode.js'
import { encode } from '#dist/bytecode/encode.js'
import { FIELDS } from '#dist/bytecode/formats/format.js'
import { FORMATS } from '#dist/bytecode/formats/table.js'
import { slotsOf } from '#dist/bytecode/insn.js'
import { EFFORT, SEED } from '../ring/support/random.js'
import { fieldsOf } from './support/arbitrary.js'
import { bytesOf, bytesOfText, refusal } from './support/bytes.js'

const nameOf = (row: (typeof FORMATS)[number]) =>
  `0x${row.opcode.toString(16)} ${FIELDS.map((field) => `${field} ${row[field]}`).join(', ')}`

describe('every row of the table', () => {
  for (const row of FORMATS) {
    test(`decode, then encode: ${nameOf(row)}`, () => {
      for (const fields of fc.sample(fieldsOf(row), { seed: SEED, numRuns: 50 * EFFORT })) {
        const bytes = bytesOf(fields)
        const [placed, ...rest] = decode(bytes)
        assert.ok(placed)
        assert.equal(rest.length, 0)
        assert.equal(slotsOf(placed.instruction) * 8, bytes.length)
        assert.deepEqual(encode([placed.instruction]), bytes)
      }
    })
  }

  test('no two rows have the same name', () => {
    assert.equal(new Set(FORMATS.map(nameOf)).size, FORMATS.length)
  })
})

describe('what the RFC shows', () => {
  test('section 3.1: r1 += 0x11223344', () => {
    assert.deepEqual(decode(bytesOfText('07 01 00 00 44 33 22 11')), [
      {
        slot: 0,
        instruction: {
          kind: 'arithmetic',
          code: 'add',
          bits: 64,
          dst: 1,
          operand: { imm: 0x1122_3344 },
        },
      },
    ])
  })

  test('the source register is the upper half of its byte, the offset has a sign', () => {
    assert.deepEqual(decode(bytesOfText('7b 1a f8 ff 00 00 00 00'))[0]?.instruction, {
      kind: 'store',
      size: 8,
      base: 10,
      offset: -8,
      operand: { register: 1 },
    })
  })

  test('a wide load has the lower half of its number first', () => {
    const bytes = bytesOfText('18 03 00 00 ef be ad de 00 00 00 00 0d f0 fe ca')
    assert.deepEqual(decode(bytes)[0]?.instruction, {
      kind: 'constant',
      dst: 3,
      value: 0xcafe_f00d_dead_beefn,
    })
  })

  test('the opcodes are those of its appendix, and the kernel’s may_goto', () => {
    // Appendix A, by class; 0x00 is the second slot of a wide load, and no instruction of its own.
    const rows = {
      ld: '18 20 28 30 40 48 50',
      ldx: '61 69 71 79 81 89 91',
      st: '62 6a 72 7a',
      // Those of one and two bytes are Linux's load-acquire and store-release.
      stx: '63 6b 73 7b c3 db cb d3',
      alu: '04 0c 14 1c 24 2c 34 3c 44 4c 54 5c 64 6c 74 7c 84 94 9c a4 ac b4 bc c4 cc d4 dc',
      alu64: '07 0f 17 1f 27 2f 37 3f 47 4f 57 5f 67 6f 77 7f 87 97 9f a7 af b7 bf c7 cf d7',
      jmp: '05 15 1d 25 2d 35 3d 45 4d 55 5d 65 6d 75 7d 85 95 a5 ad b5 bd c5 cd d5 dd e5',
      jmp32: '06 16 1e 26 2e 36 3e 46 4e 56 5e 66 6e 76 7e a6 ae b6 be c6 ce d6 de',
    }
    const listed = Object.values(rows).flatMap((row) =>
      row.split(' ').map((text) => Number.parseInt(text, 16)),
    )
    const order = (numbers: Iterable<number>) => [...new Set(numbers)].sort((a, b) => a - b)
    assert.deepEqual(order(FORMATS.map((row) => row.opcode)), order(listed))
  })
})

describe('what is no instruction', () => {
  const cases: [bytes: string, message: RegExp][] = [
    ['00 00 00 00 00 00 00 00', /^instruction 0: unknown opcode 0x00$/],
    ['8d 00 00 00 01 00 00 00', /unknown opcode 0x8d/],
    ['99 01 00 00 00 00 00 00', /unknown opcode 0x99/],
    ['07 0b 00 00 01 00 00 00', /dst is 11, and must be a register that may be written, 0 to 9/],
    ['07 0a 00 00 01 00 00 00', /dst is 10, and must be a register that may be written/],
    ['07 21 00 00 01 00 00 00', /src is 2, and must be 0/],
    ['3f 21 02 00 00 00 00 00', /offset is 2, and must be 0 or 1/],
    ['bf 21 20 00 01 00 00 00', /imm is 1, and must be 0/],
    ['bc 21 20 00 00 00 00 00', /offset is 32, and must be 0 or 8 or 16/],
    ['dc 01 00 00 18 00 00 00', /imm is 24, and must be 16 or 32 or 64/],
    ['85 30 00 00 01 00 00 00', /src is 3, and must be 0 or 1 or 2/],
    ['85 10 05 00 01 00 00 00', /offset is 5, and must be 0/],
    ['95 00 03 00 00 00 00 00', /offset is 3, and must be 0/],
    ['06 00 01 00 00 00 00 00', /offset is 1, and must be 0/],
    ['db a1 00 00 e1 00 00 00', /src is 10, and must be a register that may be written/],
    ['db 21 00 00 e0 00 00 00', /imm is 224, and must be/],
    ['d3 21 00 00 00 00 00 00', /imm is 0, and must be 256 or 272/],
    ['18 71 00 00 00 00 00 00 00 00 00 00 00 00 00 00', /src is 7, and must be/],
    ['18 11 00 00 03 00 00 00 00 00 00 00 01 00 00 00', /next is 1, and must be 0/],
    ['18 01 00 00 00 00 00 00', /a wide load needs a second slot/],
    ['18 01 00 00 00 00 00 00 00 01 00 00 00 00 00 00', /zero but for its immediate/],
    ['95 00 00 00', /a program of 4 bytes/],
  ]
  for (const [text, message] of cases) {
    test(text, () =>
      assert.throws(() => decode(bytesOfText(text)), refusal('ERR_INSTRUCTION_INVALID', message)),
    )
  }

  test('the message counts slots', () => {
    const text =
      '18 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 95 00 00 00 00 00 00 00 ff 00 00 00 00 00 00 00'
    assert.throws(
      () => decode(bytesOfText(text)),
      refusal('ERR_INSTRUCTION_INVALID', /^instruction 3: unknown opcode 0xff$/),
    )
  })
})

describe('what does not fit is not written', () => {
  const dst = 1
  /** A word that the types do not allow. */
  const wrong = (word: unknown) => word as never
  const cases: [instruction: Parameters<typeof encode>[0][number], message: RegExp][] = [
    [
      { kind: 'arithmetic', code: 'mov', bits: 64, dst, operand: { imm: 2 ** 31 } },
      /imm is 2147483648, and must be a whole number, -/,
    ],
    [
      { kind: 'arithmetic', code: 'mov', bits: 64, dst, operand: { imm: 0.5 } },
      /imm is 0.5, and must be a whole/,
    ],
    [
      { kind: 'load', size: 8, signed: false, dst, base: 2, offset: 2 ** 15 },
      /offset is 32768, and must be a whole/,
    ],
    [{ kind: 'load', size: 8, signed: true, dst, base: 2, offset: 0 }, /unknown opcode 0x99/],
    [{ kind: 'constant', dst, value: 2n ** 64n }, /the constant 18446744073709551616 does not fit/],
    [{ kind: 'constant', dst, value: -1n }, /the constant -1 does not fit/],
    [{ kind: 'extend', bits: 32, from: 32, dst, src: 2 }, /offset is 32, and must be/],
    [{ kind: 'atomic', code: 'xchg', fetch: false, size: 8, base: 1, offset: 0, src: 2 }, /imm is 224/],
    [{ kind: 'atomic', code: 'add', fetch: true, size: 8, base: 1, offset: 0, src: 10 }, /src is 10/],
  ]
  const operand = { imm: 0 }
  const mistyped: typeof cases = [
    [
      { kind: 'branch', condition: wrong('='), bits: 64, dst, operand, delta: 0 },
      /condition is =, and must be == or >/,
    ],
    [
      { kind: 'branch', condition: '==', bits: wrong(16), dst, operand, delta: 0 },
      /bits is 16, and must be 32 or 64/,
    ],
    [{ kind: 'arithmetic', code: wrong('nand'), bits: 64, dst, operand }, /code is nand, and must be add or/],
    [{ kind: 'negate', bits: wrong('32 '), dst }, /bits is 32 , and must be 32 or 64/],
    [
      { kind: 'load', size: wrong(3), signed: false, dst, base: 2, offset: 0 },
      /size is 3, and must be 1 or 2 or 4/,
    ],
    [
      { kind: 'atomic', code: wrong('sub'), fetch: true, size: 8, base: 1, offset: 0, src: 2 },
      /code is sub, and/,
    ],
    [
      { kind: 'swap', order: wrong('toString'), width: 16, dst },
      /order is toString, and must be le or be or/,
    ],
    [{ kind: 'swap', order: 'le', width: wrong(8), dst }, /imm is 8, and must be 16 or 32 or 64/],
    [{ kind: 'negate', bits: 64, dst: wrong(-1) }, /dst is -1, and must be a register that may be written/],
    [{ kind: 'negate', bits: 64, dst: wrong(undefined) }, /dst is undefined, and must be a register/],
  ]
  for (const [instruction, message] of [...cases, ...mistyped]) {
    test(`${message}`, () => {
      assert.throws(() => encode([instruction]), refusal('ERR_INSTRUCTION_INVALID', message))
    })
  }
})
