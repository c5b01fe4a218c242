import { assert } from '../abi/assert.js'
import { RingbufError } from '../abi/error.js'

/**
 * One slot of a program: 8 bytes, little endian (RFC 9669, section 3.1). Most instructions take one.
 *
 *        7             0 7     4 3     0 15                            0
 *       +---------------+-------+-------+-------------------------------+
 *   +0  |    opcode     |  src  |  dst  |          offset, s16          |
 *       +---------------+-------+-------+-------------------------------+
 *   +4  |                        immediate, s32                         |
 *       +---------------------------------------------------------------+
 *
 * A wide load takes a second slot (section 3.2). It is zero but for its own immediate:
 *
 *       +---------------------------------------------------------------+
 *   +8  |                             zero                              |
 *       +---------------------------------------------------------------+
 *   +12 |                     next immediate, s32                       |
 *       +---------------------------------------------------------------+
 *
 * Jumps, labels and relocations count slots: an instruction after a wide load is two further.
 */
export const SLOT_BYTES = 8
export const SLOT_IMM = 4

/** Opcode of a wide load, {IMM, DW, LD}: the only instruction of two slots. */
export const WIDE_OPCODE = 0x18

/** What fits into the offset, and into an immediate. */
export const OFFSET_MAX = 0x7fff
export const IMM_MAX = 0x7fff_ffff

/** The fields of an instruction, as numbers. `next` is 0 unless it is wide. */
export interface Fields {
  readonly opcode: number
  readonly dst: number
  readonly src: number
  readonly offset: number
  readonly imm: number
  readonly next: number
}

/** Writes an instruction at a slot, as far as its fields hold it. Answers how many slots it took. */
export function writeFields(view: DataView, slot: number, fields: Fields): number {
  const at = slot * SLOT_BYTES
  view.setUint8(at, fields.opcode)
  view.setUint8(at + 1, (fields.src << 4) | fields.dst)
  view.setInt16(at + 2, fields.offset, true)
  view.setInt32(at + SLOT_IMM, fields.imm, true)
  if (fields.opcode !== WIDE_OPCODE) return 1
  view.setUint32(at + SLOT_BYTES, 0)
  view.setInt32(at + SLOT_BYTES + SLOT_IMM, fields.next, true)
  return 2
}

/**
 * Reads the instruction at a slot. Only what has no place in Fields is checked here.
 * @throws ERR_INSTRUCTION_INVALID a wide load has no second slot, or one that is not zero
 */
export function readFields(view: DataView, slot: number): Fields {
  const at = slot * SLOT_BYTES
  const opcode = view.getUint8(at)
  const registers = view.getUint8(at + 1)
  const fields = {
    opcode,
    dst: registers & 15,
    src: registers >>> 4,
    offset: view.getInt16(at + 2, true),
    imm: view.getInt32(at + SLOT_IMM, true),
    next: 0,
  }
  if (opcode !== WIDE_OPCODE) return fields
  const next = at + SLOT_BYTES
  if (next + SLOT_BYTES > view.byteLength || view.getUint32(next) !== 0) {
    throw new RingbufError(
      'ERR_INSTRUCTION_INVALID',
      `instruction ${slot}: a wide load needs a second slot behind it, zero but for its immediate`,
      { instruction: slot, opcode },
    )
  }
  return { ...fields, next: view.getInt32(next + SLOT_IMM, true) }
}

assert(SLOT_IMM * 2 === SLOT_BYTES, 'the immediate is the second half of a slot')
