import { RingbufError } from '../abi/error.js'
import { matchFormat } from './formats/table.js'
import { type Instruction, type Operand, slotsOf } from './insn.js'
import * as op from './opcode.js'
import { type Fields, SLOT_BYTES, WIDE_OPCODE, writeFields } from './slot.js'

/**
 * Bytes of a program, little endian.
 * @param first the slot that messages call the first one, where these are a part of a program
 * @throws ERR_INSTRUCTION_INVALID a number does not fit, or no instruction has these fields
 */
export function encode(instructions: readonly Instruction[], first = 0): Uint8Array<ArrayBuffer> {
  const slots = instructions.reduce((sum, instruction) => sum + slotsOf(instruction), 0)
  const bytes = new Uint8Array(slots * SLOT_BYTES)
  const view = new DataView(bytes.buffer)
  let slot = 0
  for (const instruction of instructions) {
    const fields = fieldsOf(instruction)
    // The types say all this, but a program may come from elsewhere: what is written can be read again.
    matchFormat(fields, first + slot)
    slot += writeFields(view, slot, fields)
  }
  return bytes
}

/** The fields that say what an instruction says. What they cannot say is found by matchFormat. */
export function fieldsOf(instruction: Instruction): Fields {
  switch (instruction.kind) {
    case 'arithmetic': {
      const { code, offset } = known('code', op.ARITHMETIC, instruction.code)
      return fields(known('bits', ARITHMETIC_CLASS, instruction.bits) | code, {
        dst: instruction.dst,
        offset,
        ...second(instruction.operand),
      })
    }
    case 'negate': {
      const { bits, dst } = instruction
      return fields(known('bits', ARITHMETIC_CLASS, bits) | op.CODE_NEGATE, { dst })
    }
    case 'extend': {
      const { bits, dst, src, from } = instruction
      const opcode = known('bits', ARITHMETIC_CLASS, bits) | op.SOURCE_REGISTER | op.ARITHMETIC.mov.code
      return fields(opcode, { dst, src, offset: from })
    }
    case 'swap': {
      const { order, width: imm, dst } = instruction
      return fields(known('order', SWAP_ORDER, order) | op.CODE_SWAP, { dst, imm })
    }
    case 'load': {
      const { size, signed, dst, base: src, offset } = instruction
      const mode = signed ? op.MODE_MEMSX : op.MODE_MEM
      return fields(op.CLASS_LDX | mode | known('size', op.SIZE, size), { dst, src, offset })
    }
    case 'store': {
      const { size, base: dst, offset, operand } = instruction
      const { opcode, ...rest } = second(operand)
      // Stores have no source bit: a register makes it the class STX.
      const kind = opcode === op.SOURCE_REGISTER ? op.CLASS_STX : op.CLASS_ST
      return fields(kind | op.MODE_MEM | known('size', op.SIZE, size), { dst, offset, ...rest })
    }
    case 'atomic': {
      const { code, fetch, size, base: dst, offset, src } = instruction
      return atomic(size, {
        dst,
        src,
        offset,
        imm: known('code', op.ATOMIC, code) | (fetch ? op.ATOMIC_FETCH : 0),
      })
    }
    case 'acquire': {
      const { size, dst, base: src, offset } = instruction
      return atomic(size, { dst, src, offset, imm: op.ATOMIC_LOAD_ACQUIRE })
    }
    case 'release': {
      const { size, base: dst, src, offset } = instruction
      return atomic(size, { dst, src, offset, imm: op.ATOMIC_STORE_RELEASE })
    }
    case 'packet': {
      const { size, index, offset: imm } = instruction
      const mode = index === null ? op.MODE_ABS : op.MODE_IND
      return fields(op.CLASS_LD | mode | known('size', op.SIZE, size), { src: index ?? 0, imm })
    }
    case 'constant': {
      const { dst, value } = instruction
      if (BigInt.asUintN(64, value) !== value) {
        throw new RingbufError(
          'ERR_INSTRUCTION_INVALID',
          `the constant ${value} does not fit: it is an unsigned number of 64 bits`,
          { value: `${value}` },
        )
      }
      const half = (shift: bigint) => Number(BigInt.asIntN(32, value >> shift))
      return wide(op.WIDE_CONSTANT, { dst, imm: half(0n), next: half(32n) })
    }
    case 'map': {
      const { dst, naming, map: imm } = instruction
      return wide(naming === 'fd' ? op.WIDE_MAP_FD : op.WIDE_MAP_INDEX, { dst, imm })
    }
    case 'mapValue': {
      const { dst, naming, map: imm, offset: next } = instruction
      return wide(naming === 'fd' ? op.WIDE_MAP_VALUE_FD : op.WIDE_MAP_VALUE_INDEX, { dst, imm, next })
    }
    case 'variable':
      return wide(op.WIDE_VARIABLE, {
        dst: instruction.dst,
        imm: instruction.id,
        next: instruction.module,
      })
    case 'function':
      return wide(op.WIDE_FUNCTION, { dst: instruction.dst, imm: instruction.delta })
    case 'goto':
      return instruction.far
        ? fields(op.CLASS_JMP32 | op.CODE_GOTO, { imm: instruction.delta })
        : fields(op.CLASS_JMP | op.CODE_GOTO, { offset: instruction.delta })
    case 'mayGoto':
      return fields(op.CLASS_JMP | op.CODE_MAY_GOTO, { offset: instruction.delta })
    case 'branch': {
      const { condition, bits, dst, operand, delta: offset } = instruction
      const opcode = known('bits', JUMP_CLASS, bits) | known('condition', op.CONDITIONS, condition)
      return fields(opcode, { dst, offset, ...second(operand) })
    }
    case 'callHelper':
      return call(op.CALL_HELPER, { imm: instruction.helper })
    case 'callLocal':
      return call(op.CALL_LOCAL, { imm: instruction.delta })
    case 'callKernel':
      return call(op.CALL_KERNEL, { imm: instruction.id, offset: instruction.module })
    case 'exit':
      return fields(op.CLASS_JMP | op.CODE_EXIT, {})
  }
}

