/** Makes rings in shared memory, and attaches to those of other threads. */
import { checkChoice, checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { BPF_F_RB_OVERWRITE } from '../abi/flags.js'
import {
  DATA_OFFSET,
  RING_FLAG_LOCK,
  RING_FLAG_LOST_RECORDS,
  RING_FLAG_OVERWRITE,
  RING_FLAG_OWNERS,
  RING_FLAG_RECOVERABLE,
} from '../abi/region.js'
import { allocateBells } from '../memory/bells.js'
import { thisThread } from '../memory/liveness.js'
import { sharedRingMemory } from '../memory/ring-memory.js'
import { allocateSharedMemory, type SharedMemory, sharedBuffer } from '../memory/shared-memory.js'
import { parseRingSize, type Size } from '../memory/size.js'
import type { EngineChoice } from './engine.js'
import { type NewRegionHead, parseRingName, regionBytes, writeRegion } from './region.js'
import { type ReservationOrder, Ring, type RingHandle } from './ring.js'

export interface CreateRingOptions {
  /** Bytes of data: a power of two of at least 4096, as a number or like `'16 MiB'`. */
  readonly size: Size
  /** At most 64 bytes of UTF-8. Default: empty. */
  readonly name?: string
  /**
   * Flags of the map: 0, or BPF_F_RB_OVERWRITE for a flight recorder. Such a ring is never full: it gives
   * up its oldest records, but no busy one, and its reservations are in the order of the lock.
   */
  readonly flags?: number
  /** Default: `claim`; in overwrite mode `lock`, the only one there is. */
  readonly reservations?: ReservationOrder
  /**
   * Whether a producer that lost records says so in the ring, in front of its next record: how many, and
   * where the gap began. Readers of the kernel's format pass over it. Default: false.
   */
  readonly lostRecords?: boolean
  /**
   * Whether each record's header names its producer, so that a consumer which is held up can tell by
   * whom. Default: false, and headers are those of the kernel, byte for byte.
   */
  readonly owners?: boolean
  /**
   * Whether what a thread leaves behind that dies is recovered: the lock, records between reserve and submit,
   * a consumer in the middle of its work. Reservations are in the order of the lock then, each header names
   * its producer, and a record is committed by the producer that reserved it. Default: false.
   */
  readonly recoverable?: boolean
  /**
   * Memory of yours that the ring is to lie in: a `WebAssembly.Memory` that is shared, or a SharedArrayBuffer, which
   * only the JavaScript build can work in. What lies beside the ring in it can be output without a detour through
   * JavaScript (`Producer.outputFrom`). Default: memory of its own.
   */
  readonly memory?: SharedMemory
  /**
   * Where in that memory: a multiple of 8 with `ringMemoryBytes(size)` bytes behind it, which are the ring's from then on.
   * Default: 0. A multiple of 128 keeps cache lines apart that different threads write.
   */
  readonly address?: number
  /** Which build of the algorithm this thread uses. Default: `auto`. */
  readonly engine?: EngineChoice
  /** Where both positions start: a multiple of 8. For tests of wrapping (R28); default 0, as in the kernel. */
  readonly initialPosition?: number
}

export interface AttachRingOptions {
  readonly engine?: EngineChoice
}

/**
 * Makes a ring in new shared memory.
 *
 * @throws RingbufError ERR_RING_SIZE, ERR_RING_NAME, ERR_RING_FLAGS, ERR_INVALID_ARGUMENT,
 *   ERR_NO_SHARED_MEMORY
 */
export function createRing(options: CreateRingOptions): Ring {
  const head = parseRingOptions(options)
  const { engine = 'auto' } = options
  checkChoice('engine', engine, ['auto', 'wasm', 'js'])
  const { memory, address } = placeOf(options, head.size)
  board ??= allocateBells()
  return placeRing({ memory, address, bells: board }, head, engine)
}

/** @internal Makes a ring where zeroed memory was set apart for it: `head` comes from `parseRingOptions`. */
export function placeRing(
  place: { readonly memory: SharedMemory; readonly address: number; readonly bells: SharedMemory },
  head: ParsedRingOptions,
  engine: EngineChoice = 'auto',
): Ring {
  const { memory, address, bells } = place
  writeRegion(sharedBuffer(memory) as SharedArrayBuffer, address, head, head.position)
  const handle: RingHandle = { type: 'bpf-ringbuf', memory, address, bells }
  return new Ring({ memory: sharedRingMemory(memory, address), handle, engine, fresh: true, bells })
}

/** @internal */
export type ParsedRingOptions = NewRegionHead & { readonly position: number }

/** Bytes of memory that a ring of so many bytes of data takes. */
export function ringMemoryBytes(size: Size): number {
  return regionBytes(parseRingSize(size))
}

/** Where the ring is to lie, and nothing is left there of what was before. */
function placeOf(
  { memory, address = 0 }: CreateRingOptions,
  size: number,
): { readonly memory: SharedMemory; readonly address: number } {
  const bytes = regionBytes(size)
  if (memory === undefined) {
    if (address === 0) return { memory: allocateSharedMemory(bytes), address }
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `address ${String(address)} is in no memory: give one, too`,
      {
        value: String(address),
      },
    )
  }
  const buffer = sharedBuffer(memory)
  if (buffer === undefined) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      'memory must be a SharedArrayBuffer, or a WebAssembly.Memory that is shared',
    )
  }
  if (!Number.isInteger(address) || address < 0 || address % 8 !== 0 || address + bytes > buffer.byteLength) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `address ${String(address)} must be a multiple of 8 with ${bytes} bytes behind it, in a memory of ${buffer.byteLength}`,
      { value: String(address), bytes, limit: buffer.byteLength },
    )
  }
  new Uint8Array(buffer, address, DATA_OFFSET).fill(0)
  return { memory, address }
}

