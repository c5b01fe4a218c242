import { checkOptions, checkWord } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { BPF_F_RB_OVERWRITE } from '../abi/flags.js'
import { BPF_F_NUMA_NODE } from '../map/flags.js'
import { checkMapType, hasKeys, holdsMaps, isRing, MAP_TYPES, type MapType } from '../map/map-type.js'
import { mapText } from '../map/refusal.js'
import type { MapSpec } from '../map/spec.js'
import { parseBytes, type Size } from '../memory/size.js'
import { Descriptor } from '../system/descriptor.js'
import { loadSystem } from '../system/load-system.js'
import { Attributes, bpf } from './bpf.js'
import { checkHolder, checkObjectName } from './check-argument.js'
import { KernelMap } from './map.js'

export interface CreateMapOptions {
  readonly type: MapType
  /** Bytes. Default: 4; 0 for rings, queues, stacks and bloom filters. */
  readonly keySize?: number
  /** Bytes. Default: 4; 0 for rings. */
  readonly valueSize?: number
  readonly maxEntries: number
  /** At most 15 letters, digits, `_` or `.`. Default: none. */
  readonly name?: string
  /** BPF_F_*. Default: 0. */
  readonly flags?: number
  /** Memory of this node (BPF_F_NUMA_NODE is set with it). */
  readonly numaNode?: number
  /** Of a map of maps: a map like those that will be put in, which it does not hold; or one described by `mapSpec`. */
  readonly inner?: { readonly fd: number } | MapSpec
}

export interface CreateRingMapOptions {
  /** Bytes of data: a power of two and whole pages, as a number or like '64 KiB'. */
  readonly size: Size
  readonly name?: string
  readonly flags?: number
  readonly numaNode?: number
}

/**
 * Makes a map in the kernel: by options, which only the kernel judges, or as `mapSpec` has described it.
 *
 * @throws RingbufError ERR_SYSTEM as the kernel refuses, with a hint; ERR_INVALID_ARGUMENT, ERR_NOT_SUPPORTED
 */
export function createMap(options: CreateMapOptions): KernelMap {
  checkOptions('options', options)
  const { type, maxEntries, name = '', numaNode, inner } = options
  checkMapType(type)
  checkObjectName(name)
  if (isSpec(inner)) {
    using template = createMap(inner)
    return createMap({ ...options, inner: template })
  }
  const { keySize = hasKeys(type) ? 4 : 0, valueSize = isRing(type) ? 0 : 4 } = options
  const words = { keySize, valueSize, maxEntries, flags: options.flags ?? 0, numaNode: numaNode ?? 0 }
  for (const [what, value] of Object.entries(words)) checkWord(what, value)
  const flags = words.flags | (numaNode === undefined ? 0 : BPF_F_NUMA_NODE)
  if (holdsMaps(type) && inner === undefined) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `a map of type ${type} needs \`inner\`, a map to go by`)
  }
  if (inner !== undefined) checkHolder('inner', inner)
  const system = loadSystem()
  const attributes = new Attributes(system, 72)
    .u32(0, MAP_TYPES[type])
    .u32(4, keySize)
    .u32(8, valueSize)
    .u32(12, maxEntries)
    .u32(16, flags)
    .u32(20, inner?.fd ?? 0)
    .u32(24, numaNode ?? 0)
    .name(28, name)
  const what = mapText({ type, name })
  const fd = bpf(system, 'BPF_MAP_CREATE', attributes, what, {
    EINVAL: whyInvalid(type, flags),
    ENOMEM: 'there is not so much memory',
    E2BIG: isRing(type) ? 'this kernel has no rings so large' : 'it is larger than this kernel allows',
    EPERM: 'needs CAP_BPF',
  })
  const file = new Descriptor(system, fd, what)
  try {
    return new KernelMap(system, file)
  } catch (error) {
    file.close()
    throw error
  }
}

/** A BPF_MAP_TYPE_RINGBUF map: programs produce, `openKernelRing` consumes. Errors as `createMap`. */
export function createRingMap(options: CreateRingMapOptions): KernelMap {
  return createMap({ ...options, type: 'ringbuf', maxEntries: bytesOf(options) })
}

/** A BPF_MAP_TYPE_USER_RINGBUF map: `openUserRing` produces, programs drain it. Errors as `createMap`. */
export function createUserRingMap(options: CreateRingMapOptions): KernelMap {
  return createMap({ ...options, type: 'user_ringbuf', maxEntries: bytesOf(options) })
}

function isSpec(inner: CreateMapOptions['inner']): inner is MapSpec {
  return typeof inner === 'object' && inner !== null && 'maxEntries' in inner
}

function bytesOf(options: CreateRingMapOptions): number {
  checkOptions('options', options)
  const bytes = parseBytes(options.size)
  // Whether it is a power of two the kernel judges.
  if (bytes !== null) return bytes
  throw new RingbufError('ERR_RING_SIZE', `ring size ${String(options.size)} is no number of bytes`, {
    value: String(options.size),
  })
}

/** Types whose keys and values the kernel wants to know by BTF, which is not told here. */
const TYPED: readonly MapType[] = [
  'sk_storage',
  'inode_storage',
  'task_storage',
  'cgrp_storage',
  'struct_ops',
]

function whyInvalid(type: MapType, flags: number): string {
  if (TYPED.includes(type))
    return 'maps of this type want types of their keys and values (BTF), which none has here'
  if (!isRing(type)) {
    return 'sizes, entries and flags must be those that this type takes'
  }
  if ((flags & BPF_F_RB_OVERWRITE) !== 0) return 'rings that overwrite (BPF_F_RB_OVERWRITE) need Linux 6.19'
  const node = (flags & BPF_F_NUMA_NODE) === 0 ? '' : ', and the node one that is there'
  return `max_entries must be a power of two and whole pages, key and value size 0, and no other flags${node}`
}
