/** Values of per-CPU maps: one for each possible processor, each in a multiple of 8 bytes. */
import { RingbufError } from '../abi/error.js'
import type { BpfMap, Key, MapInfo } from './bpf-map.js'
import { isPerCpu } from './map-type.js'
import { mapText } from './refusal.js'

/** Bytes from the value of one processor to that of the next. */
export function perCpuStride(valueSize: number): number {
  return Math.ceil(valueSize / 8) * 8
}

/** Bytes that a value takes when it is handed over: of all processors together, or the only one. */
export function valueBytes({ type, valueSize }: MapInfo, processors: () => number): number {
  return isPerCpu(type) ? perCpuStride(valueSize) * processors() : valueSize
}

/**
 * The values of a key, one for each possible processor, by its number: also for those that are not there at the moment.
 * Undefined if there is no such key.
 *
 * @throws RingbufError ERR_INVALID_ARGUMENT if the map has one value for all; as `lookup`
 */
export function lookupPerCpu(map: BpfMap, key: Key): Uint8Array<ArrayBuffer>[] | undefined {
  const { type, valueSize } = map.info
  if (!isPerCpu(type)) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `${mapText(map.info)}: of type ${type}, which has one value for all processors`,
      { value: type },
    )
  }
  const all = map.lookup(key)
  if (!all) return undefined
  const stride = perCpuStride(valueSize)
  return Array.from({ length: all.length / stride }, (_, cpu) =>
    all.subarray(cpu * stride, cpu * stride + valueSize),
  )
}

/**
 * The sum of a counter over all processors: what a program counts for itself on each, like drops. Values of 4 or 8
 * bytes, without a sign. The sum is no moment's: processors count on while it is read. Undefined if there is no such key.
 *
 * @throws RingbufError ERR_INVALID_ARGUMENT if values are no such numbers, or the map has one value for all; as `lookup`
 */
export function sumPerCpu(map: BpfMap, key: Key): bigint | undefined {
  const { valueSize } = map.info
  if (valueSize !== 4 && valueSize !== 8) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `${mapText(map.info)}: a counter has 4 or 8 bytes, not ${valueSize}`,
      { value: valueSize, limit: 8 },
    )
  }
  return lookupPerCpu(map, key)?.reduce((sum, value) => {
    const data = new DataView(value.buffer, value.byteOffset, valueSize)
    return sum + (valueSize === 8 ? data.getBigUint64(0, true) : BigInt(data.getUint32(0, true)))
  }, 0n)
}
