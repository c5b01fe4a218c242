/**
 * Keys, values and modes, before a map is asked: whatever a caller hands over, no map sees bytes of another length. What
 * the kernel could tell of them is in `detail.errno`; of bytes that are too few it would read others behind them.
 */
import { checkArray, checkWord, isBytes } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import type { Key, MapInfo, UpdateMode } from './bpf-map.js'
import { BPF_ANY, BPF_EXIST, BPF_NOEXIST } from './flags.js'
import { mapText } from './refusal.js'

/** By the kernel's numbers. */
export const UPDATE_MODES: Readonly<Record<UpdateMode, number>> = {
  any: BPF_ANY,
  noexist: BPF_NOEXIST,
  exist: BPF_EXIST,
}

/** Bytes of the map's length; of a map without keys null, and nothing else. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkKey(info: MapInfo, key: Key): void {
  const { keySize } = info
  if (keySize === 0 ? key === null : isBytes(key) && key.length === keySize) return
  if (keySize > 0) throw wrong(info, 'key', key, keySize)
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${mapText(info)}: it has no keys, so give null`, {
    value: isBytes(key) ? key.length : String(key),
    limit: 0,
    errno: 'EINVAL',
  })
}

/** The same, or null, behind which comes the first. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkKeyBefore(info: MapInfo, key: Key): void {
  if (key !== null) checkKey(info, key)
}

/**
 * @param limit bytes that a value takes: of a per-CPU map, those of all processors together
 * @throws RingbufError ERR_INVALID_ARGUMENT
 */
export function checkValue(info: MapInfo, value: unknown, limit: number): asserts value is Uint8Array {
  if (!isBytes(value) || value.length !== limit) throw wrong(info, 'value', value, limit)
}

/** @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkMode(mode: UpdateMode): void {
  if (Object.hasOwn(UPDATE_MODES, mode)) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `mode '${String(mode)}' must be any, noexist or exist`, {
    value: String(mode),
  })
}

/** How many entries a batch may have. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkBatchSize(max: number): void {
  checkWord('max', max, 1)
}

/** Where a batch goes on: what the last one gave, or null. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkBatchStart(info: MapInfo, from: Uint8Array | null, limit: number): void {
  if (from !== null && (!isBytes(from) || from.length !== limit)) {
    throw wrong(info, 'beginning of a batch', from, limit)
  }
}

/** Keys of the map. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkKeys(info: MapInfo, keys: readonly Uint8Array[]): void {
  checkArray('keys', keys)
  for (const key of keys) {
    if (!isBytes(key) || key.length !== info.keySize) throw wrong(info, 'key', key, info.keySize)
  }
}

/** As many values as keys. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkPairs(keys: readonly unknown[], values: readonly unknown[]): void {
  checkArray('values', values)
  if (keys.length === values.length) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${values.length} values for ${keys.length} keys`, {
    value: values.length,
    limit: keys.length,
  })
}

function wrong(info: MapInfo, which: string, bytes: unknown, limit: number): RingbufError {
  const value = isBytes(bytes) ? bytes.length : String(bytes)
  const found = isBytes(bytes) ? `${value} bytes` : String(bytes)
  return new RingbufError(
    'ERR_INVALID_ARGUMENT',
    `${mapText(info)}: a ${which} takes ${limit} bytes, not ${found}`,
    { value, limit, ...(bytes === null && { errno: 'EFAULT' }) },
  )
}
