/**
 * The kernel as judge of the table: for every opcode and many fields, what it calls no instruction is none
 * here, and what is none here it refuses, but for what is listed below.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RingbufError } from 'bpf-ringbuf'
import { decode } from '#dist/bytecode/decode.js'
import type { Fields } from '#dist/bytecode/slot.js'
import { bytesOf } from './support/bytes.js'
import { ARRAY, askKernel, IS_RECENT, MISSING } from './support/kernel.js'

/** What the verifier says of an instruction itself, and not of the program around it. */
const NO_INSTRUCTION =
  /unknown opcode|reserved fields|R1[1-5] is invalid|frame pointer is read only|invalid bpf_ld_imm64|unrecognized bpf_ld_imm64|invalid atomic op|invalid may_goto|invalid BPF_(?:LD|ATOMIC)|unknown atomic|BPF_MOV uses|(?:32|64)-bit byteswap|invalid ldimm64 insn/

/** What it may say before it looks at the fields: of a divisor, a map, or where functions end. */
const EARLIER = /div by zero|fd_idx without fd_array|pseudo btf_id 0|jump out of range from insn 10 to/

/**
 * Where they differ, with the reason.
 *
 * - exit with an offset: the RFC has unused fields zero, Linux does not look.
 * - a move with offset 1: Linux's cast between address spaces, for maps of type arena. Not in the RFC.
 */
const isKnown = ({ opcode, offset }: Fields) =>
  (opcode === 0x95 && offset !== 0) || (opcode === 0xbf && offset === 1)

/** Fields around every border, for every opcode; the interesting one by one, the others at rest. */
function* candidates(): Generator<Fields> {
  for (let opcode = 0; opcode < 256; opcode++) {
    for (const imm of [0, 1, 8, 16, 32, 64, 0x40, 0x50, 0xa1, 0xe0, 0xe1, 0xf0, 0xf1, 0x100, 0x101, 0x110]) {
      for (const src of [0, 1]) yield { opcode, dst: 0, src, offset: 0, imm, next: 0 }
    }
    for (const offset of [1, 2, 8, 16, 24, 32, 64, -1]) {
      for (const src of [0, 1]) yield { opcode, dst: 0, src, offset, imm: 0, next: 0 }
    }
    for (const src of [2, 3, 4, 5, 6, 7, 10, 11, 15])
      yield { opcode, dst: 0, src, offset: 0, imm: 0, next: 0 }
    for (const dst of [1, 10, 11, 15]) {
      for (const imm of [0, 16]) yield { opcode, dst, src: 0, offset: 0, imm, next: 0 }
    }
  }
  for (const src of [0, 1, 2, 3, 4, 5, 6, 7]) yield { opcode: 0x18, dst: 0, src, offset: 0, imm: 0, next: 1 }
}

const rest = { dst: 0, src: 0, offset: 0, imm: 0, next: 0 }
const setRegister = (dst: number): Fields => ({ ...rest, opcode: 0xb7, dst, imm: 8 })
const exit: Fields = { ...rest, opcode: 0x95 }

/**
 * The instruction in a program that is in order otherwise: registers hold numbers, and a branch leads past
 * it, so that everything behind it is reached, and long enough for its jump.
 */
function programAround(fields: Fields): Uint8Array {
  const isJump = (fields.opcode & 7) === 5 || (fields.opcode & 7) === 6
  const distance = isJump ? Math.max(0, fields.offset, fields.opcode === 0x06 ? fields.imm : 0) : 0
  return bytesOf(
    // r6 is the packet, for the loads that want it there.
    { ...rest, opcode: 0xbf, dst: 6, src: 1 },
    ...[0, 1, 2, 3, 4, 5, 7, 8, 9].map(setRegister),
    { ...rest, opcode: 0x15, dst: 1, imm: 9, offset: fields.opcode === 0x18 ? 2 : 1 },
    fields,
    ...Array.from({ length: distance + 1 }, () => setRegister(0)),
    exit,
  )
}

test('for every opcode and many fields, an instruction is what the kernel takes for one', (t) => {
  if (MISSING) return t.skip(MISSING)
  if (!IS_RECENT) return t.skip('this kernel does not know all instructions yet: needs Linux 6.16')
  const all = [...candidates()]
  const answers = askKernel(
    all.map((fields) => {
      const bytes = programAround(fields)
      const takesMap = fields.opcode === 0x18 && (fields.src === 1 || fields.src === 2)
      return takesMap ? { bytes, maps: { array: [ARRAY, 4, 8, 1] }, places: [[11, 'array']] } : { bytes }
    }),
  )
  const differing: string[] = []
  const counted = { instructions: 0, others: 0, undecided: 0 }
  for (const [index, fields] of all.entries()) {
    const { errno, log } = answers[index] as (typeof answers)[number]
    const isRefused = errno !== 0 && NO_INSTRUCTION.test(log)
    const ours = refusalOf(fields)
    counted[ours === null ? 'instructions' : 'others']++
    if (isRefused === (ours !== null) || isKnown(fields)) continue
    if (ours !== null && errno !== 0 && EARLIER.test(log)) counted.undecided++
    else {
      const said = log.trim().split('\n').slice(-2).join(' / ')
      differing.push(`${JSON.stringify(fields)}: ${ours ?? 'an instruction'}; errno ${errno}, ${said}`)
    }
  }
  assert.deepEqual(differing.slice(0, 10), [], `${differing.length} differ`)
  assert.ok(counted.instructions > 1500 && counted.others > 5000, JSON.stringify(counted))
  assert.ok(counted.undecided < 40, JSON.stringify(counted))
  t.diagnostic(JSON.stringify(counted))
})

/** Why it is no instruction here; null if it is one. */
function refusalOf(fields: Fields): string | null {
  try {
    decode(bytesOf(fields))
    return null
  } catch (error) {
    assert.ok(error instanceof RingbufError)
    return error.message
  }
}
