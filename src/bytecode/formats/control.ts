import type { Condition } from '../insn.js'
import * as op from '../opcode.js'
import { WIDE_OPCODE } from '../slot.js'
import { type Format, format } from './format.js'

/** Jumps, calls and exit (RFC 9669, section 4.3), and Linux's may_goto. */
export function controlFormats(): Format[] {
  const formats: Format[] = [
    format(op.CLASS_JMP | op.CODE_GOTO, { offset: 's16' }, ({ offset: delta }) => ({
      kind: 'goto',
      far: false,
      delta,
    })),
    format(op.CLASS_JMP32 | op.CODE_GOTO, { imm: 's32' }, ({ imm: delta }) => ({
      kind: 'goto',
      far: true,
      delta,
    })),
    format(op.CLASS_JMP | op.CODE_MAY_GOTO, { offset: 's16' }, ({ offset: delta }) => ({
      kind: 'mayGoto',
      delta,
    })),
    format(op.CLASS_JMP | op.CODE_CALL, { src: op.CALL_HELPER, imm: 's32' }, ({ imm: helper }) => ({
      kind: 'callHelper',
      helper,
    })),
    format(op.CLASS_JMP | op.CODE_CALL, { src: op.CALL_LOCAL, imm: 's32' }, ({ imm: delta }) => ({
      kind: 'callLocal',
      delta,
    })),
    format(
      op.CLASS_JMP | op.CODE_CALL,
      { src: op.CALL_KERNEL, imm: 's32', offset: 's16' },
      ({ imm: id, offset: module }) => ({ kind: 'callKernel', id, module }),
    ),
    format(op.CLASS_JMP | op.CODE_EXIT, {}, () => ({ kind: 'exit' })),
  ]
  for (const [bits, kind] of [[64, op.CLASS_JMP] as const, [32, op.CLASS_JMP32] as const]) {
    for (const [name, code] of Object.entries(op.CONDITIONS)) {
      const condition = name as Condition
      formats.push(
        format(
          kind | op.SOURCE_VALUE | code,
          { dst: 'register', offset: 's16', imm: 's32' },
          ({ dst, imm, offset: delta }) => ({
            kind: 'branch',
            condition,
            bits,
            dst,
            operand: { imm },
            delta,
          }),
        ),
        format(
          kind | op.SOURCE_REGISTER | code,
          { dst: 'register', src: 'register', offset: 's16' },
          ({ dst, src: register, offset: delta }) => ({
            kind: 'branch',
            condition,
            bits,
            dst,
            operand: { register },
            delta,
          }),
        ),
      )
    }
  }
  return formats
}

/** The wide loads, told apart by their source field (RFC 9669, section 5.4). */
export function wideFormats(): Format[] {
  const load = { dst: 'writable', imm: 's32' } as const
  const formats: Format[] = [
    format(
      WIDE_OPCODE,
      { ...load, src: op.WIDE_CONSTANT, next: 's32' },
      ({ dst, imm, next }): ReturnType<Format['read']> => ({
        kind: 'constant',
        dst,
        value: BigInt.asUintN(64, (BigInt(next) << 32n) | BigInt(imm >>> 0)),
      }),
    ),
    format(
      WIDE_OPCODE,
      { ...load, src: op.WIDE_VARIABLE, next: 's32' },
      ({ dst, imm: id, next: module }) => ({ kind: 'variable', dst, id, module }),
    ),
    format(WIDE_OPCODE, { ...load, src: op.WIDE_FUNCTION }, ({ dst, imm: delta }) => ({
      kind: 'function',
      dst,
      delta,
    })),
  ]
  for (const { naming, map, value } of [
    { naming: 'fd', map: op.WIDE_MAP_FD, value: op.WIDE_MAP_VALUE_FD },
    { naming: 'index', map: op.WIDE_MAP_INDEX, value: op.WIDE_MAP_VALUE_INDEX },
  ] as const) {
    formats.push(
      format(WIDE_OPCODE, { ...load, src: map }, ({ dst, imm }) => ({ kind: 'map', dst, naming, map: imm })),
      format(WIDE_OPCODE, { ...load, src: value, next: 's32' }, ({ dst, imm, next: offset }) => ({
        kind: 'mapValue',
        dst,
        naming,
        map: imm,
        offset,
      })),
    )
  }
  return formats
}
