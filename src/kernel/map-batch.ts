/** Many elements of a map with one call. */
import { ENOENT, ENOSPC } from '../abi/errno.js'
import type { Batch } from '../map/bpf-map.js'
import type { System } from '../system/system.js'
import { Attributes, tryBpf } from './bpf.js'

/** What bpf(2) has to know of a map to move its elements. */
export interface BatchMap {
  readonly fd: number
  readonly keyBytes: number
  readonly valueBytes: number
  /** Of what says where a batch ended: of hashes the number of a bucket, of all others a key. */
  readonly cursorBytes: number
}

type Reading = 'BPF_MAP_LOOKUP_BATCH' | 'BPF_MAP_LOOKUP_AND_DELETE_BATCH'
type Writing = 'BPF_MAP_UPDATE_BATCH' | 'BPF_MAP_DELETE_BATCH'

/**
 * Reads some elements, or takes them out. Answers the negative error of the kernel, if it gives one.
 *
 * @param room how many; more where one bucket of a hash holds more, since the kernel gives buckets whole
 */
export function readBatch(
  system: System,
  command: Reading,
  map: BatchMap,
  room: number,
  from: Uint8Array | null,
): Batch | number {
  const { keyBytes, valueBytes, cursorBytes } = map
  const keys = new Uint8Array(room * keyBytes)
  const values = new Uint8Array(room * valueBytes)
  const cursor = new Uint8Array(cursorBytes)
  const attributes = batchOf(system, map, room, keys, values)
    .pointer(0, from ?? undefined)
    .pointer(8, cursor)
  const answer = tryBpf(system, command, attributes)
  if (answer === -ENOSPC) return readBatch(system, command, map, room * 2, from)
  if (answer < 0 && answer !== -ENOENT) return answer
  const count = attributes.readU32(32)
  return {
    keys: split(keys, count, keyBytes),
    values: split(values, count, valueBytes),
    next: answer === -ENOENT ? undefined : cursor,
  }
}

/** Sets elements, or takes them out: `values` is undefined. Answers the kernel's answer, and how many were done. */
export function writeBatch(
  system: System,
  command: Writing,
  map: BatchMap,
  keys: readonly Uint8Array[],
  values: readonly Uint8Array[] | undefined,
): { readonly answer: number; readonly done: number } {
  const attributes = batchOf(
    system,
    map,
    keys.length,
    join(keys, map.keyBytes),
    values && join(values, map.valueBytes),
  )
  const answer = tryBpf(system, command, attributes)
  const count = attributes.readU32(32)
  // What fails has not done all: so where the count still says so, the kernel had not even begun.
  return { answer, done: answer < 0 && count === keys.length ? 0 : count }
}

function batchOf(
  system: System,
  map: BatchMap,
  count: number,
  keys: Uint8Array,
  values: Uint8Array | undefined,
): Attributes {
  return new Attributes(system, 56).pointer(16, keys).pointer(24, values).u32(32, count).u32(36, map.fd)
}

function split(bytes: Uint8Array<ArrayBuffer>, count: number, size: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: count }, (_, i) => bytes.slice(i * size, (i + 1) * size))
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(parts.length * size)
  parts.forEach((part, i) => {
    bytes.set(part, i * size)
  })
  return bytes
}
