/** The kernel's own ring buffers, consumed like any other ring. */
import { RingbufError } from '../abi/error.js'
import {
  BPF_F_RB_OVERWRITE,
  BPF_RB_AVAIL_DATA,
  BPF_RB_CONS_POS,
  BPF_RB_PROD_POS,
  BPF_RB_RING_SIZE,
} from '../abi/flags.js'
import {
  CONSUMER_POSITION,
  PENDING_POSITION,
  PRODUCER_POSITION,
  RING_FLAG_LOCK,
  RING_MAX_BYTES,
  SLEEP_WORD,
  SLOTS_OFFSET,
} from '../abi/region.js'
import type { MapInfo } from '../map/bpf-map.js'
import { type Bed, WordBed } from '../memory/bed.js'
import type { RingMemory } from '../memory/ring-memory.js'
import { parseRingName, writeHead } from '../ring/region.js'
import { Ring } from '../ring/ring.js'
import { releaseLong } from './long-release.js'
import { closeRingMap, type OpenRingMap, openRingMap, type RingMapPlace } from './open-ring-map.js'
import { SignalBed } from './ring-signal.js'

/** What another thread of this process needs to open the same ring. Plain data: it survives postMessage. */
export interface KernelRingHandle {
  readonly type: 'bpf-ringbuf-kernel'
  readonly fd: number
  /** Of the map: another may have taken the number. */
  readonly id: number
}

/** Positions of a ring of the kernel: 64 bits wide there, exact as numbers up to 2^53. */
export interface KernelRingPositions {
  readonly consumer: number
  readonly producer: number
  /** The oldest record that was busy at the last reservation. */
  readonly pending: number
}

/**
 * A BPF_MAP_TYPE_RINGBUF map, as this thread sees it: `openConsumer`, RingPoller and RingEpoll take it like
 * any other ring, by itself or among others. Its producers are BPF programs; here nothing can be produced into
 * it (that is ERR_READ_ONLY), and nobody counts what they attempted or dropped.
 *
 * It is consumed from where its consumer position stands, also when that was stored by another process: a
 * pinned ring is resumed. The kernel lets any number of processes consume one ring, and each would take from
 * the others: have one.
 */
export class KernelRing extends Ring<KernelRingHandle> {
  /** Of the map. */
  readonly id: number
  readonly #parts: OpenRingMap
  readonly #longs: BigInt64Array
  #isOpen = true

  /** @internal */
  constructor(parts: OpenRingMap) {
    const { file, info, mapping } = parts
    const longs = mapping.longs
    super({
      memory: memoryOf(parts),
      handle: { type: 'bpf-ringbuf-kernel', fd: file.fd, id: info.id },
      engine: 'js',
      adaptEngine: (engine) => ({ ...engine, release: releaseLong(mapping.buffer) }),
    })
    this.id = info.id
    this.#parts = parts
    this.#longs = longs
  }

  /** A descriptor of the map, as long as this is open. */
  get fd(): number {
    return this.#parts.file.fd
  }

  /** As `query`, all at once and in 64 bits. @throws RingbufError ERR_RESOURCE_CLOSED */
  positions(): KernelRingPositions {
    this.#mustBeOpen()
    const word = (at: number) => Number(Atomics.load(this.#longs, at >>> 3))
    // In this order: the producer is never behind the consumer that was read before it.
    const consumer = word(CONSUMER_POSITION)
    return { consumer, pending: word(PENDING_POSITION), producer: word(PRODUCER_POSITION) }
  }

  /**
   * As the programs' bpf_ringbuf_query: BPF_RB_AVAIL_DATA, BPF_RB_RING_SIZE, BPF_RB_CONS_POS, BPF_RB_PROD_POS,
   * or 0 for any other flag (R22, R44). Positions are of 64 bits, as numbers.
   */
  override query(flag: number): number {
    const { consumer, producer } = this.positions()
    if (flag === BPF_RB_AVAIL_DATA) return producer - consumer
    if (flag === BPF_RB_RING_SIZE) return this.size
    if (flag === BPF_RB_CONS_POS) return consumer
    return flag === BPF_RB_PROD_POS ? producer : 0
  }

  /** Whether this thread has given it up. */
  override get closed(): boolean {
    return !this.#isOpen
  }

  /** Gives the ring up in this thread: its consumer is closed, its memory unmapped. The map lives on. */
  override close(): void {
    if (!this.#isOpen) return
    this.abandon()
    this.#isOpen = false
    closeRingMap(this.#parts)
  }

  #mustBeOpen(): void {
    if (!this.#isOpen) throw new RingbufError('ERR_RESOURCE_CLOSED', `ring '${this.name}' was closed`)
  }
}

/**
 * Opens a ring of the kernel to consume it, by anything that has its map's descriptor: a map, a handle, or the
 * number. The descriptor that was given stays open, and yours.
 *
 * @throws RingbufError ERR_INVALID_ARGUMENT if it is no BPF_MAP_TYPE_RINGBUF map; ERR_SYSTEM as the kernel
 *   refuses: EPERM when it was frozen before; ERR_RING_DAMAGED when its positions contradict each other;
 *   ERR_NOT_SUPPORTED off Linux, for rings of 2 GiB, and for those that overwrite, which no consumer can follow
 */
export function openKernelRing(map: RingMapPlace | KernelRingHandle): KernelRing {
  const opened = openRingMap(map, 'ringbuf', {
    info: (info) => mustBeConsumable(info, map),
    mapping: ({ buffer }, { name, maxEntries: size }) =>
      writeHead(buffer, 0, { name: parseRingName(name), size, flags: RING_FLAG_LOCK }),
  })
  try {
    return new KernelRing(opened)
  } catch (error) {
    closeRingMap(opened)
    throw error
  }
}

function mustBeConsumable(info: MapInfo, map: unknown): void {
  const { id } = map as Partial<KernelRingHandle>
  if (typeof id === 'number' && id !== info.id) {
    throw new RingbufError(
      'ERR_NOT_A_RING',
      `the map ${id} of this handle is gone: its descriptor is of map ${info.id} now`,
      { value: info.id, limit: id },
    )
  }
  if (info.maxEntries > RING_MAX_BYTES) {
    throw new RingbufError(
      'ERR_NOT_SUPPORTED',
      `ringbuf '${info.name}' has ${info.maxEntries} bytes, and the largest that can be consumed here ${RING_MAX_BYTES}`,
      { value: info.maxEntries, limit: RING_MAX_BYTES },
    )
  }
  if ((info.flags & BPF_F_RB_OVERWRITE) === 0) return
  throw new RingbufError(
    'ERR_NOT_SUPPORTED',
    `ringbuf '${info.name}' overwrites: the kernel tells no consumer which records it has overwritten`,
    { value: info.flags },
  )
}

function memoryOf({ mapping, signal }: OpenRingMap): RingMemory {
  const words = mapping.words
  return {
    buffer: mapping.buffer,
    address: 0,
    isOfProcess: false,
    access: 'consume',
    // Of the head page, which is ours: slots are of producers, and here are none.
    fenceAddress: SLOTS_OFFSET,
    rung: () => signal.rung(),
    notify: () => {},
    bed: (index, value): Bed =>
      index === SLEEP_WORD >>> 2 ? new SignalBed(signal) : new WordBed(words, index, value),
  }
}
