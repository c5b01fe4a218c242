import { RingbufError } from '../abi/error.js'
import type { System } from '../system/system.js'
import { Attributes, bpf } from './bpf.js'

export const BPF_MAP_TYPE_RINGBUF = 27
export const BPF_MAP_TYPE_USER_RINGBUF = 31

/** What rings need of `struct bpf_map_info`. */
export interface RingMapInfo {
  readonly type: number
  readonly id: number
  /** Bytes of data. */
  readonly maxEntries: number
  readonly flags: number
  readonly name: string
}

/** Asks the kernel what map this is. @throws RingbufError ERR_SYSTEM, ERR_INVALID_ARGUMENT if it is another */
export function readRingMapInfo(
  system: System,
  fd: number,
  what: string,
  type: number = BPF_MAP_TYPE_RINGBUF,
): RingMapInfo {
  const info = new Uint8Array(80)
  const attributes = new Attributes(system, 16).u32(0, fd).u32(4, info.length).pointer(8, info)
  bpf(system, 'BPF_OBJ_GET_INFO_BY_FD', attributes, what, { EINVAL: 'this is nothing of BPF' })
  const data = new DataView(info.buffer)
  const word = (at: number) => data.getUint32(at, true)
  const name = new TextDecoder().decode(info.subarray(24, 40)).replace(/\0.*$/su, '')
  if (word(0) !== type) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `${what}: '${name}' is a map of type ${word(0)}, not of type ${type} (${TYPE_NAMES[type]})`,
      { value: word(0), limit: type },
    )
  }
  return { type, id: word(4), maxEntries: word(16), flags: word(20), name }
}

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [BPF_MAP_TYPE_RINGBUF]: 'ringbuf',
  [BPF_MAP_TYPE_USER_RINGBUF]: 'user_ringbuf',
}
