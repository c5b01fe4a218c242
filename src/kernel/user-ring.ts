/** BPF_MAP_TYPE_USER_RINGBUF: this process produces, and a BPF program consumes (bpf_user_ringbuf_drain). */
import { checkBytes } from '../abi/check.js'
import { E2BIG, EINVAL, ENOSPC } from '../abi/errno.js'
import { RingbufError } from '../abi/error.js'
import {
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH_MASK,
  RECORD_PAGE_OFFSET_WORD,
} from '../abi/record.js'
import { CONSUMER_POSITION, DATA_OFFSET, PRODUCER_POSITION } from '../abi/region.js'
import { deadlineOf } from '../memory/deadline.js'
import { assertMayBlock } from '../memory/may-block.js'
import { sleepAsync } from '../memory/sleep.js'
import { createViews, type MemoryViews } from '../memory/views.js'
import { closeRingMap, type OpenRingMap, openRingMap, type RingMapPlace } from './open-ring-map.js'
import { SignalBed } from './ring-signal.js'

/** Bytes that records begin at multiples of. */
const ALIGNMENT = 8
/**
 * Bytes of the longest sample that programs are given. libbpf lets one reserve more; the drain would stop at it with
 * E2BIG then, and never come past it.
 */
const SAMPLE_MOST = 2 ** 24 - 1

/**
 * The producing end of a user ring, by libbpf's rules. One thread of one process uses it: nothing keeps two
 * from reserving the same bytes. Records may be submitted in any order; the program sees them in that of
 * their reservations.
 *
 * Unlike other rings it can be filled to the last byte: the longest payload is its size less 8, or 16 MiB less 1.
 */
export class UserRing {
  /** The name of the map. */
  readonly name: string
  /** Bytes of data. */
  readonly size: number
  /** Of the map. */
  readonly id: number
  /** Views over the ring's memory: an address is an index into `memory.u8`. */
  readonly memory: MemoryViews
  readonly #parts: OpenRingMap
  readonly #longs: BigInt64Array
  readonly #words: Int32Array
  #errno = 0
  #isOpen = true

  /** @internal */
  constructor(parts: OpenRingMap) {
    const { info, mapping } = parts
    this.name = info.name
    this.size = info.maxEntries
    this.id = info.id
    this.memory = createViews(mapping.buffer)
    this.#parts = parts
    this.#longs = mapping.longs
    this.#words = mapping.words
  }

  /** A descriptor of the map, as long as this is open. */
  get fd(): number {
    return this.#parts.file.fd
  }

  /** Why the last reservation failed: E2BIG (never possible), ENOSPC (no room now); 0 when it did not. */
  get errno(): number {
    return this.#errno
  }

  /** Bytes of the longest payload: 8 less than the ring, but less than 16 MiB. */
  get largestPayload(): number {
    return Math.min(this.size - RECORD_HEADER_BYTES, SAMPLE_MOST)
  }

  /** Bytes that are free now. The program may have made more free since. */
  get roomBytes(): number {
    const { consumer, producer } = this.positions()
    return this.size - (producer - consumer)
  }

