/// <reference lib="esnext.disposable" preserve="true" />
/** The kernel's own ring buffers, through bpf(2). Linux only; needs koffi on Node 20 to 24. */

export {
  KernelRing,
  type KernelRingHandle,
  type KernelRingPositions,
  openKernelRing,
} from './kernel-ring.js'
export type { RingMapPlace } from './open-ring-map.js'
export { openUserRing, UserRing } from './user-ring.js'