const ARITHMETIC_CLASS = { 32: op.CLASS_ALU, 64: op.CLASS_ALU64 } as const
const JUMP_CLASS = { 32: op.CLASS_JMP32, 64: op.CLASS_JMP } as const
const SWAP_ORDER = {
  le: op.CLASS_ALU | op.SOURCE_VALUE,
  be: op.CLASS_ALU | op.SOURCE_REGISTER,
  reverse: op.CLASS_ALU64 | op.SOURCE_VALUE,
} as const

/** Whatever is not given is unused, and so zero; an opcode that is given is added to the first. */
function fields(opcode: number, given: Partial<Fields>): Fields {
  return { dst: 0, src: 0, offset: 0, imm: 0, next: 0, ...given, opcode: opcode | (given.opcode ?? 0) }
}

/** The source bit, and the field that it speaks of. */
function second(operand: Operand): { opcode: number; src?: number; imm?: number } {
  return 'register' in operand
    ? { opcode: op.SOURCE_REGISTER, src: operand.register }
    : { opcode: op.SOURCE_VALUE, imm: operand.imm }
}

/** What a table says of a word. Without the check, a word that is none would count as 0. */
function known<Table extends object, Word extends keyof Table>(
  what: string,
  table: Table,
  word: Word,
): Table[Word] {
  if (Object.hasOwn(table, word)) return table[word]
  throw new RingbufError(
    'ERR_INSTRUCTION_INVALID',
    `${what} is ${String(word)}, and must be ${Object.keys(table).join(' or ')}`,
    { value: String(word) },
  )
}

const atomic = (size: keyof typeof op.SIZE, given: Partial<Fields>) =>
  fields(op.CLASS_STX | op.MODE_ATOMIC | known('size', op.SIZE, size), given)
const wide = (src: number, given: Partial<Fields>) => fields(WIDE_OPCODE, { src, ...given })
const call = (src: number, given: Partial<Fields>) => fields(op.CLASS_JMP | op.CODE_CALL, { src, ...given })