  /** Positions: what was reserved, and what the program has consumed. 64 bits, exact as numbers up to 2^53. */
  positions(): { readonly consumer: number; readonly producer: number } {
    this.#mustBeOpen()
    return { consumer: this.#position(CONSUMER_POSITION), producer: this.#position(PRODUCER_POSITION) }
  }

  /**
   * Reserves a record and answers the address of its payload, a multiple of 8; 0 when it cannot, and then
   * `errno` says why. Never waits. The payload holds old bytes.
   */
  reserve(sizeBytes: number): number {
    this.#mustBeOpen()
    const total = recordBytesOf(sizeBytes)
    if (!(total <= this.size)) return this.#fail(E2BIG)
    // As it stands there: it may have been opened twice, and be used by turns.
    const producer = this.#position(PRODUCER_POSITION)
    if (producer - this.#position(CONSUMER_POSITION) + total > this.size) return this.#fail(ENOSPC)
    this.#errno = 0
    const mask = this.size - 1
    const offset = producer % this.size
    const header = (DATA_OFFSET + offset) >>> 2
    this.#words[header + RECORD_PAGE_OFFSET_WORD / 4] = 0
    Atomics.store(this.#words, header, sizeBytes | RECORD_BUSY_BIT)
    // [U1] Publishes the header: a program that sees the position never sees a stale one.
    Atomics.store(this.#longs, PRODUCER_POSITION >>> 3, BigInt(producer + total))
    return DATA_OFFSET + ((offset + RECORD_HEADER_BYTES) & mask)
  }

  /**
   * The same, but waits for room up to `timeoutMs`, blocking the thread; it is woken when a program has drained
   * at least one record, unless that says NO_WAKEUP. What can never fit fails at once.
   *
   * @throws RingbufError ERR_CANNOT_BLOCK, ERR_INVALID_ARGUMENT, ERR_RESOURCE_CLOSED
   */
  reserveBlocking(sizeBytes: number, timeoutMs = Number.POSITIVE_INFINITY): number {
    assertMayBlock('reserveAsync')
    const deadline = deadlineOf({ timeoutMs })
    const bed = new SignalBed(this.#parts.signal)
    for (;;) {
      // Before the attempt: what is drained behind it rings again.
      this.#parts.signal.rung()
      const address = this.reserve(sizeBytes)
      const remaining = deadline - performance.now()
      if (address !== 0 || this.#errno !== ENOSPC || !(remaining > 0)) return address
      bed.block(remaining)
    }
  }

  /** The same on any thread and without blocking it. While it waits the process stays alive. */
  async reserveAsync(sizeBytes: number, timeoutMs = Number.POSITIVE_INFINITY): Promise<number> {
    const deadline = deadlineOf({ timeoutMs })
    const bed = new SignalBed(this.#parts.signal)
    for (;;) {
      this.#mustBeOpen()
      this.#parts.signal.rung()
      const address = this.reserve(sizeBytes)
      const remaining = deadline - performance.now()
      if (address !== 0 || this.#errno !== ENOSPC || !(remaining > 0)) return address
      await sleepAsync(bed, remaining)
    }
  }

  /**
   * Submits a reserved record, given the address of its payload.
   *
   * @returns 0, or -EINVAL when no reserved record stands there; then nothing was changed.
   */
  submit(address: number): number {
    return this.#commit(address, 0)
  }

  /** The same, but the program is not shown the record. */
  discard(address: number): number {
    return this.#commit(address, RECORD_DISCARD_BIT)
  }

  /**
   * Copies these bytes into a record of their own. Answers 0, -E2BIG or -ENOSPC.
   *
   * @throws RingbufError ERR_INVALID_ARGUMENT, ERR_RESOURCE_CLOSED
   */
  output(bytes: Uint8Array): number {
    // Before the reservation: what cannot be copied would leave a record that is busy for ever.
    checkBytes('record', bytes)
    const address = this.reserve(bytes.length)
    if (address === 0) return -this.#errno
    this.memory.u8.set(bytes, address)
    return this.submit(address)
  }

  /** Gives the ring up in this thread: its memory is unmapped. The map lives on, and what is in it. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    closeRingMap(this.#parts)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #position(at: number): number {
    return Number(Atomics.load(this.#longs, at >>> 3))
  }

  #fail(errno: number): number {
    this.#errno = errno
    return 0
  }

  #commit(address: number, discard: number): number {
    this.#mustBeOpen()
    const offset = Number.isInteger(address) ? address - DATA_OFFSET : -1
    if (offset % ALIGNMENT !== 0 || offset < 0 || offset >= this.size) return -EINVAL
    const header = (DATA_OFFSET + ((offset - RECORD_HEADER_BYTES) & (this.size - 1))) >>> 2
    const word = this.#words[header] as number
    if ((word & RECORD_BUSY_BIT) === 0) return -EINVAL
    // [U2] Publishes header and payload. Of two who try, one succeeds.
    const committed = (word & RECORD_LENGTH_MASK) | discard
    return Atomics.compareExchange(this.#words, header, word, committed) === word ? 0 : -EINVAL
  }

  #mustBeOpen(): void {
    if (this.#isOpen) return
    throw new RingbufError('ERR_RESOURCE_CLOSED', `user_ringbuf '${this.name}' was closed`)
  }
}

/** NaN for what is no length of a sample. */
function recordBytesOf(sizeBytes: number): number {
  if (!Number.isInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > SAMPLE_MOST) return Number.NaN
  return Math.ceil((sizeBytes + RECORD_HEADER_BYTES) / ALIGNMENT) * ALIGNMENT
}

/**
 * Opens a user ring to produce into it, by anything that has its map's descriptor, or the number. It goes on
 * where the producer position stands. The descriptor that was given stays open, and yours.
 *
 * @throws RingbufError ERR_INVALID_ARGUMENT if it is no BPF_MAP_TYPE_USER_RINGBUF map; ERR_SYSTEM as the kernel
 *   refuses; ERR_RING_DAMAGED when its producer position cannot be; ERR_NOT_SUPPORTED off Linux
 */
export function openUserRing(map: RingMapPlace): UserRing {
  return new UserRing(
    openRingMap(map, 'user_ringbuf', {
      mapping: ({ longs }, { name, maxEntries }) => {
        const position = longs[PRODUCER_POSITION >>> 3] as bigint
        const consumer = longs[CONSUMER_POSITION >>> 3] as bigint
        const used = position - consumer
        if (position % 8n === 0n && used >= 0n && used <= maxEntries) return
        throw new RingbufError(
          'ERR_RING_DAMAGED',
          `user_ringbuf '${name}' is damaged: its positions are ${consumer} and ${position}`,
          { value: Number(position), limit: Number(consumer) + maxEntries },
        )
      },
    }),
  )
}
