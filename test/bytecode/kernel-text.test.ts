/** The kernel as judge of the text: what it prints of an instruction is what is printed here. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { decode } from '#dist/bytecode/decode.js'
import { textOf } from '#dist/bytecode/disassemble.js'
import { FORMATS } from '#dist/bytecode/formats/table.js'
import { HELPERS } from '#dist/bytecode/helpers.js'
import type { Instruction } from '#dist/bytecode/insn.js'
import type { Fields } from '#dist/bytecode/slot.js'
import { EFFORT, SEED } from '../ring/support/random.js'
import { fieldsOf } from './support/arbitrary.js'
import { bytesOf } from './support/bytes.js'
import { ARRAY, askKernel, IS_RECENT, MISSING, type Request } from './support/kernel.js'

const rest = { dst: 0, src: 0, offset: 0, imm: 0, next: 0 }
const setZero: Fields = { ...rest, opcode: 0xb7 }
const exit: Fields = { ...rest, opcode: 0x95 }

/**
 * What a verifier log prints of each instruction, by slot. Recent kernels list all of them before they look
 * at any, with the registers that are alive; all print those that they come to.
 */
function printed(log: string): Map<number, string[]> {
  const texts = new Map<number, string[]>()
  for (const [, slot, text = ''] of log.matchAll(
    /^ *(\d+): (?:[.0-9]{10} )?(\([0-9a-f]{2}\) .*?)(?: *; .*)?$/gm,
  )) {
    texts.set(Number(slot), [...(texts.get(Number(slot)) ?? []), text])
  }
  return texts
}

/** The kernel has replaced these by addresses when it prints them. */
const hasAddress = ({ kind }: Instruction) => kind === 'map' || kind === 'mapValue'

/** Compares a program's text with the kernel's. Answers how many instructions the kernel printed. */
function compare(bytes: Uint8Array, log: string): number {
  const texts = printed(log)
  const placed = decode(bytes)
  let compared = 0
  for (const { slot, instruction } of placed) {
    const opcode = (bytes[slot * 8] as number).toString(16).padStart(2, '0')
    for (const text of texts.get(slot) ?? []) {
      compared++
      if (hasAddress(instruction)) assert.match(text, /^\(18\) r\d = 0x[0-9a-f]{16}$/)
      else if (instruction.kind === 'function') assert.match(text, /^\(18\) r\d = 0x[0-9a-f]+$/)
      else assert.equal(text, `(${opcode}) ${textOf(instruction)}`, `at ${slot} of\n${log}`)
    }
  }
  if (IS_RECENT) assert.ok(texts.size === placed.length, `not all are printed:\n${log}`)
  return compared
}

/** The same instruction, with jumps that lead to the next one, and descriptors that are maps. */
function tame(fields: Fields): Fields | null {
  const { opcode, src } = fields
  const kind = opcode & 7
  if (opcode === 0x85) return src === 0 ? fields : null
  if (opcode === 0x06) return { ...fields, imm: 1 }
  if (kind === 5 || kind === 6) return { ...fields, offset: opcode === 0x95 ? 0 : 1 }
  if (opcode === 0x18 && src === 2) return { ...fields, next: 8 }
  // By index, or a variable of the kernel: these need more than a program to load.
  if (opcode === 0x18 && src > 2) return null
  return fields
}

/** A program of one instruction, which a branch leads past, so that all of it is reached. */
function requestFor(fields: Fields): Request {
  const past: Fields = { ...rest, opcode: 0x15, dst: 1, offset: fields.opcode === 0x18 ? 2 : 1 }
  const bytes = bytesOf(past, fields, setZero, setZero, exit)
  return fields.opcode === 0x18 && fields.src !== 0
    ? { bytes, maps: { array: [ARRAY, 4, 16, 1] }, places: [[1, 'array']] }
    : { bytes }
}

describe('the text of an instruction is the kernel’s', { skip: MISSING }, () => {
  test('for every row of the table', (t) => {
    const requests = FORMATS.flatMap((row) =>
      fc.sample(fieldsOf(row), { seed: SEED, numRuns: 30 * EFFORT }).flatMap((fields) => {
        const tamed = tame(fields)
        return tamed ? [requestFor(tamed)] : []
      }),
    )
    const answers = askKernel(requests)
    let compared = 0
    for (const [index, { bytes }] of requests.entries()) {
      compared += compare(bytes, answers[index]?.log ?? '')
    }
    t.diagnostic(`${compared} lines of ${requests.length} programs compared, seed ${SEED}`)
    assert.ok(compared > requests.length, `only ${compared}`)
  })

  test('for every helper, and numbers that are none', () => {
    const highest = Math.max(...Object.values(HELPERS))
    const numbers = [...Array(highest + 1).keys(), 100_000].filter((number) => number > 0)
    const requests = numbers.map((imm) => ({ bytes: bytesOf({ ...rest, opcode: 0x85, imm }, exit) }))
    const answers = askKernel(requests)
    for (const [index, { bytes }] of requests.entries()) compare(bytes, answers[index]?.log ?? '')
  })

  test('for programs with jumps in both directions, calls and wide loads', () => {
    const jump = (imm: number, offset: number): Fields => ({ ...rest, opcode: 0x15, dst: 1, imm, offset })
    const program = bytesOf(
      { ...rest, opcode: 0x85, imm: 7 },
      { ...rest, opcode: 0xbf, dst: 1 },
      { ...rest, opcode: 0x18, dst: 6, imm: -2, next: 5 },
      jump(-1, 3),
      { ...rest, opcode: 0x85, src: 1, imm: 4 },
      { ...rest, opcode: 0xe5, offset: 1 },
      { ...rest, opcode: 0x05, offset: -3 },
      setZero,
      exit,
      setZero,
      exit,
    )
    const [answer] = askKernel([{ bytes: program }])
    assert.ok(compare(program, answer?.log ?? '') >= 11)
  })
})
