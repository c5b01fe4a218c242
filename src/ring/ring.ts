import { checkNumber, checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { RING_OVERHEAD_BYTES } from '../abi/record.js'
import { RESCUE_SLOT, RING_FLAG_LOCK, RING_FLAG_OVERWRITE, RING_FLAG_RECOVERABLE } from '../abi/region.js'
import { bellWords, ringBell } from '../memory/bells.js'
import type { TimeLimit } from '../memory/deadline.js'
import { type RingMemory } from '../memory/ring-memory.js'
import { type SharedMemory } from '../memory/shared-memory.js'
import { formatBytes } from '../memory/size.js'
import { createViews } from '../memory/views.js'
import { AgeKeeper } from './age.js'
import type { Attachment } from './attachment.js'
import { type RingCounters, readCounters } from './counters.js'
import { createEngine, type Engine, type EngineChoice, type EngineKind } from './engine.js'
import { flush, flushAsync } from './flush.js'
import { type InspectOptions, inspect, type RingInspection } from './inspect.js'
import { parkOnLock } from './park.js'
import { LOCK_PATIENCE, recover, recoverDeclared } from './recover.js'
import { readRegion } from './region.js'
import { type Snapshot, type SnapshotOptions, snapshot } from './snapshot.js'

/**
 * How reservations are put in order (R34).
 *
 * - `claim`: lock-free. Whoever moves the producer position owns what it moved over. The default.
 * - `lock`: as in the kernel, with its pending position; and whoever holds the lock stops the others.
 *
 * Everything else is the same. docs/design/0001-claims-and-locks.md compares them.
 */
export type ReservationOrder = 'claim' | 'lock'

/** What another thread needs to attach. Plain data: it survives postMessage and workerData. */
export interface RingHandle {
  readonly type: 'bpf-ringbuf'
  readonly memory: SharedMemory
  /** Where in the memory the ring lies. */
  readonly address: number
  /** Bells, on which a consumer sleeps that has many rings: see RingPoller. */
  readonly bells?: SharedMemory | undefined
}

/** @internal What a ring is made of: see createRing, and the rings of other modules. */
export interface RingSource<Handle> {
  readonly memory: RingMemory
  readonly handle: Handle
  /** Default: `auto`. */
  readonly engine?: EngineChoice
  /** It was made just now, and nobody else knows it. */
  readonly fresh?: boolean
  readonly bells?: SharedMemory | undefined
  /** Replaces functions of the engine that this memory needs otherwise. */
  readonly adaptEngine?: (engine: Engine) => Engine
}

let attachment: (ring: Ring<unknown>) => Attachment

/**
 * One ring, as one thread sees it. Make it with `createRing`, or with `attachRing` in another thread;
 * then open its ends with `openProducer` and `openConsumer`. By itself it only looks: any thread may
 * call anything here at any time.
 */
export class Ring<Handle = RingHandle> {
  static {
    attachment = (ring) => ring.#attachment
  }

  readonly name: string
  /** Bytes of data. */
  readonly size: number
  readonly reservations: ReservationOrder
  /** Whether a full ring overwrites its oldest records (BPF_F_RB_OVERWRITE). */
  readonly overwrites: boolean
  /** Whether what dead threads leave behind is recovered. */
  readonly recoverable: boolean
  /** The build of the algorithm in use in this thread. */
  readonly engine: EngineKind
  /** Give this to another thread. */
  readonly handle: Handle
  #attachment: Attachment
  readonly #ages: AgeKeeper

  /** @internal */
  constructor(source: RingSource<Handle>) {
    const { memory, handle, adaptEngine = same } = source
    const { buffer, address } = memory
    const { name, size, flags } = readRegion(buffer, address)
    const bells = bellWords(source.bells)
    const rings = (place: number) => ringBell(bells, place)
    const engine = adaptEngine(
      createEngine({ memory, size, flags, ringBell: rings }, source.engine ?? 'auto'),
    )
    if (source.fresh) engine.prepare()
    this.name = name
    this.size = size
    const locked = (flags & RING_FLAG_LOCK) !== 0
    this.reservations = locked ? 'lock' : 'claim'
    this.overwrites = (flags & RING_FLAG_OVERWRITE) !== 0
    this.recoverable = (flags & RING_FLAG_RECOVERABLE) !== 0
    this.engine = engine.kind
    this.handle = handle
    this.#attachment = {
      name,
      engine,
      memory,
      views: createViews(buffer),
      address,
      size,
      flags,
      locked,
      overwrites: this.overwrites,
      recoverable: this.recoverable,
      own: undefined,
      ends: new Set(),
      bells,
    }
    this.#ages = new AgeKeeper(this.#attachment)
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
   * BPF_RB_PROD_POS, and BPF_RB_OVERWRITE_POS; 0 for any other flag (R22, R44). Positions are u32 and wrap. A snapshot, which may
   * be old by the time it is read (R23).
   */
  query(flag: number): number {
    return flag >>> 0 === flag ? this.#attachment.engine.query(flag) >>> 0 : 0
  }

  /** What happened in this ring so far. A snapshot; see RingCounters. */
  counters(): RingCounters {
    const { engine, views, address } = this.#attachment
    this.#ages.note()
    const inFlight = engine.countBusy() >>> 0
    const counters = readCounters(views.u32, address)
    // The mark is brought up to date when the consumer releases; what is in use now may be more.
    const inUse = Math.min(this.query(0), this.size)
    return { ...counters, inFlight, highWaterBytes: Math.max(counters.highWaterBytes, inUse) }
  }

  /**
   * Wakes the consumer, if it sleeps, as BPF_RB_FORCE_WAKEUP does. Answers whether it slept.
   *
   * @throws RingbufError ERR_READ_ONLY
   */
  wake(): boolean {
    this.mustAllow('all')
    return Boolean(this.#attachment.engine.wakeSleeper())
  }

  /**
   * Blocks until the consumer, in another thread, has consumed everything that was committed when the call
   * began, up to the first busy record; it is woken for that, also where NO_WAKEUP or a watermark let it
   * sleep. Answers false when the time was over before.
   *
   * @throws RingbufError ERR_CANNOT_BLOCK, ERR_INVALID_ARGUMENT
   */
  flush(limit: TimeLimit = {}): boolean {
    this.mustAllow('all')
    return flush(this.#attachment, limit)
  }

  /** The same without blocking, on any thread: the consumer's own, too. */
  async flushAsync(limit: TimeLimit = {}): Promise<boolean> {
    this.mustAllow('all')
    return flushAsync(this.#attachment, limit)
  }

  /**
   * Copies of the records that are in the ring now, oldest first, without consuming any: what a flight
   * recorder has kept. None is torn, and none is missing between the first and the last but what was
   * discarded or is still busy, however fast producers overwrite.
   */
  snapshot(options: SnapshotOptions = {}): Snapshot {
    checkOptions('options', options)
    if (options.max !== undefined) checkNumber('max', options.max)
    return snapshot(this.#attachment, options)
  }

  /**
   * Positions, counters, and what is known of every record in the ring, without consuming any. Its
   * `toString` is for people, `JSON.stringify` of it for programs.
   */
  inspect(options: InspectOptions = {}): RingInspection {
    checkOptions('options', options)
    if (options.max !== undefined) checkNumber('max', options.max)
    if (options.bytes !== undefined) checkNumber('bytes', options.bytes)
    const counters = this.counters()
    return inspect(this.#attachment, counters, this.#ages, options)
  }

  /**
   * Closes the ring for all threads: no new reservations; the consumer and producers that sleep wake up;
   * what is reserved may still be submitted or discarded, and consumed. Closing twice does nothing.
   *
   * @throws RingbufError ERR_READ_ONLY
   */
  close(): void {
    this.mustAllow('all')
    while (!this.#attachment.engine.close(LOCK_PATIENCE)) parkOnLock(this.#attachment)
  }

  /**
   * Recovers from every producer whose thread died: their lock, and what they had reserved. That happens by
   * itself when somebody is held up by them, or opens a producer; whoever knows earlier may say so. Where the
   * system cannot tell who died (it is not Linux, or they are in another container) see `declareGone`.
   *
   * @returns how many producers those were.
   * @throws RingbufError ERR_READ_ONLY, ERR_NOT_RECOVERABLE
   */
  recover(): number {
    this.#mustRecover()
    return recover(this.#attachment)
  }

  /**
   * Says that the thread of a producer ended, as after `worker.on('exit')`: recovers from it, whatever the
   * system says. If it goes on all the same, what it reserves and commits is refused; but what it still
   * writes into memory that it had reserved may by then be another's.
   *
   * The lock is never taken from a thread that the system says lives: of one that was stopped while it held that
   * nothing can be taken back before it goes on, or is killed.
   *
   * @param producerId the `id` of that producer
   * @throws RingbufError ERR_LOCK_HELD after 20 ms or so, when nothing was done; ERR_READ_ONLY, ERR_NOT_RECOVERABLE,
   *   ERR_INVALID_ARGUMENT
   */
  declareGone(producerId: number): void {
    this.#mustRecover()
    if (!Number.isInteger(producerId) || producerId < 1 || producerId >= RESCUE_SLOT) {
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `producer ${String(producerId)} must be an id, 1 to ${RESCUE_SLOT - 1}`,
        { value: String(producerId), limit: RESCUE_SLOT - 1 },
      )
    }
    recoverDeclared(this.#attachment, producerId)
  }

  #mustRecover(): void {
    this.mustAllow('all')
    if (this.recoverable) return
    throw new RingbufError('ERR_NOT_RECOVERABLE', `ring '${this.name}' was not made recoverable`)
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** @internal @throws RingbufError ERR_READ_ONLY */
  mustAllow(what: 'all' | 'consume'): void {
    const { access } = this.#attachment.memory
    if (access === 'all' || access === what) return
    const why = access === 'look' ? 'was opened to look at' : 'is one of the kernel'
    throw new RingbufError('ERR_READ_ONLY', `ring '${this.name}' ${why}: it cannot be written to from here`)
  }

  /**
   * @internal Closes what was opened of it in this thread, and ends all use of it. Answers whether that was
   * still to be done.
   */
  protected abandon(): boolean {
    const { ends } = this.#attachment
    if (ends === undefined) return false
    for (const end of [...ends]) end[Symbol.dispose]()
    this.#attachment = abandoned(this.name)
    return true
  }

  /**
   * @internal The same where the memory stays mapped, and may come to be another's: what was opened of the ring says from
   * then on that it was given up.
   */
  protected retire(): void {
    const attachment = this.#attachment
    if (this.abandon()) cutOff(attachment.engine, this.name)
  }
}

/** Makes an engine touch nothing any more. Closing again what works by it does nothing, as always. */
function cutOff(engine: Engine, name: string): void {
  const gone = () => {
    throw new RingbufError('ERR_RESOURCE_CLOSED', `ring '${name}' was given up by this thread`)
  }
  const functions = Object.entries(engine).filter(([, value]) => typeof value === 'function')
  Object.assign(engine, Object.fromEntries(functions.map(([key]) => [key, gone])), { useSlot: () => {} })
}

/** Stands in the place of what must not be touched any more. */
function abandoned(name: string): Attachment {
  return new Proxy({} as Attachment, {
    get(_, property) {
      if (property === 'ends') return undefined
      throw new RingbufError('ERR_RESOURCE_CLOSED', `ring '${name}' was given up by this thread`)
    },
  })
}

/** @internal */
export function attachmentOf(ring: Ring<unknown>): Attachment {
  if (ring instanceof Ring) return attachment(ring)
  throw new RingbufError(
    'ERR_NOT_A_RING',
    `${String(ring)} is no ring: createRing and attachRing answer one`,
    {
      value: String(ring),
    },
  )
}

const same = (engine: Engine): Engine => engine

/** @internal Explains why a record of this size can never be reserved. */
export function tooLarge(ring: Ring<unknown>, sizeBytes: number): RingbufError {
  return new RingbufError(
    'ERR_RECORD_TOO_LARGE',
    `a record of ${sizeBytes} bytes never fits: the largest is ${ring.largestPayload} in a ring of ${formatBytes(ring.size)}`,
    { value: sizeBytes, limit: ring.largestPayload },
  )
}
