/** Mapping the kernel's ring buffers so that they look like ours. */
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_NORESERVE,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
} from './constants.js'
import { must } from './failure.js'
import { Mapping } from './mapping.js'
import type { System } from './system.js'

export interface MapKernelRingOptions {
  /** Bytes of data: the map's max_entries. */
  readonly dataBytes: number
  /** Whose position this process writes: the consumer's (RINGBUF), or the producer's (USER_RINGBUF). */
  readonly side: 'consumer' | 'producer'
}

/**
 * Maps a BPF ring buffer map behind a page of our own, where the kernel keeps its private part, so that the
 * whole looks like a ring of this package. The kernel maps the data twice by itself, and allows one side only.
 *
 *                    RINGBUF      USER_RINGBUF
 *   our own page     read-write   read-write      private to this mapping
 *   consumer page    read-write   read            offset 0 of the map
 *   producer page    read         read-write
 *   data, twice      read         read-write
 *
 * @throws RingbufError ERR_SYSTEM as the kernel refuses
 */
export function mapKernelRing(
  system: System,
  fd: number,
  what: string,
  { dataBytes, side }: MapKernelRingOptions,
): Mapping {
  const page = system.pageBytes
  const length = 3 * page + 2 * dataBytes
  const reserve = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
  // Takes the room first: nobody else can map anything between the parts.
  const address = must(system.mmap(0, length, PROT_NONE, reserve, -1, 0), 'mmap', what)
  const [ours, theirs] = [PROT_READ | PROT_WRITE, PROT_READ]
  const flags = MAP_SHARED | MAP_FIXED
  let answer = system.mprotect(address, page, ours)
  if (answer >= 0) {
    const protection = side === 'consumer' ? ours : theirs
    answer = system.mmap(address + page, page, protection, flags, fd, 0)
  }
  if (answer >= 0) {
    const protection = side === 'producer' ? ours : theirs
    answer = system.mmap(address + 2 * page, page + 2 * dataBytes, protection, flags, fd, page)
  }
  if (answer < 0) system.munmap(address, length)
  must(answer, 'mmap', what, HINTS)
  return new Mapping(system, address, length, what)
}

const HINTS = {
  EPERM: 'the map was frozen, or is no ring buffer of this kind',
  EINVAL: 'its size is another, or the descriptor was opened read-only',
  EACCES: 'the descriptor was opened read-only',
}
