import { RingbufError } from '../abi/error.js'
import {
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH_MASK,
} from '../abi/record.js'
import { copyBytes } from '../memory/copies.js'
import { decodeText } from '../memory/text.js'
import { recordBytes } from '../ring/algorithm/index.js'
import { corrupted, type Reader } from '../ring/reader.js'
import type { Ring } from '../ring/ring.js'

export interface LeaseOptions {
  /** Records at most. Default: 256. */
  readonly max?: number
  /** Bytes of payload at most; but one record is always lent if one is ready. Default: no limit. */
  readonly maxBytes?: number
}

/**
 * Records on loan: where they are, not copied, until they are released. Nobody overwrites them meanwhile,
 * and producers find that much less room.
 *
 * Leaving its block releases what was handed out, also by a block that throws; what was not handed out
 * stays in the ring for the next visit.
 */
export class Lease implements Iterable<LeasedRecord> {
  readonly #reader: Reader
  readonly #ended: (taken: number) => void
  /** Where each record's header stands in the window, and how long its payload is. */
  readonly #headers: number[] = []
  readonly #lengths: number[] = []
  /** Position behind each record; discarded ones behind it go with it. */
  readonly #ends: number[] = []
  readonly #skipped: number[] = []
  #handedOut = 0
  #released = false

  /** @internal */
  constructor(
    ring: Ring,
    reader: Reader,
    end: number,
    options: LeaseOptions,
    ended: (taken: number) => void,
  ) {
    this.#reader = reader
    this.#ended = ended
    this.#list(ring, end, options)
  }

  /** How many records are on loan. */
  get length(): number {
    return this.#headers.length
  }

  /** Whether they were given back. */
  get released(): boolean {
    return this.#released
  }

  /** The records, in order. Each is handed out as it is asked for. */
  *[Symbol.iterator](): Generator<LeasedRecord, void, void> {
    for (let index = 0; index < this.length; index++) {
      if (this.#released) return
      yield this.at(index)
    }
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
    this.#handedOut = Math.max(this.#handedOut, index + 1)
    const header = this.#headers[index] as number
    return new LeasedRecord(
      this,
      this.#reader.window.u8,
      header + RECORD_HEADER_BYTES,
      this.#lengths[index] as number,
    )
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
    const end = this.#ends[count] as number
    this.#reader.release(end, count, this.#skipped[count] as number)
    this.#ended(count)
  }

  /** Gives back what was handed out, unless it was released. */
  [Symbol.dispose](): void {
    if (!this.#released) this.release(this.#handedOut)
  }

  /** @internal */
  assertHeld(): void {
    if (!this.#released) return
    throw new RingbufError(
      'ERR_LEASE_RELEASED',
      'the records were released: their memory belongs to others now',
    )
  }

  /** Lists what scan has checked, believing each header only as far as `end` allows. */
  #list(ring: Ring, end: number, { maxBytes = Number.POSITIVE_INFINITY }: LeaseOptions): void {
    const { i32, base, origin, mask } = this.#reader.window
    let position = this.#reader.position
    let skipped = 0
    let bytes = 0
    this.#ends.push(position)
    this.#skipped.push(0)
    while (position !== end) {
      const header = base + ((position - origin) & mask)
      const word = i32[header >>> 2] as number
      const length = word & RECORD_LENGTH_MASK
      const total = recordBytes(length)
      if ((word & RECORD_BUSY_BIT) !== 0 || total > (end - position) >>> 0) {
        throw corrupted(ring.name, 'bad-length', position, word)
      }
      const discarded = (word & RECORD_DISCARD_BIT) !== 0
      if (!discarded) {
        bytes += length
        if (bytes > maxBytes && this.length > 0) return
        this.#headers.push(header)
        this.#lengths.push(length)
      } else {
        skipped++
      }
      position = (position + total) | 0
      // Discarded records go with the one before them; those in front of the first, with nothing.
      if (discarded) {
        this.#ends[this.#ends.length - 1] = position
        this.#skipped[this.#skipped.length - 1] = skipped
      } else {
        this.#ends.push(position)
        this.#skipped.push(skipped)
      }
    }
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

  /** @internal */
  constructor(lease: Lease, memory: Uint8Array, offset: number, length: number) {
    this.#lease = lease
    this.#memory = memory
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
    return this.#memory.buffer
  }
}
