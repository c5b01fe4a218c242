/** Which maps can be, by the rules of Linux 6.18, in the order in which it asks: the first that is broken is its answer. */
import { BPF_F_RB_OVERWRITE } from '../abi/flags.js'
import {
  BPF_F_INNER_MAP,
  BPF_F_MMAPABLE,
  BPF_F_NO_COMMON_LRU,
  BPF_F_NO_PREALLOC,
  BPF_F_NUMA_NODE,
  BPF_F_PRESERVE_ELEMS,
  BPF_F_RDONLY,
  BPF_F_RDONLY_PROG,
  BPF_F_TOKEN_FD,
  BPF_F_WRONLY,
  BPF_F_WRONLY_PROG,
  BPF_F_ZERO_SEED,
} from './flags.js'
import { holdsMaps } from './map-type.js'
import type { MapSpec } from './spec.js'

/** A rule that a map breaks. */
export interface Broken {
  readonly field: keyof MapSpec
  readonly value: number | string
  /** What it must be, in words. */
  readonly rule: string
  readonly limit?: number
  readonly errno: 'EINVAL' | 'E2BIG' | 'ENOTSUPP'
}

type Rule = (spec: MapSpec) => Broken | undefined
type SizeField = 'keySize' | 'valueSize' | 'maxEntries'

const PAGE_BYTES = 4096
/** What kmalloc gives at most, which one element of a hash or queue must be had by. */
const KMALLOC_MOST = 4 * 2 ** 20
/** What a hash puts in front of each key. */
const ELEMENT_HEAD_BYTES = 48
/** The least that every processor has of per-CPU memory. */
const PER_CPU_MOST = 32 * 1024
const INT_MOST = 2 ** 31 - 1
/** More than so many make buckets, 16 bytes each, whose bytes no 32 bits count. */
const HASH_ENTRIES_MOST = 2 ** 27

const ACCESS = BPF_F_RDONLY | BPF_F_WRONLY | BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG

const exactly =
  (field: SizeField, limit: number): Rule =>
  ({ [field]: value }) =>
    value === limit ? undefined : { field, value, rule: `must be ${limit}`, limit, errno: 'EINVAL' }

const notZero =
  (field: SizeField): Rule =>
  ({ [field]: value }) =>
    value > 0 ? undefined : { field, value, rule: 'must be at least 1', limit: 1, errno: 'EINVAL' }

const atMost =
  (field: SizeField, limit: number): Rule =>
  ({ [field]: value }) =>
    value <= limit ? undefined : { field, value, rule: `must be at most ${limit}`, limit, errno: 'E2BIG' }

const onlyFlags =
  (known: number): Rule =>
  ({ flags }) =>
    flagsUnless((flags & ~(known | BPF_F_TOKEN_FD)) === 0, flags, `may have no flags but ${hex(known)}`)

const notBoth =
  (one: number, other: number): Rule =>
  ({ flags }) =>
    flagsUnless(
      (flags & one) === 0 || (flags & other) === 0,
      flags,
      `must not have both ${hex(one)} and ${hex(other)}`,
    )

function flagsUnless(
  isSo: boolean,
  flags: number,
  rule: string,
  errno: Broken['errno'] = 'EINVAL',
): Broken | undefined {
  return isSo ? undefined : { field: 'flags', value: hex(flags), rule, errno }
}

function hex(flags: number): string {
  return `0x${flags.toString(16)}`
}

const ringBytes: Rule = ({ maxEntries }) =>
  maxEntries >= PAGE_BYTES && Number.isInteger(Math.log2(maxEntries))
    ? undefined
    : {
        field: 'maxEntries',
        value: maxEntries,
        rule: `must be a power of two, and whole pages of ${PAGE_BYTES} bytes`,
        limit: PAGE_BYTES,
        errno: 'EINVAL',
      }

const perCpuHasNoNode: Rule = ({ flags }) =>
  flagsUnless((flags & BPF_F_NUMA_NODE) === 0, flags, 'of a map with a value for each processor name no node')

const onePerCpuListHasNoNode: Rule = ({ flags }) =>
  flagsUnless(
    (flags & BPF_F_NUMA_NODE) === 0 || (flags & BPF_F_NO_COMMON_LRU) === 0,
    flags,
    'name no node where each processor has a list of its own',
  )

const lruIsPreallocated: Rule = ({ flags }) =>
  flagsUnless(
    (flags & BPF_F_NO_PREALLOC) === 0,
    flags,
    'must not have 0x1: an LRU is allocated at once',
    'ENOTSUPP',
  )

