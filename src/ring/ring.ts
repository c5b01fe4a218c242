import { RingbufError } from '../abi/error.js'
import { RING_OVERHEAD_BYTES } from '../abi/record.js'
import { allocateSharedMemory, type SharedMemory, sharedBuffer } from '../memory/shared-memory.js'
import { formatBytes, parseRingSize, type Size } from '../memory/size.js'
import { createViews, type MemoryViews } from '../memory/views.js'
import { type RingCounters, readCounters } from './counters.js'
import { createEngine, type Engine, type EngineChoice, type EngineKind } from './engine.js'
import { parkOnLock } from './park.js'
import { parseRingName, readRegion, regionBytes, writeRegion } from './region.js'

/**
 * How reservations are put in order (R34).
 *
 * - `claim`: lock-free. Whoever moves the producer position owns what it moved over. The default.
 * - `lock`: as in the kernel, with its pending position; and whoever holds the lock stops the others.
 *
 * Everything else is the same. docs/design/0001-claims-and-locks.md compares them.
 */
export type ReservationOrder = 'claim' | 'lock'

export interface CreateRingOptions {
  /** Bytes of data: a power of two of at least 4096, as a number or like `'16 MiB'`. */
  readonly size: Size
  /** At most 64 bytes of UTF-8. Default: empty. */
  readonly name?: string
  /** Flags of the map (BPF_F_*). None is known yet, so 0. */
  readonly flags?: number
  readonly reservations?: ReservationOrder
  /** Which build of the algorithm this thread uses. Default: `auto`. */
  readonly engine?: EngineChoice
  /** Where both positions start: a multiple of 8. For tests of wrapping (R28); default 0, as in the kernel. */
  readonly initialPosition?: number
}

export interface AttachRingOptions {
  readonly engine?: EngineChoice
}

/** What another thread needs to attach. Plain data: it survives postMessage and workerData. */
export interface RingHandle {
  readonly type: 'bpf-ringbuf'
  readonly memory: SharedMemory
  /** Where in the memory the ring lies. */
  readonly address: number
}

/** @internal What the two ends of a ring share in one thread. */
export interface Attachment {
  readonly engine: Engine
  readonly views: MemoryViews
  readonly address: number
  readonly size: number
  readonly locked: boolean
}

let attachment: (ring: Ring) => Attachment

/**
 * One ring, as one thread sees it. Make it with `createRing`, or with `attachRing` in another thread;
 * then open its ends with `openProducer` and `openConsumer`. By itself it only looks: any thread may
 * call anything here at any time.
 */
export class Ring {
  static {
    attachment = (ring) => ring.#attachment
  }

  readonly name: string
  /** Bytes of data. */
  readonly size: number
  readonly reservations: ReservationOrder
  /** The build of the algorithm in use in this thread. */
  readonly engine: EngineKind
  /** Give this to another thread. */
  readonly handle: RingHandle
  readonly #attachment: Attachment

  /** @internal */
  constructor(memory: SharedMemory, address: number, choice: EngineChoice, fresh: boolean) {
    const buffer = sharedBuffer(memory) as SharedArrayBuffer
    const { name, size, locked } = readRegion(buffer, address)
    const engine = createEngine({ memory, buffer, address, size, locked }, choice)
    if (fresh) engine.prepare()
    this.name = name
    this.size = size
    this.reservations = locked ? 'lock' : 'claim'
    this.engine = engine.kind
    this.handle = { type: 'bpf-ringbuf', memory, address }
    this.#attachment = { engine, views: createViews(buffer), address, size, locked }
  }

  /** Bytes of the longest payload that fits: 16 less than the ring. */
  get largestPayload(): number {
    return this.size - RING_OVERHEAD_BYTES
  }

  /** Bytes of shared memory that the ring takes. */
  get memoryBytes(): number {
    return this.#attachment.views.u8.byteLength
  }

