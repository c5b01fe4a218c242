import { isBytes } from '../abi/check.js'
import { decode } from './decode.js'
import { helperName } from './helpers.js'
import type { Bits, Instruction, Operand, RegisterNumber, Size } from './insn.js'
import { ARITHMETIC } from './opcode.js'
import type { Program, Relocation } from './program.js'
import { SLOT_BYTES } from './slot.js'

/**
 * A program as text, a line an instruction, as the kernel's verifier log has it:
 *
 *   4: (85) call bpf_ringbuf_reserve#131
 *   5: (15) if r0 == 0x0 goto pc+2
 *
 * Labels stand on lines of their own, and relocations are named where the kernel has an address.
 *
 * @throws ERR_INSTRUCTION_INVALID these bytes are no program
 */
export function disassemble(program: Uint8Array | Program): string {
  const { bytes, labels, relocations }: Listed = isBytes(program) ? bare(program) : program
  const lines: string[] = []
  for (const { slot, instruction } of decode(bytes)) {
    for (const label of labels) if (label.slot === slot) lines.push(`${label.name}:`)
    const opcode = (bytes[slot * SLOT_BYTES] as number).toString(16).padStart(2, '0')
    const relocation = relocations.find((candidate) => candidate.slot === slot)
    lines.push(`${slot}: (${opcode}) ${textOf(instruction, relocation)}`)
  }
  return lines.join('\n')
}

/** A program whose bytes may lie anywhere. */
type Listed = Pick<Program, 'labels' | 'relocations'> & { readonly bytes: Uint8Array }

function bare(bytes: Uint8Array): Listed {
  return { bytes, labels: [], relocations: [] }
}

/** One instruction, in the kernel's notation; with the name that a relocation gives it. */
export function textOf(instruction: Instruction, relocation?: Relocation): string {
  switch (instruction.kind) {
    case 'arithmetic': {
      const { code, bits, dst, operand } = instruction
      return `${register(dst, bits)} ${ARITHMETIC[code].symbol} ${operandText(operand, bits)}`
    }
    case 'negate': {
      const name = register(instruction.dst, instruction.bits)
      return `${name} = -${name}`
    }
    case 'extend': {
      const { bits, from, dst, src } = instruction
      return `${register(dst, bits)} = (s${from})${register(src, bits)}`
    }
    case 'swap': {
      const { order, width, dst } = instruction
      return `r${dst} = ${order === 'reverse' ? 'bswap' : order}${width} r${dst}`
    }
    case 'load':
      return `r${instruction.dst} = *${place(instruction, instruction.signed)}`
    case 'store':
      return `*${place(instruction)} = ${operandText(instruction.operand, 64)}`
    case 'atomic':
      return atomicText(instruction)
    case 'acquire':
      return `r${instruction.dst} = load_acquire(${place(instruction)})`
    case 'release':
      return `store_release(${place(instruction)}, r${instruction.src})`
    case 'packet': {
      const { size, index, offset } = instruction
      return `r0 = *(u${size * 8} *)skb[${index === null ? '' : `r${index} + `}${offset}]`
    }
    case 'constant':
      return `r${instruction.dst} = 0x${instruction.value.toString(16)}`
    case 'map':
      return `r${instruction.dst} = ${mapText(instruction, relocation)}`
    case 'mapValue':
      return `r${instruction.dst} = ${mapText(instruction, relocation)}[0]${signed(instruction.offset)}`
    case 'variable':
      return `r${instruction.dst} = variable[${relocation?.name ?? `id:${instruction.id}`}]`
    case 'function':
      return `r${instruction.dst} = subprog[${signed(instruction.delta)}]`
    case 'goto':
      return `${instruction.far ? 'gotol' : 'goto'} pc${signed(instruction.delta)}`
    case 'mayGoto':
      return `may_goto pc${signed(instruction.delta)}`
    case 'branch': {
      const { condition, bits, dst, operand, delta } = instruction
      // Conditions show numbers as bits: the kernel prints if r0 s> 0xffffffff for -1.
      const right =
        'register' in operand ? register(operand.register, bits) : `0x${(operand.imm >>> 0).toString(16)}`
      return `if ${register(dst, bits)} ${condition} ${right} goto pc${signed(delta)}`
    }
    case 'callHelper':
      return `call ${helperName(instruction.helper) ?? 'unknown'}#${instruction.helper}`
    case 'callLocal':
      return `call pc${signed(instruction.delta)}`
    case 'callKernel':
      return `call ${relocation?.name ?? 'kernel'}#${instruction.id}`
    case 'exit':
      return 'exit'
  }
}

function atomicText(instruction: Extract<Instruction, { kind: 'atomic' }>): string {
  const { code, fetch, size, src } = instruction
  const at = place(instruction)
  const name = size === 8 ? 'atomic64' : 'atomic'
  if (code === 'cmpxchg') return `r0 = ${name}_cmpxchg(${at}, r0, r${src})`
  if (code === 'xchg') return `r${src} = ${name}_xchg(${at}, r${src})`
  return fetch
    ? `r${src} = ${name}_fetch_${code}(${at}, r${src})`
    : `lock *${at} ${ARITHMETIC[code].symbol} r${src}`
}

function mapText(
  { naming, map }: Extract<Instruction, { kind: 'map' | 'mapValue' }>,
  relocation?: Relocation,
): string {
  return `map[${relocation?.name ?? `${naming}:${map}`}]`
}

function place(
  { size, base, offset }: { size: Size; base: RegisterNumber; offset: number },
  isSigned = false,
): string {
  return `(${isSigned ? 's' : 'u'}${size * 8} *)(r${base} ${signed(offset)})`
}

function operandText(operand: Operand, bits: Bits): string {
  return 'register' in operand ? register(operand.register, bits) : `${operand.imm}`
}

const register = (number: RegisterNumber, bits: Bits) => `${bits === 64 ? 'r' : 'w'}${number}`
const signed = (value: number) => (value < 0 ? `${value}` : `+${value}`)
