/// <reference lib="esnext.disposable" preserve="true" />
/** Maps, whoever keeps them: what they are like, how they are described, and their keys and values by types. */

export {
  Arena,
  type ArenaHandle,
  type ArenaMapStatus,
  type ArenaRingOptions,
  type ArenaUse,
  attachArena,
  type CreateArenaOptions,
  createArena,
} from './arena/arena.js'
export { ArenaMap } from './arena/arena-map.js'
export { ArenaRing, type ArenaRingHandle } from './arena/arena-ring.js'
export { RingMap } from './arena/ring-map.js'
export type { Batch, BpfMap, Key, MapInfo, UpdateMode, Value } from './bpf-map.js'
export {
  BPF_F_INNER_MAP,
  BPF_F_MMAPABLE,
  BPF_F_NO_COMMON_LRU,
  BPF_F_NO_PREALLOC,
  BPF_F_NUMA_NODE,
  BPF_F_PRESERVE_ELEMS,
  BPF_F_RDONLY,
  BPF_F_RDONLY_PROG,
  BPF_F_WRONLY,
  BPF_F_WRONLY_PROG,
  BPF_F_ZERO_SEED,
} from './flags.js'
export type { MapType } from './map-type.js'
export { lookupPerCpu, sumPerCpu } from './per-cpu.js'
export {
  type Fitting,
  fitsInner,
  type MapSpec,
  type MapSpecInput,
  mapSpec,
  mapSpecText,
  sameMapSpec,
} from './spec.js'
export type { SpecType } from './spec-rules.js'
export { type Layout, type NumberType, TypedMap, typedMap, type ValueOf } from './typed-map.js'
