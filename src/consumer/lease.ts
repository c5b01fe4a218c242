import { RingbufError } from '../abi/error.js'
import { copyBytes } from '../memory/copies.js'
import { decodeText } from '../memory/text.js'
import type { Reader } from '../ring/reader.js'
import type { LeaseList } from './lease-list.js'

export interface LeaseOptions {
  /** Records at most. Default: 256. */
  readonly max?: number
  /** Bytes of payload at most; but one record is always lent if one is ready. Default: no limit. */
  readonly maxBytes?: number
}

/**
 * Records on loan: where they are, not copied, until they are released. Nobody overwrites them meanwhile,
 * and producers find that much less room; in overwrite mode they are in a private copy.
 *
 * Leaving its block releases what was handed out, also by a block that throws; what was not handed out
 * stays in the ring for the next visit.
 */
export class Lease implements Iterable<LeasedRecord> {
  readonly #reader: Reader
  readonly #list: LeaseList
  readonly #isHeld: () => boolean
  readonly #ended: (taken: number) => void
  readonly #memory: Uint8Array
  readonly #buffer: ArrayBufferLike
  /** How many records are on loan. The list is the next lease's when this one has ended. */
  readonly length: number
  #handedOut = 0
  #released = false

  /** @internal `list` was filled from what the reader has found. */
  constructor(reader: Reader, list: LeaseList, isHeld: () => boolean, ended: (taken: number) => void) {
    this.#reader = reader
    this.#list = list
    this.#isHeld = isHeld
    this.#ended = ended
    this.#memory = reader.window.u8
    this.#buffer = this.#memory.buffer
    this.length = list.count
  }

  /** Whether they were given back. */
  get released(): boolean {
    return this.#released
  }

  /** The records, in order. Each is handed out as it is asked for. */
  [Symbol.iterator](): IterableIterator<LeasedRecord> {
    return new LeaseIterator(this)
  }

  /**
   * One of the records, from 0. It and those before it count as handed out.
   *
   * @throws RingbufError ERR_LEASE_RELEASED, ERR_INVALID_ARGUMENT
   */
  at(index: number): LeasedRecord {
    this.assertHeld()
    if (!(Number.isInteger(index) && index >= 0 && index < this.length)) {
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `record ${index} of a lease of ${this.length}: there is none`,
        { value: index, limit: this.length },
      )
    }
    return this.handOut(index)
  }

  /** @internal The same, for an index that exists. */
  handOut(index: number): LeasedRecord {
    const list = this.#list
    if (index >= this.#handedOut) this.#handedOut = index + 1
    return new LeasedRecord(this, this.#memory, this.#buffer, list.offset(index), list.length(index))
  }

  /**
   * Gives back the first `count` records, all if not told: with one store of the consumer position, they
   * are consumed. The others stay in the ring. The views of all are invalid then.
   *
   * @throws RingbufError ERR_LEASE_RELEASED, ERR_INVALID_ARGUMENT
   */
  release(count = this.length): void {
    this.assertHeld()
    if (!(Number.isInteger(count) && count >= 0 && count <= this.length)) {
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `${count} of ${this.length} records cannot be released`,
        {
          value: count,
          limit: this.length,
        },
      )
    }
    this.#released = true
    if (!this.#isHeld()) {
      this.#ended(0)
      throw new RingbufError(
        'ERR_LEASE_RELEASED',
        'another consumer has taken over: they are its records now',
      )
    }
    // Discarded records go with the one before them; those in front of the first, with nothing.
    const [end, skipped] = [this.#list.position(count), this.#list.skipped(count)]
    this.#reader.release(end, count, skipped)
    this.#ended(count)
  }

  /** Gives back what was handed out, unless it was released. */
  [Symbol.dispose](): void {
    if (this.#released) return
    if (this.#isHeld()) this.release(this.#handedOut)
    else {
      this.#released = true
      this.#ended(0)
    }
  }

  /** @internal */
  assertHeld(): void {
    if (!this.#released) return
    throw new RingbufError(
      'ERR_LEASE_RELEASED',
      'the records were released: their memory belongs to others now',
    )
  }
}

/** Hands out one record after the other, until the lease ends. */
class LeaseIterator implements IterableIterator<LeasedRecord> {
  readonly #lease: Lease
  #index = 0

  constructor(lease: Lease) {
    this.#lease = lease
  }

  next(): IteratorResult<LeasedRecord, undefined> {
    const lease = this.#lease
    if (this.#index >= lease.length || lease.released) return { done: true, value: undefined }
    return { done: false, value: lease.handOut(this.#index++) }
  }

  return(): IteratorResult<LeasedRecord, undefined> {
    this.#index = this.#lease.length
    return { done: true, value: undefined }
  }

  [Symbol.iterator](): this {
    return this
  }
}

/**
 * One record of a lease. Its getters check that the lease still holds; a view that you kept cannot.
 */
export class LeasedRecord {
  /** Bytes of payload. */
  readonly length: number
  /** Where the payload begins in `buffer` of the views: for the raw way. */
  readonly offset: number
  readonly #lease: Lease
  readonly #memory: Uint8Array
  readonly #shared: ArrayBufferLike

  /** @internal */
  constructor(lease: Lease, memory: Uint8Array, buffer: ArrayBufferLike, offset: number, length: number) {
    this.#lease = lease
    this.#memory = memory
    this.#shared = buffer
    this.offset = offset
    this.length = length
  }

  /** The payload where it is. Shared memory: do not hand it to decoders, hashes or streams. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#buffer, this.offset, this.length)
  }

  get dataView(): DataView {
    return new DataView(this.#buffer, this.offset, this.length)
  }

  /** The payload as 32-bit words; up to 3 bytes at the end are left out. */
  get uint32(): Uint32Array {
    return new Uint32Array(this.#buffer, this.offset, this.length >>> 2)
  }

  /** The payload as 64-bit floats; up to 7 bytes at the end are left out. */
  get float64(): Float64Array {
    return new Float64Array(this.#buffer, this.offset, this.length >>> 3)
  }

  /** The payload as bytes of its own, to keep. */
  copy(): Uint8Array<ArrayBuffer> {
    this.#lease.assertHeld()
    return copyBytes(this.#memory, this.offset, this.length)
  }

  /** The payload as text: decoded from a copy, because decoders crash on memory that changes. */
  text(): string {
    this.#lease.assertHeld()
    return decodeText(this.#memory, this.offset, this.length)
  }

  get #buffer(): ArrayBufferLike {
    this.#lease.assertHeld()
    return this.#shared
  }
}
