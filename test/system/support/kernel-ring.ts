import type { System } from '#dist/system/system.js'

const BPF_MAP_CREATE = 0
const BPF_MAP_TYPE_RINGBUF = 27

/** A ring buffer of the kernel. Answers its descriptor, or a negative error number. */
export function createKernelRing(system: System, sizeBytes: number): number {
  const attributes = new Uint8Array(72)
  const data = new DataView(attributes.buffer)
  data.setUint32(0, BPF_MAP_TYPE_RINGBUF, true)
  data.setUint32(12, sizeBytes, true)
  return system.bpf(BPF_MAP_CREATE, attributes)
}
