/** How the memory of a map is laid out, by what the map is: the drawing is in src/abi/map-region.ts. */
import { MAP_ALIGNMENT } from '../../abi/arena.js'
import {
  ELEMENT_KEY,
  HASH_BUCKET_BYTES,
  HASH_JOURNAL_BYTES,
  HASH_JOURNALS,
  QUEUE_VALUES,
} from '../../abi/map-region.js'
import type { MapInfo } from '../bpf-map.js'
import { isPerCpu } from '../map-type.js'

type Sizes = Pick<MapInfo, 'type' | 'keySize' | 'valueSize' | 'maxEntries'>

export interface Plan {
  /** Bytes of all. */
  readonly bytes: number
  /** Bytes from one value, or element, to the next. */
  readonly stride: number
  /** Bytes of a value as it is looked up: of per-CPU maps, of all processors. */
  readonly valueBytes: number
  /** How many parts a value has: one for each processor. */
  readonly parts: number
  /** Of arrays: bytes from one processor's values to the next one's. */
  readonly partBytes: number
  /** Of queues and stacks: places. Of hashes: buckets. A power of two. */
  readonly places: number
  /** Of hashes. */
  readonly elements: number
  readonly firstElement: number
  /** Of hashes: where in an element its value lies. */
  readonly valueOffset: number
}

const NONE = { places: 1, elements: 0, firstElement: 0, valueOffset: 0, parts: 1, partBytes: 0 }

export function arrayPlan(map: Sizes, users: number): Plan {
  const stride = roundUp(map.valueSize, 8)
  const parts = isPerCpu(map.type) ? users : 1
  // What different processors write lies on different lines.
  const partBytes = roundUp(stride * map.maxEntries, MAP_ALIGNMENT)
  const valueBytes = parts === 1 && !isPerCpu(map.type) ? map.valueSize : stride * parts
  return { ...NONE, bytes: partBytes * parts, stride, valueBytes, parts, partBytes }
}

export function queuePlan(map: Sizes): Plan {
  const stride = roundUp(map.valueSize, 8)
  const places = powerOfTwo(map.maxEntries)
  return { ...NONE, bytes: QUEUE_VALUES + places * stride, stride, valueBytes: map.valueSize, places }
}

export function hashPlan(map: Sizes, users: number): Plan {
  const parts = isPerCpu(map.type) ? users : 1
  const valueStride = roundUp(map.valueSize, 8)
  const valueOffset = ELEMENT_KEY + roundUp(map.keySize, 8)
  const stride = valueOffset + valueStride * parts
  const places = powerOfTwo(map.maxEntries)
  // A spare one for each user: see JOURNAL_SPARE.
  const elements = map.maxEntries + users
  const firstElement = roundUp(
    HASH_JOURNALS + users * HASH_JOURNAL_BYTES + places * HASH_BUCKET_BYTES,
    MAP_ALIGNMENT,
  )
  const valueBytes = isPerCpu(map.type) ? valueStride * parts : map.valueSize
  const bytes = firstElement + elements * stride
  return { ...NONE, bytes, stride, valueBytes, parts, places, elements, firstElement, valueOffset }
}

function roundUp(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, least)))
}
