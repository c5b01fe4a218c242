/** Maps made by bpf(2) alone: nothing of them is checked here, the kernel answers to each bit. */

import { Attributes, tryBpf } from '#dist/kernel/bpf.js'
import { MAP_TYPES } from '#dist/map/map-type.js'
import type { SpecType } from '#dist/map/spec-rules.js'
import { door } from '../../system/support/door.js'

export interface RawMap {
  readonly type: SpecType
  readonly keySize: number
  readonly valueSize: number
  readonly maxEntries: number
  readonly flags: number
  /** Any text without NUL; of more than 16 bytes the kernel sees 16. */
  readonly name: string
}

/** The descriptor, or a negative error. */
export function createRaw(
  { type, keySize, valueSize, maxEntries, flags, name }: RawMap,
  innerFd = 0,
): number {
  const attributes = new Attributes(door, 72)
    .u32(0, MAP_TYPES[type])
    .u32(4, keySize)
    .u32(8, valueSize)
    .u32(12, maxEntries)
    .u32(16, flags)
    .u32(20, innerFd)
  attributes.bytes.set(new TextEncoder().encode(name).subarray(0, 16), 28)
  return tryBpf(door, 'BPF_MAP_CREATE', attributes)
}
