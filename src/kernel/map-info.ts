import { EBADF, EINVAL } from '../abi/errno.js'
import { RingbufError } from '../abi/error.js'
import type { MapInfo } from '../map/bpf-map.js'
import { mapTypeName } from '../map/map-type.js'
import { O_CLOEXEC, O_RDONLY } from '../system/constants.js'
import { must } from '../system/failure.js'
import type { System } from '../system/system.js'
import { Attributes, bpf, tryBpf } from './bpf.js'

/** Up to the name. */
const INFO_BYTES = 40

/** @throws RingbufError ERR_SYSTEM: EINVAL when the descriptor is nothing of BPF */
export function readMapInfo(system: System, fd: number, what: string): MapInfo {
  const bytes = new Uint8Array(INFO_BYTES)
  const attributes = new Attributes(system, 16).u32(0, fd).u32(4, bytes.length).pointer(8, bytes)
  bpf(system, 'BPF_OBJ_GET_INFO_BY_FD', attributes, what, {
    EINVAL: 'this is nothing of BPF',
    EPERM: 'needs CAP_BPF',
  })
  const data = new DataView(bytes.buffer)
  const word = (at: number) => data.getUint32(at, true)
  return {
    type: mapTypeName(word(0)),
    id: word(4),
    keySize: word(8),
    valueSize: word(12),
    maxEntries: word(16),
    flags: word(20),
    name: new TextDecoder().decode(bytes.subarray(24, 40)).replace(/\0.*$/su, ''),
  }
}

/**
 * What /proc tells of a descriptor of a map: sizes in memory, whether it is frozen, and the like.
 *
 * @throws RingbufError ERR_SYSTEM: ENOENT where /proc is not mounted
 */
export function readFdinfo(system: System, fd: number): Readonly<Record<string, string>> {
  const path = `/proc/self/fdinfo/${fd}`
  const file = must(system.open(path, O_RDONLY | O_CLOEXEC, 0), 'open', path, {
    ENOENT: '/proc is not mounted',
  })
  const bytes = new Uint8Array(4096)
  const answer = system.read(file, bytes)
  system.close(file)
  const count = must(answer, 'read', path)
  const lines = new TextDecoder().decode(bytes.subarray(0, count)).trim().split('\n')
  return Object.fromEntries(lines.map((line) => line.split(/:\s*/, 2) as [string, string]))
}

/**
 * Whether a descriptor is of a map. Programs and files have descriptors too, and programs even answer the question
 * above. Only maps have a next key, or refuse to tell one in a way of their own.
 */
export function isMap(system: System, fd: number): boolean {
  const attributes = new Attributes(system, 24).u32(0, fd)
  const answer = tryBpf(system, 'BPF_MAP_GET_NEXT_KEY', attributes)
  return answer !== -EINVAL && answer !== -EBADF
}

/** @throws RingbufError ERR_INVALID_ARGUMENT if it is no map */
export function mustBeMap(system: System, fd: number, what: string): void {
  if (isMap(system, fd)) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${what} is no map`, { value: what })
}
