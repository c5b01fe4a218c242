import { EINVAL } from '../abi/errno.js'
import type { System } from '../system/system.js'
import { Attributes, bpf, tryBpf } from './bpf.js'
import { type ProgramType, programTypeName } from './program-type.js'

/** What the kernel knows of a program: `struct bpf_prog_info`. */
export interface ProgramInfo {
  readonly type: ProgramType | `type ${number}`
  readonly id: number
  readonly name: string
  /** Hash of the program's text, 16 hexadecimal digits. */
  readonly tag: string
  /** User id of whoever loaded it. */
  readonly userId: number
  /** How many maps it uses. */
  readonly maps: number
}

/** Up to the name. */
const INFO_BYTES = 80

/** @throws RingbufError ERR_SYSTEM */
export function readProgramInfo(system: System, fd: number, what: string): ProgramInfo {
  const bytes = new Uint8Array(INFO_BYTES)
  const attributes = new Attributes(system, 16).u32(0, fd).u32(4, bytes.length).pointer(8, bytes)
  bpf(system, 'BPF_OBJ_GET_INFO_BY_FD', attributes, what)
  const word = (at: number) => new DataView(bytes.buffer).getUint32(at, true)
  return {
    type: programTypeName(word(0)),
    id: word(4),
    tag: Array.from(bytes.subarray(8, 16), (byte) => byte.toString(16).padStart(2, '0')).join(''),
    userId: word(48),
    maps: word(52),
    name: new TextDecoder().decode(bytes.subarray(64, 80)).replace(/\0.*$/su, ''),
  }
}

/**
 * Whether a descriptor is of a program. Maps and files have descriptors too, and maps even answer the question above.
 * A program is asked to use a map that there is not: it is refused for the map (EBADF), and what is no program for
 * itself (EINVAL).
 */
export function isProgram(system: System, fd: number): boolean {
  const attributes = new Attributes(system, 16).u32(0, fd).u32(4, NO_DESCRIPTOR).u32(8, 0)
  return tryBpf(system, 'BPF_PROG_BIND_MAP', attributes) !== -EINVAL
}

const NO_DESCRIPTOR = 0x7fff_ffff
