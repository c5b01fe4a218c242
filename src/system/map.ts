/** Ways to map memory; each answers a Mapping that its caller owns. */
import { RingbufError } from '../abi/error.js'
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
import { isRegular, mustStatus } from './file-status.js'
import { Mapping } from './mapping.js'
import type { System } from './system.js'

export interface MapFileOptions {
  /** Bytes. The kernel maps whole pages. */
  readonly length: number
  /** Where in the file, in whole pages. Default: 0. */
  readonly offset?: number
  /** Default: 'read-write'. Writing to what is mapped 'read' ends the process. */
  readonly access?: 'read' | 'read-write'
  /** See `must`. */
  readonly hint?: Readonly<Record<string, string>>
}

/**
 * Maps a file, shared with everybody else who maps it. A memfd, a file, or a map of the kernel.
 *
 * @param what in words, for messages
 * @throws RingbufError ERR_SYSTEM as the kernel refuses; ERR_INVALID_ARGUMENT past the end of a file, where
 * the kernel would map pages that end the process when they are touched
 */
export function mapFile(system: System, fd: number, what: string, options: MapFileOptions): Mapping {
  const { length, offset = 0, access, hint } = options
  mustHoldBytes(system, fd, what, offset + length)
  const address = must(
    system.mmap(0, length, protectionOf(access), MAP_SHARED, fd, offset),
    'mmap',
    what,
    hint,
  )
  return new Mapping(system, address, length, what)
}

export interface MapTwiceOptions {
  /** Bytes in front of the data, which are mapped once. Whole pages. */
  readonly headBytes: number
  /** Bytes that are mapped twice. Whole pages. */
  readonly dataBytes: number
  /** Default: 'read-write'. */
  readonly access?: 'read' | 'read-write'
  /** Whether a page of this process alone follows, which may be written. Default: false. */
  readonly privatePage?: boolean
}

/**
 * Maps a ring's file so that its data comes twice, one behind the other: what runs past the end of the data
 * goes on at its start, without being cut in two.
 *
 *   file      | head | data |
 *   mapping   | head | data | data again |
 *
 * @throws RingbufError ERR_SYSTEM, ERR_INVALID_ARGUMENT as `mapFile`
 */
export function mapTwice(
  system: System,
  fd: number,
  what: string,
  { headBytes, dataBytes, access, privatePage = false }: MapTwiceOptions,
): Mapping {
  const once = headBytes + dataBytes
  mustHoldBytes(system, fd, what, once)
  const twice = once + dataBytes
  const length = twice + (privatePage ? system.pageBytes : 0)
  // Takes the room first: nobody else can map anything between the two.
  const reserve = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
  const address = must(system.mmap(0, length, PROT_NONE, reserve, -1, 0), 'mmap', what)
  const protection = protectionOf(access)
  const flags = MAP_SHARED | MAP_FIXED
  let answer = system.mmap(address, once, protection, flags, fd, 0)
  if (answer >= 0) answer = system.mmap(address + once, dataBytes, protection, flags, fd, headBytes)
  if (answer >= 0 && privatePage)
    answer = system.mprotect(address + twice, length - twice, PROT_READ | PROT_WRITE)
  if (answer < 0) system.munmap(address, length)
  must(answer, 'mmap', what)
  return new Mapping(system, address, length, what)
}

/** Zeroed memory of this process, at an address that stays, for structures that the kernel reads or writes. */
export function mapAnonymous(system: System, what: string, length: number): Mapping {
  const flags = MAP_PRIVATE | MAP_ANONYMOUS
  const address = must(system.mmap(0, length, PROT_READ | PROT_WRITE, flags, -1, 0), 'mmap', what)
  return new Mapping(system, address, length, what)
}

function protectionOf(access: 'read' | 'read-write' = 'read-write'): number {
  return access === 'read' ? PROT_READ : PROT_READ | PROT_WRITE
}

/** Maps of the kernel have no size here, and refuse by themselves. */
function mustHoldBytes(system: System, fd: number, what: string, bytes: number): void {
  const status = mustStatus(system, fd, what)
  if (!isRegular(status) || status.sizeBytes >= bytes) return
  throw new RingbufError(
    'ERR_INVALID_ARGUMENT',
    `${what}: cannot map ${bytes} bytes of a file of ${status.sizeBytes}`,
    { value: bytes, maximum: status.sizeBytes },
  )
}
