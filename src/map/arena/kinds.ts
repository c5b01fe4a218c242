/** What a map of each type is made of. */
import { RingbufError } from '../../abi/error.js'
import { regionBytes } from '../../ring/region.js'
import type { MapInfo } from '../bpf-map.js'
import type { ArenaMap, Home } from './arena-map.js'
import { ArrayMap } from './array-map.js'
import { HashMap } from './hash-map.js'
import { ArrayOfMaps, HashOfMaps } from './map-of-maps.js'
import { mapView } from './map-view.js'
import { arrayPlan, hashPlan, queuePlan } from './plan.js'
import { prepareHash } from './prepare.js'
import { QueueMap } from './queue-map.js'
import { RingMap } from './ring-map.js'

export interface Kind {
  /** Bytes of memory that it takes. */
  bytes(map: MapInfo, users: number): number
  /** Makes zeroed memory a map. */
  prepare?(home: Home): void
  open(home: Home): ArenaMap
}

const hash: Kind = {
  bytes: (map, users) => hashPlan(map, users).bytes,
  prepare: (home) => prepareHash(mapView(home, hashPlan(home.info, home.share.users))),
  open: (home) => new HashMap(home),
}
const array: Kind = {
  bytes: (map, users) => arrayPlan(map, users).bytes,
  open: (home) => new ArrayMap(home),
}
const queue: Kind = {
  bytes: (map) => queuePlan(map).bytes,
  open: (home) => new QueueMap(home),
}

const KINDS: Readonly<Record<string, Kind>> = {
  array,
  percpu_array: array,
  hash,
  percpu_hash: hash,
  lru_hash: hash,
  queue,
  stack: queue,
  array_of_maps: { ...array, open: (home) => new ArrayOfMaps(home) },
  hash_of_maps: { ...hash, open: (home) => new HashOfMaps(home) },
  ringbuf: {
    bytes: (map) => regionBytes(map.maxEntries),
    open: (home) => new RingMap(home),
  },
}

/** Whether maps of this type have buckets and elements, which a dead user may leave half done. */
export function isHash(type: string): boolean {
  return type.includes('hash')
}

/** @throws RingbufError ERR_NOT_SUPPORTED */
export function kindOf(type: string): Kind {
  const kind = KINDS[type]
  if (kind) return kind
  throw new RingbufError(
    'ERR_NOT_SUPPORTED',
    `an arena has no maps of type ${type}: only ${Object.keys(KINDS).join(', ')}`,
    { value: type },
  )
}
