/** The door, for tests; or why there is none here, which they print when they are skipped. */
import { RingbufError } from 'bpf-ringbuf'
import { errnoName } from '#dist/abi/errno-names.js'
import { loadSystem } from '#dist/system/load-system.js'
import type { System } from '#dist/system/system.js'
import { createKernelRing } from './kernel-ring.js'

/** Use it where NO_DOOR is false. */
export const door: System = openDoor()

/** Why tests of the door are skipped here, or false. */
export const NO_DOOR: string | false = closedBecause()

/** Why tests of the kernel's own rings are skipped here, or false. */
export const NO_BPF: string | false = NO_DOOR || refusedBecause()

function openDoor(): System {
  try {
    return loadSystem()
  } catch (error) {
    if (error instanceof RingbufError && error.code === 'ERR_NOT_SUPPORTED') return {} as System
    throw error
  }
}

function closedBecause(): string | false {
  return door.backend === undefined ? `no door to the operating system on ${process.platform}` : false
}

function refusedBecause(): string | false {
  const fd = createKernelRing(door, 4096)
  if (fd < 0) return `bpf(BPF_MAP_CREATE): ${errnoName(-fd)}, needs CAP_BPF`
  door.close(fd)
  return false
}
