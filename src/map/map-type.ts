import { RingbufError } from '../abi/error.js'

/** Types of maps, by the names that bpftool gives them; the numbers are the kernel's. */
export const MAP_TYPES = {
  hash: 1,
  array: 2,
  prog_array: 3,
  perf_event_array: 4,
  percpu_hash: 5,
  percpu_array: 6,
  stack_trace: 7,
  cgroup_array: 8,
  lru_hash: 9,
  lru_percpu_hash: 10,
  lpm_trie: 11,
  array_of_maps: 12,
  hash_of_maps: 13,
  devmap: 14,
  sockmap: 15,
  cpumap: 16,
  xskmap: 17,
  sockhash: 18,
  cgroup_storage: 19,
  reuseport_sockarray: 20,
  percpu_cgroup_storage: 21,
  queue: 22,
  stack: 23,
  sk_storage: 24,
  devmap_hash: 25,
  struct_ops: 26,
  ringbuf: 27,
  inode_storage: 28,
  task_storage: 29,
  bloom_filter: 30,
  user_ringbuf: 31,
  cgrp_storage: 32,
  arena: 33,
} as const

export type MapType = keyof typeof MAP_TYPES

/** @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkMapType(type: unknown): void {
  if (typeof type === 'string' && Object.hasOwn(MAP_TYPES, type)) return
  const known = Object.keys(MAP_TYPES).join(', ')
  throw new RingbufError('ERR_INVALID_ARGUMENT', `map type '${String(type)}' is none of ${known}`, {
    value: String(type),
  })
}

/** The name of a type, or its number where the kernel is newer than this table. */
export function mapTypeName(number: number): MapType | `type ${number}` {
  const found = Object.entries(MAP_TYPES).find(([, value]) => value === number)
  return found ? (found[0] as MapType) : `type ${number}`
}

/** Whose values are one for each possible processor. */
export function isPerCpu(type: string): boolean {
  return type.includes('percpu')
}

/** Whose values are maps. */
export function holdsMaps(type: string): boolean {
  return type.endsWith('_of_maps')
}

/** Whose values are written as descriptors of something that is open. */
export function holdsDescriptors(type: string): boolean {
  return holdsMaps(type) || DESCRIPTORS.includes(type)
}

const DESCRIPTORS: readonly string[] = [
  'prog_array',
  'perf_event_array',
  'cgroup_array',
  'reuseport_sockarray',
  'sockmap',
  'sockhash',
  'xskmap',
] satisfies MapType[]

/** Whose data lies in one ring, and which have neither keys nor values. */
export function isRing(type: string): boolean {
  return type === 'ringbuf' || type === 'user_ringbuf'
}

/** Which have values in an order, and no keys. */
export function isList(type: string): boolean {
  return type === 'queue' || type === 'stack'
}

/** Which have keys at all: of the others each has but one way in. */
export function hasKeys(type: string): boolean {
  return !isRing(type) && !isList(type) && type !== 'bloom_filter'
}
