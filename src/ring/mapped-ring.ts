/** Rings between processes: in memory that each of them maps. Linux only. */
import { checkChoice, checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { DATA_OFFSET } from '../abi/region.js'
import {
  createMappedMemory,
  type MappedMemory,
  type MappedPlace,
  openMappedMemory,
  unlinkMapped,
} from '../memory/mapped-memory.js'
import { ringPath } from '../memory/ring-file.js'
import { type CreateRingOptions, parseRingOptions } from './create-ring.js'
import type { EngineChoice } from './engine.js'
import { writeRegion } from './region.js'
import { Ring } from './ring.js'

/** What another thread or process needs to open the same ring. Plain data: it survives any message. */
export interface MappedRingHandle {
  readonly type: 'bpf-ringbuf-mapped'
  /** Where the file is, if it has a name. */
  readonly path?: string
  /** Who made the handle, and its descriptor of the file there. */
  readonly pid: number
  readonly fd: number
  /** Which file it is: another may have taken the number, or the name. */
  readonly fileId: string
}

export interface CreateMappedRingOptions
  extends Omit<CreateRingOptions, 'reservations' | 'recoverable' | 'memory' | 'address'> {
  /**
   * The name of its file: a path, or a name without a slash, which then lies in /dev/shm. Whoever may open
   * the file can open the ring by it. Default: none; the ring is passed on as a descriptor.
   */
  readonly file?: string
  /** Permissions of the file. Default: 0o600, the user alone. */
  readonly mode?: number
  /**
   * When there is a file of this name: `fail`, or `open` the ring that is in it, whatever its size. Of two
   * who create the same ring at once one creates it, and the other opens that one. Default: `fail`.
   */
  readonly ifExists?: 'fail' | 'open'
}

export interface OpenMappedRingOptions {
  /**
   * `read`: only to look: query, counters, inspect and snapshot work, everything else is refused. The file
   * need only be readable. Default: `read-write`.
   */
  readonly access?: 'read-write' | 'read'
  /** Which build of the algorithm this thread uses. Default: `auto`. Who only looks uses `js`. */
  readonly engine?: EngineChoice
}

/**
 * A ring in a file that several processes map: threads of one process may use it too, each opening it for
 * itself. Its layout is the kernel's, its data is mapped twice, and its reservations are in the order of a
 * lock, so that programs in other languages can take part (docs/memory-layout.md).
 *
 * `close` closes the ring for everybody; `detach`, and leaving the block of a `using`, only give it up in
 * this thread.
 */
export class MappedRing extends Ring<MappedRingHandle> {
  /** The name of its file, if it was made or opened by one. */
  readonly path: string | undefined
  readonly #memory: MappedMemory

  /** @internal */
  constructor(memory: MappedMemory, path: string | undefined, engine: EngineChoice = 'auto') {
    const { pid, fd, fileId } = memory
    const handle = {
      type: 'bpf-ringbuf-mapped',
      ...(path !== undefined && { path }),
      pid,
      fd,
      fileId,
    } as const
    super({ memory, handle, engine })
    this.path = path
    this.#memory = memory
  }

  /**
   * Descriptor of the ring's file, as long as this is open. A child process gets it by `stdio` of `spawn`,
   * and opens the ring by the number that it has there.
   */
  get fd(): number {
    return this.#memory.fd
  }

  /**
   * Gives the ring up in this thread: what was opened of it here is closed, and its memory is unmapped. The
   * ring itself lives on in other threads and processes, and under its name.
   */
  detach(): void {
    if (this.abandon()) this.#memory.close()
  }

  /**
   * Takes the name from the ring's file: nobody can open the ring by it any more, and when the last process
   * has given it up its memory is free.
   *
   * @throws RingbufError ERR_SYSTEM, ERR_INVALID_ARGUMENT if it has none
   */
  unlink(): void {
    if (this.path === undefined) {
      throw new RingbufError('ERR_INVALID_ARGUMENT', `ring '${this.name}' has no name to be unlinked`)
    }
    unlinkMapped(this.path)
  }

  /** The same as `detach`. */
  override [Symbol.dispose](): void {
    this.detach()
  }
}

/**
 * Makes a ring between processes.
 *
 * @throws RingbufError ERR_RING_EXISTS when the file is there; ERR_NOT_SUPPORTED off Linux, or where the system
 *   cannot be called; ERR_SYSTEM; ERR_RING_SIZE, ERR_RING_NAME, ERR_RING_FLAGS, ERR_INVALID_ARGUMENT
 */
export function createMappedRing(options: CreateMappedRingOptions): MappedRing {
  const { file, mode, ifExists = 'fail', engine, ...rest } = checkCreateOptions(options)
  const head = parseRingOptions({ ...rest, reservations: 'lock', recoverable: rest.owners !== false })
  const path = file === undefined ? undefined : ringPath(file)
  if (path !== undefined && ifExists === 'open') {
    const existing = openIfThere(path, engine)
    if (existing) return existing
  }
  const name = options.name ?? ''
  const memory = createMappedMemory({ name, headBytes: DATA_OFFSET, dataBytes: head.size, path, mode })
  try {
    writeRegion(memory.buffer, 0, head, head.position)
    if (path === undefined || memory.publish(path)) return new MappedRing(memory, path, engine)
  } catch (error) {
    memory.close()
    throw error
  }
  memory.close()
  // The other may have taken its name away already: then there is room for ours.
  if (ifExists === 'open') return openIfThere(path, engine) ?? createMappedRing(options)
  throw new RingbufError('ERR_RING_EXISTS', `ring file '${path}' is there already`, { path })
}

/**
 * Opens a ring that another thread or process made: by its handle, by the name of its file, by a descriptor of
 * this process (inherited, or passed), or by a descriptor of another. What it opens it opens anew: a
 * descriptor that was given stays open, and yours.
 *
 * @throws RingbufError ERR_SYSTEM; ERR_NOT_A_RING, ERR_RING_VERSION, ERR_RING_FLAGS, ERR_RING_DAMAGED for what
 *   is in the file; ERR_NOT_SUPPORTED, ERR_INVALID_ARGUMENT
 */
export function openMappedRing(
  where: string | number | MappedRingHandle | { readonly pid: number; readonly fd: number },
  options: OpenMappedRingOptions = {},
): MappedRing {
  checkOptions('options', options)
  const { access = 'read-write', engine = 'auto' } = options
  checkChoice('engine', engine, ['auto', 'wasm', 'js'])
  checkChoice('access', access, ['read-write', 'read'])
  const { place, path, fileId } = placeOf(where)
  const memory = openMappedMemory(place, {
    headBytes: DATA_OFFSET,
    access: access === 'read' ? 'look' : 'all',
  })
  try {
    if (fileId !== undefined && fileId !== memory.fileId) {
      throw new RingbufError(
        'ERR_NOT_A_RING',
        'the ring of this handle is gone: another file is in its place',
      )
    }
    const ring = new MappedRing(memory, path, engine)
    if (ring.size === memory.dataBytes) return ring
    throw new RingbufError(
      'ERR_RING_DAMAGED',
      `the ring is damaged: its head says ${ring.size} bytes of data, its file holds ${memory.dataBytes}`,
      { value: ring.size, limit: memory.dataBytes },
    )
  } catch (error) {
    memory.close()
    throw error
  }
}

function openOptions(engine: EngineChoice | undefined): OpenMappedRingOptions {
  return engine === undefined ? {} : { engine }
}

function openIfThere(path: string, engine: EngineChoice | undefined): MappedRing | undefined {
  try {
    return openMappedRing(path, openOptions(engine))
  } catch (error) {
    if (error instanceof RingbufError && error.detail['errno'] === 'ENOENT') return undefined
    throw error
  }
}

interface Where {
  readonly place: MappedPlace
  readonly path?: string | undefined
  readonly fileId?: string
}

function placeOf(where: unknown): Where {
  if (typeof where === 'string') return { place: ringPath(where), path: ringPath(where) }
  if (isDescriptor(where)) return { place: where }
  if (typeof where === 'object' && where !== null) {
    const { path, pid, fd, fileId } = where as Partial<MappedRingHandle>
    // The name first: it needs no permission to look into another process.
    if (typeof path === 'string' && typeof fileId === 'string') return { place: path, path, fileId }
    if (isDescriptor(pid) && isDescriptor(fd)) {
      return { place: { pid, fd }, ...(fileId !== undefined && { fileId }) }
    }
  }
  throw new RingbufError(
    'ERR_INVALID_ARGUMENT',
    `${String(where)} is no ring between processes: give a handle, a name, a descriptor, or { pid, fd }`,
    { value: String(where) },
  )
}

function isDescriptor(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fff_ffff
}

function checkCreateOptions(options: CreateMappedRingOptions): CreateMappedRingOptions {
  checkOptions('options', options)
  const { file, mode = 0o600, ifExists = 'fail', engine = 'auto' } = options
  checkChoice('engine', engine, ['auto', 'wasm', 'js'])
  if (file !== undefined && typeof file !== 'string') {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `file ${String(file)} must be a name`, {
      value: String(file),
    })
  }
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `mode ${String(mode)} must be permissions, 0 to 0o777`, {
      value: String(mode),
      limit: 0o777,
    })
  }
  checkChoice('ifExists', ifExists, ['fail', 'open'])
  return options
}
