/// <reference lib="esnext.disposable" preserve="true" />
/** The kernel's own ring buffers, through bpf(2). Linux only; needs koffi on Node 20 to 24. */

export type { Batch, BpfMap, Key, MapInfo, UpdateMode, Value } from '../map/bpf-map.js'
export type { MapType } from '../map/map-type.js'
export { type Layout, type NumberType, TypedMap, typedMap, type ValueOf } from '../map/typed-map.js'
export { type AttachXdpOptions, attachRawTracepoint, attachTc, attachToSocket, attachXdp } from './attach.js'
export {
  type AttachTracepointOptions,
  type AttachUprobeOptions,
  attachTracepoint,
  attachUprobe,
} from './attach-perf.js'
export { Attachment } from './attachment.js'
export {
  type CreateMapOptions,
  type CreateRingMapOptions,
  createMap,
  createRingMap,
  createUserRingMap,
} from './create-map.js'
export {
  KernelRing,
  type KernelRingHandle,
  type KernelRingPositions,
  openKernelRing,
} from './kernel-ring.js'
export { KernelTypes, readKernelTypes } from './kernel-types.js'
export {
  type LoadProgramOptions,
  loadProgram,
  ProgramRefusedError,
} from './load-program.js'
export { KernelMap } from './map.js'
export { MappedArray, type MappedOptions } from './mapped-array.js'
export { mapIds, type OpenMapOptions, openMapByFd, openMapById, openPinnedMap } from './open-map.js'
export { openPinnedProgram, openProgramByFd, openProgramById } from './open-program.js'
export type { RingMapPlace } from './open-ring-map.js'
export { type Probe, probeHelper, probeMap, probeProgram, probeRingOverwrite } from './probe.js'
export {
  KernelProgram,
  type TestRunOptions,
  type TestRunResult,
} from './program.js'
export type { ProgramInfo } from './program-info.js'
export type { ProgramType } from './program-type.js'
export { openUserRing, UserRing } from './user-ring.js'
