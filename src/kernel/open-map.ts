import { checkOptions, checkWord } from '../abi/check.js'
import { ENOENT } from '../abi/errno.js'
import { RingbufError } from '../abi/error.js'
import { checkMapType, type MapType } from '../map/map-type.js'
import { Descriptor } from '../system/descriptor.js'
import { must } from '../system/failure.js'
import { loadSystem } from '../system/load-system.js'
import type { System } from '../system/system.js'
import { duplicate, takeFrom } from '../system/take-descriptor.js'
import { Attributes, bpf, tryBpf } from './bpf.js'
import { checkDescriptor, checkHolder } from './check-argument.js'
import { KernelMap } from './map.js'
import { mustBeMap } from './map-info.js'
import { openPin } from './pins.js'

export interface OpenMapOptions {
  /** What it must be. Default: any. */
  readonly type?: MapType
}

/** Opens a map by its id. @throws RingbufError ERR_SYSTEM: ENOENT; ERR_INVALID_ARGUMENT if it is of another type */
export function openMapById(id: number, options: OpenMapOptions = {}): KernelMap {
  checkWord('id', id, 1)
  const type = typeOf(options)
  const system = loadSystem()
  const attributes = new Attributes(system, 12).u32(0, id)
  const what = `map ${id}`
  const fd = bpf(system, 'BPF_MAP_GET_FD_BY_ID', attributes, what, {
    ENOENT: 'there is no such map',
    EPERM: 'needs CAP_SYS_ADMIN',
  })
  return checked(system, new Descriptor(system, fd, what), type)
}

/** Opens a map that is pinned. @throws RingbufError ERR_SYSTEM: ENOENT; ERR_INVALID_ARGUMENT if it is no such map */
export function openPinnedMap(path: string, options: OpenMapOptions = {}): KernelMap {
  const type = typeOf(options)
  const system = loadSystem()
  return checked(system, openPin(system, path, `map at '${path}'`), type)
}

/**
 * Opens a map by a descriptor: of this process (inherited, or passed), or of another process of the same user. The
 * descriptor stays open, and its owner's.
 */
export function openMapByFd(
  where: number | { readonly pid: number; readonly fd: number },
  options: OpenMapOptions = {},
): KernelMap {
  const type = typeOf(options)
  const system = loadSystem()
  if (typeof where !== 'number') checkHolder('map', where)
  const { pid, fd } = typeof where === 'number' ? { pid: undefined, fd: where } : where
  checkDescriptor('descriptor', fd)
  if (pid !== undefined) checkWord('pid', pid, 1)
  const what = `map in descriptor ${fd}`
  const file =
    pid === undefined ? duplicate(system, fd, what) : takeFrom(system, pid, fd, `${what} of process ${pid}`)
  return checked(system, file, type)
}

/** The ids of all maps of the machine. @throws RingbufError ERR_SYSTEM: EPERM without CAP_SYS_ADMIN */
export function* mapIds(): Generator<number, void, void> {
  const system = loadSystem()
  for (let id = 0; ; ) {
    const attributes = new Attributes(system, 12).u32(0, id)
    const answer = tryBpf(system, 'BPF_MAP_GET_NEXT_ID', attributes)
    if (answer === -ENOENT) return
    must(answer, 'bpf(BPF_MAP_GET_NEXT_ID)', 'maps', { EPERM: 'needs CAP_SYS_ADMIN' })
    id = attributes.readU32(4)
    yield id
  }
}

function typeOf(options: OpenMapOptions): MapType | undefined {
  checkOptions('options', options)
  const { type } = options
  if (type !== undefined) checkMapType(type)
  return type
}

/** Programs and files answer the same question with something else, or not at all. */
function checked(system: System, file: Descriptor, type: MapType | undefined): KernelMap {
  try {
    mustBeMap(system, file.fd, file.what)
    const map = new KernelMap(system, file)
    if (type === undefined || map.info.type === type) return map
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `${file.what}: '${map.name}' is of type ${map.info.type}, not ${type}`,
      { value: map.info.type, limit: type },
    )
  } catch (error) {
    file.close()
    throw error
  }
}