/** An element, with what the kernel puts in front, in one piece. */
const elementFits: Rule = ({ keySize, valueSize }) => {
  const limit = KMALLOC_MOST - ELEMENT_HEAD_BYTES - 1
  if (keySize + valueSize <= limit) return undefined
  const rule = `with its value of ${valueSize} must be at most ${limit} together`
  return { field: 'keySize', value: keySize, rule, limit, errno: 'E2BIG' }
}

/** Nobody gives one here: its descriptor would be 0. */
const noToken: Rule = ({ flags }) =>
  flagsUnless((flags & BPF_F_TOKEN_FD) === 0, flags, 'must not have 0x10000: there is no token')

const oneLevel: Rule = ({ inner }) =>
  inner && holdsMaps(inner.type)
    ? { field: 'inner', value: inner.type, rule: 'must be no map of maps itself', errno: 'EINVAL' }
    : undefined

const named: Rule = ({ name }) =>
  /^[A-Za-z0-9_.]{0,15}$/.test(name)
    ? undefined
    : {
        field: 'name',
        value: name,
        rule: "must be at most 15 letters, digits, '_' or '.'",
        limit: 15,
        errno: 'EINVAL',
      }

const programAccess = notBoth(BPF_F_RDONLY_PROG, BPF_F_WRONLY_PROG)

const ARRAY_FLAGS = BPF_F_NUMA_NODE | ACCESS
const array = (flags: number): Rule[] => [
  notZero('maxEntries'),
  exactly('keySize', 4),
  notZero('valueSize'),
  onlyFlags(flags),
  programAccess,
]
/** Values are descriptors, and programs do with them as they must. */
const DESCRIPTOR_FLAGS = BPF_F_NUMA_NODE | BPF_F_RDONLY | BPF_F_WRONLY
const descriptor = exactly('valueSize', 4)

const HASH_FLAGS = BPF_F_NO_PREALLOC | BPF_F_NUMA_NODE | ACCESS | BPF_F_ZERO_SEED
const hash = (flags: number, ...own: readonly Rule[]): Rule[] => [
  onlyFlags(flags),
  programAccess,
  ...own,
  notZero('maxEntries'),
  notZero('keySize'),
  notZero('valueSize'),
  elementFits,
]

const list = [
  notZero('maxEntries'),
  exactly('keySize', 0),
  notZero('valueSize'),
  onlyFlags(BPF_F_NUMA_NODE | ACCESS),
  programAccess,
  atMost('valueSize', KMALLOC_MOST),
]

const ring = (flags: number): Rule[] => [
  onlyFlags(BPF_F_NUMA_NODE | flags),
  exactly('keySize', 0),
  exactly('valueSize', 0),
  ringBytes,
]

/** The kernel rounds values up to 8 bytes before it compares. */
const perCpuValue = atMost('valueSize', PER_CPU_MOST)
const buckets = atMost('maxEntries', HASH_ENTRIES_MOST)

/** Before anything is allocated. */
const RULES = {
  ringbuf: ring(BPF_F_RB_OVERWRITE),
  user_ringbuf: ring(0),
  array: [...array(ARRAY_FLAGS | BPF_F_MMAPABLE | BPF_F_INNER_MAP), atMost('valueSize', INT_MOST)],
  percpu_array: [...array(ARRAY_FLAGS), perCpuHasNoNode, perCpuValue],
  perf_event_array: [descriptor, ...array(DESCRIPTOR_FLAGS | BPF_F_PRESERVE_ELEMS)],
  array_of_maps: [descriptor, ...array(DESCRIPTOR_FLAGS)],
  hash: hash(HASH_FLAGS),
  percpu_hash: [...hash(HASH_FLAGS, perCpuHasNoNode), perCpuValue],
  lru_hash: hash(HASH_FLAGS | BPF_F_NO_COMMON_LRU, lruIsPreallocated, onePerCpuListHasNoNode),
  hash_of_maps: [descriptor, ...hash(HASH_FLAGS)],
  queue: list,
  stack: list,
} satisfies Record<string, readonly Rule[]>

/** The types that are described here; all others of `MapType` only the kernel knows. */
export type SpecType = keyof typeof RULES

export const SPEC_TYPES = Object.keys(RULES) as readonly SpecType[]

export function isSpecType(type: string): type is SpecType {
  return Object.hasOwn(RULES, type)
}

/** The first rule that it breaks, if it breaks one. */
export function whyNotSo(spec: MapSpec): Broken | undefined {
  for (const rule of rulesOf(spec.type)) {
    const broken = rule(spec)
    if (broken) return broken
  }
  return undefined
}

function rulesOf(type: SpecType): readonly Rule[] {
  return [
    notBoth(BPF_F_RDONLY, BPF_F_WRONLY),
    ...RULES[type],
    noToken,
    oneLevel,
    ...(type.includes('hash') ? [buckets] : []),
    // Last of all: the kernel has made the map by then.
    named,
  ]
}
