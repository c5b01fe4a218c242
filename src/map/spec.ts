/** Maps, described before they are made: data that can be printed, compared, and checked by the kernel's rules. */
import { checkOptions, checkString, checkWord } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { parseBytes, type Size } from '../memory/size.js'
import { BPF_F_INNER_MAP, BPF_F_NUMA_NODE, BPF_F_RDONLY, BPF_F_WRONLY } from './flags.js'
import { checkMapType, hasKeys, holdsMaps, isRing } from './map-type.js'
import { isSpecType, type SpecType, whyNotSo } from './spec-rules.js'

/** What a map is to be. Frozen, and possible: `mapSpec` has checked it. */
export interface MapSpec {
  readonly type: SpecType
  /** Bytes; 0: the map has no keys. */
  readonly keySize: number
  /** Bytes of one value; of a per-CPU map, of one processor's. */
  readonly valueSize: number
  /** Entries; of rings, bytes of data. */
  readonly maxEntries: number
  /** BPF_F_*. BPF_F_NUMA_NODE is among them if, and only if, there is a `numaNode`. */
  readonly flags: number
  /** At most 15 letters, digits, `_` or `.`; may be empty. */
  readonly name: string
  readonly numaNode?: number
  /** Of a map of maps: what those are like that will be put in. */
  readonly inner?: MapSpec
}

export interface MapSpecInput {
  readonly type: SpecType
  /** Default: 4; 0 for rings, queues and stacks. */
  readonly keySize?: number
  /** Default: 4; 0 for rings. */
  readonly valueSize?: number
  /** Entries. Of rings, bytes of data: as a number or like '64 KiB'. */
  readonly maxEntries: Size
  /** Default: 0. */
  readonly flags?: number
  /** Default: none. */
  readonly name?: string
  /** Memory of this node. Whether there is such a node only the kernel knows. Default: any. */
  readonly numaNode?: number
  /** Needed by a map of maps, and only by one. */
  readonly inner?: MapSpecInput
}

/**
 * Describes a map. What is left out gets its default; the rest is checked as Linux 6.18 checks it. Not checked is what
 * only a machine knows: its memory, its nodes, and what the caller may do.
 *
 * @throws RingbufError ERR_MAP_SPEC when no such map can be: `detail` has the field, its value, the limit, and in `errno`
 *   what the kernel answers; ERR_INVALID_ARGUMENT for what is no number, or no type
 */
export function mapSpec(input: MapSpecInput): MapSpec {
  checkOptions('map', input)
  const { type, flags = 0, name = '', numaNode } = input
  checkMapType(type)
  if (!isSpecType(type)) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `maps of type ${type} only the kernel describes`, {
      value: type,
    })
  }
  const { keySize = hasKeys(type) ? 4 : 0, valueSize = isRing(type) ? 0 : 4 } = input
  const maxEntries = isRing(type) ? bytesOf(input.maxEntries) : input.maxEntries
  for (const [what, value] of Object.entries({ keySize, valueSize, maxEntries, flags }))
    checkWord(what, value)
  if (numaNode !== undefined) checkWord('numaNode', numaNode)
  checkString('name', name)
  const node = numaNode ?? ((flags & BPF_F_NUMA_NODE) === 0 ? undefined : 0)
  const inner = innerOf(input)
  const spec: MapSpec = Object.freeze({
    type,
    keySize,
    valueSize,
    maxEntries: maxEntries as number,
    flags: (flags | (node === undefined ? 0 : BPF_F_NUMA_NODE)) >>> 0,
    name,
    ...(node !== undefined && { numaNode: node }),
    ...(inner && { inner }),
  })
  checkPossible(spec)
  return spec
}

/** One line, in the words of `bpftool map`. */
export function mapSpecText(spec: MapSpec): string {
  const { type, name, keySize, valueSize, maxEntries, flags, numaNode, inner } = spec
  return [
    type,
    ...(name === '' ? [] : [`name ${name}`]),
    `key ${keySize}B`,
    `value ${valueSize}B`,
    `max_entries ${maxEntries}`,
    `flags 0x${flags.toString(16)}`,
    ...(numaNode === undefined ? [] : [`numa_node ${numaNode}`]),
    ...(inner ? [`inner [${mapSpecText(inner)}]`] : []),
  ].join('  ')
}

/** Whether two describe the same, their names and inner maps too. */
export function sameMapSpec(a: MapSpec, b: MapSpec): boolean {
  return mapSpecText(a) === mapSpecText(b)
}

/** As much of a map as decides whether it may be put into a map of maps: of a description, or of a map (`info`). */
export interface Fitting {
  readonly type: string
  readonly keySize: number
  readonly valueSize: number
  readonly maxEntries: number
  readonly flags: number
}

/**
 * Whether a map may be put into a map of maps. The number of entries may differ, but of arrays: programs reach into
 * those without a call, so it may only where they were made with BPF_F_INNER_MAP.
 *
 * @param template the `inner` that the map of maps was made with
 */
export function fitsInner(template: Fitting, map: Fitting): boolean {
  return (
    template.type === map.type &&
    template.keySize === map.keySize &&
    template.valueSize === map.valueSize &&
    ownFlags(template) === ownFlags(map) &&
    (template.maxEntries === map.maxEntries || mayDifferInEntries(template))
  )
}

function mayDifferInEntries({ type, flags }: Fitting): boolean {
  return type !== 'array' || (flags & BPF_F_INNER_MAP) !== 0
}

function ownFlags({ flags }: Fitting): number {
  return flags & ~(BPF_F_RDONLY | BPF_F_WRONLY)
}

function bytesOf(size: Size): number {
  const bytes = parseBytes(size)
  if (bytes !== null) return bytes
  throw new RingbufError('ERR_INVALID_ARGUMENT', `maxEntries ${String(size)} is no number of bytes`, {
    value: String(size),
  })
}

function innerOf({ type, inner }: MapSpecInput): MapSpec | undefined {
  if (holdsMaps(type) === (inner !== undefined)) return inner && mapSpec(inner)
  const rule = holdsMaps(type) ? 'needs' : 'has no'
  throw new RingbufError('ERR_INVALID_ARGUMENT', `a map of type ${type} ${rule} \`inner\``, { value: type })
}

function checkPossible(spec: MapSpec): void {
  const broken = whyNotSo(spec)
  if (!broken) return
  const { field, value, rule, limit, errno } = broken
  throw new RingbufError(
    'ERR_MAP_SPEC',
    `${spec.type} '${spec.name}': ${field} ${value} ${rule} (the kernel: ${errno})`,
    { field, value, errno, ...(limit !== undefined && { limit }) },
  )
}
