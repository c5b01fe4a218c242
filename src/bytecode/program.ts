import { RingbufError } from '../abi/error.js'
import { SLOT_BYTES, SLOT_IMM } from './slot.js'

/**
 * A program, as plain data: it can be printed, compared, sent to another thread. What depends on the
 * machine that will run it stands beside the bytes, as relocations.
 */
export interface Program {
  /** Instructions, little endian. Where a relocation stands, the immediate is 0. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly relocations: readonly Relocation[]
  readonly labels: readonly Label[]
}

/** An immediate that whoever loads the program fills in. */
export interface Relocation {
  /**
   * map, mapValue: descriptor of the map. variable, function: BTF id of a variable or function of the
   * kernel.
   */
  readonly kind: 'map' | 'mapValue' | 'variable' | 'function'
  readonly name: string
  /** Slot of the instruction. */
  readonly slot: number
}

export interface Label {
  readonly name: string
  /** Slot that it stands in front of. */
  readonly slot: number
  /** A function of this program begins here, and no jump goes over it. */
  readonly subprogram: boolean
}

/**
 * The bytes of a program with every relocation filled in. The program stays as it is.
 * @param resolve gives the number for a relocation (a descriptor, a BTF id), or undefined if it knows none
 * @throws ERR_PROGRAM_INVALID a name is unknown, or its number is none
 */
export function link(
  program: Program,
  resolve: (relocation: Relocation) => number | undefined,
): Uint8Array<ArrayBuffer> {
  const bytes = program.bytes.slice()
  const view = new DataView(bytes.buffer)
  for (const relocation of program.relocations) {
    const { kind, name, slot } = relocation
    const value = resolve(relocation)
    if (value === undefined || !Number.isInteger(value) || value < 0 || value > 0x7fff_ffff) {
      throw new RingbufError(
        'ERR_PROGRAM_INVALID',
        `instruction ${slot} needs the ${kind} '${name}', which is ${value === undefined ? 'unknown' : value}`,
        { instruction: slot, kind, name },
      )
    }
    view.setInt32(slot * SLOT_BYTES + SLOT_IMM, value, true)
  }
  return bytes
}
