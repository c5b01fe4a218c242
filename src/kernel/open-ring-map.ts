/** What the consumer of a RINGBUF and the producer of a USER_RINGBUF have in common: a map that is open here. */
import { RingbufError } from '../abi/error.js'
import { PAGE_BYTES } from '../abi/region.js'
import type { MapInfo } from '../map/bpf-map.js'
import { EPOLLIN, EPOLLOUT } from '../system/constants.js'
import type { Descriptor } from '../system/descriptor.js'
import { loadSystem } from '../system/load-system.js'
import { mapKernelRing } from '../system/map-kernel-ring.js'
import type { Mapping } from '../system/mapping.js'
import { mustReadWithoutWriting } from '../system/read-only.js'
import type { System } from '../system/system.js'
import { duplicate } from '../system/take-descriptor.js'
import { checkDescriptor } from './check-argument.js'
import { mustBeMap, readMapInfo } from './map-info.js'
import { RingSignal } from './ring-signal.js'

/** A map of the kernel: anything that has its descriptor, or the number itself. */
export type RingMapPlace = number | { readonly fd: number }

/** A map that is open, mapped and listened to. */
export interface OpenRingMap {
  readonly system: System
  readonly file: Descriptor
  readonly info: MapInfo
  readonly mapping: Mapping
  readonly signal: RingSignal
}

/**
 * Opens a map of this type for this thread. The descriptor that was given stays open, and its owner's.
 *
 * @param checks look at it before it is mapped, and before it is used, and may throw
 * @throws RingbufError ERR_INVALID_ARGUMENT, ERR_SYSTEM, ERR_NOT_SUPPORTED, and what a check throws
 */
export function openRingMap(
  map: RingMapPlace,
  type: 'ringbuf' | 'user_ringbuf',
  checks: {
    readonly info?: (info: MapInfo) => void
    readonly mapping: (mapping: Mapping, info: MapInfo) => void
  },
): OpenRingMap {
  const system = loadSystem()
  const fd = typeof map === 'number' ? map : map?.fd
  if (fd === undefined) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `${String(map)} is no map, and no descriptor of one`, {
      value: String(map),
    })
  }
  checkDescriptor('map', fd)
  const what = `map in descriptor ${fd}`
  const file = duplicate(system, fd, what)
  const opened: { close(): void }[] = [file]
  try {
    mustBeMap(system, file.fd, what)
    const info = readMapInfo(system, file.fd, what)
    mustBeOfType(info, type, what)
    mustHaveUsualPages(system)
    checks.info?.(info)
    mustReadWithoutWriting(`${type} '${info.name}'`)
    const consumes = type === 'ringbuf'
    const name = `${type} '${info.name}'`
    const side = consumes ? 'consumer' : 'producer'
    const mapping = mapKernelRing(system, file.fd, name, { dataBytes: info.maxEntries, side })
    opened.push(mapping)
    checks.mapping(mapping, info)
    const signal = new RingSignal(system, file.fd, name, consumes ? EPOLLIN : EPOLLOUT)
    return { system, file, info, mapping, signal }
  } catch (error) {
    for (const one of opened.reverse()) one.close()
    throw error
  }
}

export function closeRingMap({ signal, mapping, file }: OpenRingMap): void {
  signal.close()
  mapping.close()
  file.close()
}

function mustBeOfType({ type, name }: MapInfo, wanted: string, what: string): void {
  if (type === wanted) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${what}: '${name}' is of type ${type}, not ${wanted}`, {
    value: type,
    limit: wanted,
  })
}

/** The pages of the kernel's rings are those of the machine, and ours are of 4096 bytes. */
function mustHaveUsualPages(system: System): void {
  if (system.pageBytes === PAGE_BYTES) return
  throw new RingbufError(
    'ERR_NOT_SUPPORTED',
    `this machine has pages of ${system.pageBytes} bytes; rings of the kernel are known in pages of ${PAGE_BYTES}`,
    { value: system.pageBytes, limit: PAGE_BYTES },
  )
}