  /** Whether the ring was closed. Then no reservation succeeds, but commits do. */
  get closed(): boolean {
    return Boolean(this.#attachment.engine.isClosed())
  }

  /**
   * One of the values of bpf_ringbuf_query: BPF_RB_AVAIL_DATA, BPF_RB_RING_SIZE, BPF_RB_CONS_POS or
   * BPF_RB_PROD_POS; 0 for any other flag (R22, R44). Positions are u32 and wrap. A snapshot, which may
   * be old by the time it is read (R23).
   */
  query(flag: number): number {
    return flag >>> 0 === flag ? this.#attachment.engine.query(flag) >>> 0 : 0
  }

  /** What happened in this ring so far. A snapshot; see RingCounters. */
  counters(): RingCounters {
    const { engine, views, address } = this.#attachment
    const inFlight = engine.countBusy() >>> 0
    const counters = readCounters(views.u32, address)
    // The mark is brought up to date when the consumer releases; what is in use now may be more.
    const inUse = Math.min(this.query(0), this.size)
    return { ...counters, inFlight, highWaterBytes: Math.max(counters.highWaterBytes, inUse) }
  }

  /**
   * Closes the ring for all threads: no new reservations; the consumer and producers that sleep wake up;
   * what is reserved may still be submitted or discarded, and consumed. Closing twice does nothing.
   */
  close(): void {
    while (!this.#attachment.engine.close(LOCK_PATIENCE)) parkOnLock(this.#attachment)
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close()
  }
}

/** How often a thread looks at a lock before it parks: some microseconds. */
export const LOCK_PATIENCE = 2000

/** @internal */
export function attachmentOf(ring: Ring): Attachment {
  return attachment(ring)
}

/**
 * Makes a ring in new shared memory.
 *
 * @throws RingbufError ERR_RING_SIZE, ERR_RING_NAME, ERR_RING_FLAGS, ERR_INVALID_ARGUMENT,
 *   ERR_NO_SHARED_MEMORY
 */
export function createRing(options: CreateRingOptions): Ring {
  const { size, name = '', flags = 0, reservations = 'claim', engine = 'auto', initialPosition = 0 } = options
  const bytes = parseRingSize(size)
  const nameBytes = parseRingName(name)
  if (flags !== 0) {
    throw new RingbufError('ERR_RING_FLAGS', `ring flags ${flags} are not known: the only value is 0`, {
      value: flags,
    })
  }
  checkChoice('reservations', reservations, ['claim', 'lock'])
  checkChoice('engine', engine, ['auto', 'wasm', 'js'])
  if (initialPosition >>> 0 !== initialPosition || initialPosition % 8 !== 0) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `initialPosition ${initialPosition} must be a multiple of 8 below 2^32`,
      { value: initialPosition },
    )
  }
  const memory = allocateSharedMemory(regionBytes(bytes))
  const buffer = sharedBuffer(memory) as SharedArrayBuffer
  writeRegion(buffer, 0, { name: nameBytes, size: bytes, locked: reservations === 'lock' }, initialPosition)
  return new Ring(memory, 0, engine, true)
}

/**
 * Attaches to a ring that another thread made.
 *
 * @throws RingbufError ERR_NOT_A_RING, ERR_RING_VERSION, ERR_RING_FLAGS, ERR_RING_DAMAGED
 */
export function attachRing(handle: RingHandle, options: AttachRingOptions = {}): Ring {
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
  return new Ring(handle.memory, handle.address, engine, false)
}

function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${name} '${value}' must be one of ${choices.join(', ')}`, {
    value,
  })
}

/** @internal Explains why a record of this size can never be reserved. */
export function tooLarge(ring: Ring, sizeBytes: number): RingbufError {
  return new RingbufError(
    'ERR_RECORD_TOO_LARGE',
    `a record of ${sizeBytes} bytes never fits: the largest is ${ring.largestPayload} in a ring of ${formatBytes(ring.size)}`,
    { value: sizeBytes, limit: ring.largestPayload },
  )
}
