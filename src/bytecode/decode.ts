import { RingbufError } from '../abi/error.js'
import { matchFormat } from './formats/table.js'
import type { Placed } from './insn.js'
import { readFields, SLOT_BYTES, WIDE_OPCODE } from './slot.js'

/**
 * The instructions of a program, each with its slot. Every field that an instruction does not use must be
 * zero (RFC 9669, section 3.1).
 *
 * What needs more than one instruction to see is left to a verifier: where jumps lead, what follows an
 * exit, what a register holds.
 *
 * @param bytes a program, little endian
 * @throws ERR_INSTRUCTION_INVALID the first thing that is no instruction, and where it stands
 */
export function decode(bytes: Uint8Array): Placed[] {
  if (bytes.length % SLOT_BYTES !== 0) {
    throw new RingbufError(
      'ERR_INSTRUCTION_INVALID',
      `a program of ${bytes.length} bytes: instructions have ${SLOT_BYTES} each`,
      { bytes: bytes.length },
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const placed: Placed[] = []
  let slot = 0
  while (slot * SLOT_BYTES < bytes.length) {
    const { row, fields } = matchFormat(readFields(view, slot), slot)
    placed.push({ slot, instruction: row.read(fields) })
    slot += fields.opcode === WIDE_OPCODE ? 2 : 1
  }
  return placed
}
