import { RingbufError } from '../abi/error.js'
import type { Descriptor } from '../system/descriptor.js'
import { loadSystem } from '../system/load-system.js'
import { mapTwice } from '../system/map.js'
import { mustReadWithoutWriting } from '../system/read-only.js'
import type { System } from '../system/system.js'
import { FutexBed } from './futex-bed.js'
import { countFutexUsers } from './futex-watch.js'
import {
  createFileFor,
  createNamelessFile,
  duplicateFile,
  measureFile,
  openFile,
  openFileOf,
  publish,
  unlinkFile,
} from './ring-file.js'
import type { RingAccess, RingMemory } from './ring-memory.js'
import { openWindow } from './wasm-window.js'

/** The memory of a ring in a file, mapped so that its data comes twice. Its owner closes it. */
export interface MappedMemory extends RingMemory {
  /** Its descriptor of the file: it stays open as long as this is. */
  readonly fd: number
  /** The process that this is. */
  readonly pid: number
  /** Which file it is, for as long as anybody has it open. */
  readonly fileId: string
  /** Bytes of data, by the size of the file. */
  readonly dataBytes: number
  /** Gives the file a name. Answers false when another file has it. */
  publish(path: string): boolean
  /** Unmaps it; views of it are empty from then on. */
  close(): void
}

export interface CreateMappedMemoryOptions {
  /** For people, in /proc. */
  readonly name: string
  readonly headBytes: number
  readonly dataBytes: number
  /** The name that it will be published under, if it will. */
  readonly path?: string | undefined
  readonly mode?: number | undefined
}

/**
 * New memory in a file of its own, zeroed; nobody else can open it yet.
 *
 * @throws RingbufError ERR_NOT_SUPPORTED, ERR_SYSTEM
 */
export function createMappedMemory(options: CreateMappedMemoryOptions): MappedMemory {
  const { name, headBytes, dataBytes, path, mode } = options
  const system = loadSystem()
  const bytes = headBytes + dataBytes
  const file =
    path === undefined ? createNamelessFile(system, name, bytes) : createFileFor(system, path, bytes, mode)
  return mapOrClose(system, file, headBytes, 'all')
}

/** A file by its name; a descriptor of this process, or of another. */
export type MappedPlace = string | number | { readonly pid: number; readonly fd: number }

/**
 * Maps what somebody else made.
 *
 * @throws RingbufError ERR_NOT_SUPPORTED, ERR_SYSTEM; ERR_NOT_A_RING if it has not the size of a ring
 */
export function openMappedMemory(
  place: MappedPlace,
  { headBytes, access }: { readonly headBytes: number; readonly access: 'all' | 'look' },
): MappedMemory {
  const system = loadSystem()
  const file =
    typeof place === 'string'
      ? openFile(system, place, access === 'look')
      : typeof place === 'number' || place.pid === system.processId()
        ? duplicateFile(system, typeof place === 'number' ? place : place.fd)
        : openFileOf(system, place.pid, place.fd)
  return mapOrClose(system, file, headBytes, access)
}

/** Takes its name from a ring's file: who has it open goes on. @throws RingbufError ERR_SYSTEM */
export function unlinkMapped(path: string): void {
  unlinkFile(loadSystem(), path)
}

function mapOrClose(
  system: System,
  file: Descriptor,
  headBytes: number,
  access: Exclude<RingAccess, 'consume'>,
): MappedMemory {
  try {
    return map(system, file, headBytes, access)
  } catch (error) {
    file.close()
    throw error
  }
}

/**
 *   file      | head, consumer, producer page | data |
 *   mapping   | head, consumer, producer page | data | data again | a page of our own |
 *
 * The last page is there only for who may not write to the others: see RingMemory.fenceAddress.
 */
function map(
  system: System,
  file: Descriptor,
  headBytes: number,
  access: Exclude<RingAccess, 'consume'>,
): MappedMemory {
  mustHavePages(system, headBytes, file)
  const { bytes, id } = measureFile(system, file)
  const dataBytes = bytes - headBytes
  if (dataBytes < system.pageBytes || dataBytes % system.pageBytes !== 0) {
    throw new RingbufError('ERR_NOT_A_RING', `${file.what}: a file of ${bytes} bytes holds no ring`, {
      value: bytes,
      minimum: headBytes + system.pageBytes,
    })
  }
  const isReadOnly = access === 'look'
  if (isReadOnly) mustReadWithoutWriting(file.what)
  const mapping = mapTwice(system, file.fd, file.what, {
    headBytes,
    dataBytes,
    access: isReadOnly ? 'read' : 'read-write',
    privatePage: isReadOnly,
  })
  const start = mapping.address
  const window = isReadOnly ? undefined : openWindow(system, file, headBytes, dataBytes)
  countFutexUsers(1)
  return {
    buffer: mapping.buffer,
    address: 0,
    isOfProcess: false,
    wasm: window?.memory,
    access,
    ...(isReadOnly && { fenceAddress: headBytes + 2 * dataBytes }),
    fd: file.fd,
    pid: system.processId(),
    fileId: id,
    dataBytes,
    notify(index) {
      // All of them: one that has just left may stand in the queue still, and would take the only wake-up.
      system.futexWake(start + index * 4, EVERYBODY)
    },
    bed: (index, value) => new FutexBed(system, start + index * 4, value),
    publish: (path) => publish(system, file, path),
    close() {
      if (mapping.closed) return
      countFutexUsers(-1)
      mapping.close()
      window?.close()
      file.close()
    },
  }
}

const EVERYBODY = 0x7fff_ffff

/** A ring's pages are of 4096 bytes everywhere, and only whole pages of the machine can be mapped. */
function mustHavePages(system: System, headBytes: number, file: Descriptor): void {
  if (headBytes % system.pageBytes === 0) return
  throw new RingbufError(
    'ERR_NOT_SUPPORTED',
    `${file.what}: this machine has pages of ${system.pageBytes} bytes, and rings are mapped in pages of 4096`,
    { value: system.pageBytes, limit: 4096 },
  )
}
