import { O_CLOEXEC, O_RDONLY } from '../system/constants.js'
import { must } from '../system/failure.js'
import type { System } from '../system/system.js'

const PATH = '/sys/devices/system/cpu/possible'

/** Processors that this machine may ever have: so many values has each key of a per-CPU map. */
export function possibleCpus(system: System): number {
  const fd = must(system.open(PATH, O_RDONLY | O_CLOEXEC, 0), 'open', PATH)
  const bytes = new Uint8Array(256)
  const count = system.read(fd, bytes)
  system.close(fd)
  return countCpus(new TextDecoder().decode(bytes.subarray(0, must(count, 'read', PATH))))
}

/** How many a list like `0-3,8` has: up to the highest, since the kernel leaves no gaps in its values. */
export function countCpus(list: string): number {
  const numbers = list.trim().split(/[,-]/).map(Number)
  return Math.max(...numbers) + 1
}
