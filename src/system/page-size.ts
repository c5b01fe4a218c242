import { O_CLOEXEC, O_RDONLY } from './constants.js'
import type { FileCalls } from './system.js'

const AT_PAGESZ = 6n
/** What every processor of numbers.ts has by default. */
const USUAL_BYTES = 4096

/** The size of a page: 4096 on x86-64, up to 65536 elsewhere. The kernel tells each process at its start. */
export function pageBytes(files: FileCalls): number {
  const fd = files.open('/proc/self/auxv', O_RDONLY | O_CLOEXEC, 0)
  if (fd < 0) return USUAL_BYTES
  const bytes = new Uint8Array(2048)
  const pairs = new BigUint64Array(bytes.buffer, 0, Math.max(files.read(fd, bytes), 0) >> 3)
  files.close(fd)
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    if (pairs[i] === AT_PAGESZ) return Number(pairs[i + 1])
  }
  return USUAL_BYTES
}
