import { isPerCpu, isRing } from '#dist/map/map-type.js'
import type { RawMap } from './raw-map.js'

const BUCKET_BYTES = 16
const ELEMENT_HEAD_BYTES = 48
const PROCESSORS = 8

/** Bytes that a map takes when it is made, roughly. */
export function memoryOf({ type, keySize, valueSize, maxEntries }: RawMap): number {
  if (isRing(type)) return maxEntries
  const value = Math.ceil(valueSize / 8) * 8 * (isPerCpu(type) ? PROCESSORS : 1)
  const element = type.includes('hash') ? ELEMENT_HEAD_BYTES + BUCKET_BYTES * 2 + keySize + value : value
  return maxEntries * Math.max(element, 8)
}