/** @internal What the head page of a new ring says, by its options, which it checks. */
export function parseRingOptions(options: Omit<CreateRingOptions, 'engine'>): ParsedRingOptions {
  checkOptions('options', options)
  const { size, name = '', flags = 0, initialPosition = 0 } = options
  const bytes = parseRingSize(size)
  const nameBytes = parseRingName(name)
  if (flags !== 0 && flags !== BPF_F_RB_OVERWRITE) {
    throw new RingbufError(
      'ERR_RING_FLAGS',
      `ring flags ${String(flags)} are not known: the only ones are 0 and BPF_F_RB_OVERWRITE (${BPF_F_RB_OVERWRITE})`,
      { value: String(flags), limit: BPF_F_RB_OVERWRITE },
    )
  }
  const overwrites = flags === BPF_F_RB_OVERWRITE
  const { lostRecords = false, recoverable = false } = options
  const { reservations = overwrites || recoverable ? 'lock' : 'claim', owners = recoverable } = options
  checkChoice('reservations', reservations, ['claim', 'lock'])
  if (overwrites && reservations !== 'lock') {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `reservations '${reservations}' cannot overwrite: a ring with BPF_F_RB_OVERWRITE takes the lock`,
      { value: reservations },
    )
  }
  if (recoverable && (reservations !== 'lock' || !owners)) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `reservations '${reservations}' and owners ${String(owners)} cannot be recovered: a recoverable ring takes the lock and names owners`,
      { value: reservations },
    )
  }
  if (
    !Number.isInteger(initialPosition) ||
    initialPosition >>> 0 !== initialPosition ||
    initialPosition % 8 !== 0
  ) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `initialPosition ${String(initialPosition)} must be a multiple of 8 below 2^32`,
      { value: String(initialPosition) },
    )
  }
  const ringFlags =
    (reservations === 'lock' ? RING_FLAG_LOCK : 0) |
    (overwrites ? RING_FLAG_OVERWRITE : 0) |
    (lostRecords ? RING_FLAG_LOST_RECORDS : 0) |
    (owners ? RING_FLAG_OWNERS : 0) |
    (recoverable ? RING_FLAG_RECOVERABLE : 0)
  const namespace = recoverable ? thisThread().namespace : 0
  return { name: nameBytes, size: bytes, flags: ringFlags, position: initialPosition, namespace }
}

/** Rings that one thread makes share a board of bells, so that whoever consumes them can wait for all. */
let board: SharedMemory | undefined

/**
 * Attaches to a ring that another thread made.
 *
 * @throws RingbufError ERR_NOT_A_RING, ERR_RING_VERSION, ERR_RING_FLAGS, ERR_RING_DAMAGED
 */
export function attachRing(handle: RingHandle, options: AttachRingOptions = {}): Ring {
  checkOptions('options', options)
  const { engine = 'auto' } = options
  checkChoice('engine', engine, ['auto', 'wasm', 'js'])
  if (
    typeof handle !== 'object' ||
    handle === null ||
    handle.type !== 'bpf-ringbuf' ||
    !sharedBuffer(handle.memory)
  ) {
    throw new RingbufError('ERR_NOT_A_RING', `attachRing wants the handle of a ring, as ring.handle gives it`)
  }
  const { memory, address, bells } = handle
  return new Ring({ memory: sharedRingMemory(memory, address), handle, engine, bells })
}
