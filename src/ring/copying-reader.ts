import { BPF_RB_AVAIL_DATA } from '../abi/flags.js'
import { FREE_WORD, RECORD_BUSY_BIT, RECORD_LENGTH_MASK } from '../abi/record.js'
import {
  CLOSED_BIT,
  CONSUMED_COUNT,
  CONSUMER_POSITION,
  CONSUMER_ROUNDS,
  DATA_OFFSET,
  HIGH_WATER,
  LOST_COUNT,
  PRODUCER_POSITION,
} from '../abi/region.js'
import { FOUND_LOST, FOUND_LOST_HIGH, FOUND_POSITION, FOUND_ROUNDS, recordBytes } from './algorithm/index.js'
import type { Attachment } from './attachment.js'
import { addU64, readU64 } from './counters.js'
import { longOverwritePosition, longProducerPosition } from './long-positions.js'
import { corrupted, type Gap, type Reader, type Window } from './reader.js'

/**
 * Reads a ring whose memory may be written over at any moment: of a ring in overwrite mode, whose producers do
 * not wait for it; or of any other as an observer, for whom the consumer does not wait. It copies a chunk
 * to private memory, then asks what was given up meanwhile, and believes the rest.
 *
 * Positions are 64 bits wide here (a number), since a reader that sleeps may be lapped any number of
 * times; and it counts the submitted records before its position, so that it can tell exactly how many
 * it has missed: the ring counts those before the overwrite position.
 */
export class CopyingReader implements Reader {
  readonly #attachment: Attachment
  /** Whether it stands for the ring's consumer, and moves the consumer position. */
  readonly #consumes: boolean
  /** Where it stands, and how many submitted records lie before. */
  #at: number
  #before: number
  #chunk: Chunk
  /** Where chunks are copied to, one after the other. */
  #private = new Uint8Array(CHUNK_BYTES)
  #gap: Gap | undefined

  private constructor(attachment: Attachment, consumes: boolean, at: number, before: number) {
    this.#attachment = attachment
    this.#consumes = consumes
    this.#at = at
    this.#before = before
    this.#chunk = emptyChunk(at)
  }

  /** As the ring's consumer: from where the last one stood. */
  static consumer(attachment: Attachment): CopyingReader {
    const { views, address } = attachment
    const word = (offset: number) => Atomics.load(views.u32, (address + offset) >>> 2)
    const at = word(CONSUMER_ROUNDS) * 2 ** 32 + word(CONSUMER_POSITION)
    const before = readU64(views.u32, address + CONSUMED_COUNT) + readU64(views.u32, address + LOST_COUNT)
    const reader = new CopyingReader(attachment, true, at, before)
    // Whoever opens it has looked; but a peer may have damaged it since.
    reader.#checked({ at, before })
    // The last consumer may have died between the two words of its position.
    const oldest = reader.#survey()
    if (oldest && at > oldest.at + attachment.size) {
      const tooFar = Math.ceil((at - oldest.at - attachment.size) / 2 ** 32) * 2 ** 32
      if (tooFar > at) throw corrupted(attachment.name, 'bad-position', at, word(CONSUMER_ROUNDS))
      reader.#goTo({ at: at - tooFar, before })
    }
    return reader
  }

  /** As an observer, who changes nothing: from the oldest record that is there. */
  static observer(attachment: Attachment): CopyingReader {
    // High enough that a position below it is no negative number.
    const reader = new CopyingReader(attachment, false, attachment.overwrites ? 0 : 2 ** 32, 0)
    const oldest = reader.#survey()
    if (oldest) reader.#goTo(oldest)
    return reader
  }

  get position(): number {
    return this.#at | 0
  }

  get window(): Window {
    return this.#chunk
  }

  get ready(): boolean {
    return this.#at < this.#chunk.end || Boolean(this.#attachment.engine.isReady(this.position))
  }

  get end(): number {
    return longProducerPosition(this.#attachment)
  }

  isBefore(end: number): boolean {
    return this.#at < end
  }

  get readable(): boolean {
    // Lapped by exactly 4 GiB, it stands where the producers are.
    return Boolean(this.#attachment.engine.isReadable(this.position)) || this.ready
  }

  scan(records: number): number {
    if (this.#at === this.#chunk.end) this.#chunk = this.#copy()
    // The chunk was checked: its records follow each other up to its end.
    let at = this.#at
    for (let i = 0; i < records && at < this.#chunk.end; i++) {
      const header = this.#chunk.i32[(at - this.#chunk.start) >>> 2] as number
      at += recordBytes(header & RECORD_LENGTH_MASK)
    }
    return at | 0
  }

  release(to: number, consumed: number, skipped: number): void {
    if (this.#consumes) this.#noteUse()
    this.#at += (to - this.#at) >>> 0
    this.#before += consumed
    if (this.#consumes) {
      this.#attachment.engine.advanceTo(to, Math.floor(this.#at / 2 ** 32) | 0, consumed, skipped)
    }
  }

  /**
   * For observers: goes on behind a busy record. `gone`: it is none any more, look again.
   * `end`: its end is not known, or nothing is there.
   */
  passBusy(): 'busy' | 'gone' | 'end' {
    const { views, address, size } = this.#attachment
    const producer = Atomics.load(views.i32, (address + PRODUCER_POSITION) >>> 2) & ~CLOSED_BIT
    const header = this.#header(this.#at)
    const total = recordBytes(header & RECORD_LENGTH_MASK)
    const left = (producer - this.#at) >>> 0
    const now = this.#survey()
    if (now && now.at > this.#at) {
      this.#skipTo(now)
      return 'gone'
    }
    if (left === 0 || header === (FREE_WORD | 0)) return 'end'
    // It was committed meanwhile.
    if ((header & RECORD_BUSY_BIT) === 0) return 'gone'
    if (left > size || total > left) return 'end'
    this.#goTo({ at: this.#at + total, before: this.#before })
    return 'busy'
  }

  takeGap(): Gap | undefined {
    const gap = this.#gap
    this.#gap = undefined
    return gap
  }

  /** The next chunk of complete records; empty when none is there. */
  #copy(): Chunk {
    const { size } = this.#attachment
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const oldest = this.#survey()
      if (!oldest) continue
      this.#skipTo(oldest)
      const limit = this.#limit(oldest)
      if (limit === undefined) continue
      if (limit.reserved === 0) break
      const chunk = limit.committed > 0 ? this.#copyMany(limit.committed) : this.#copyOne(limit.reserved)
      if (chunk === undefined) break
      // Whatever was copied, length words included, is to be believed from here on only.
      const now = this.#survey()
      if (!now || now.at >= this.#at + chunk.bytes) continue
      this.#skipTo(now)
      const end = this.#parse(chunk, Math.min(chunk.bytes, size))
      if (end > this.#at) return { ...chunk, end }
      // Nothing was given up, and yet no record ends where one must.
      if (this.#at === chunk.start) {
        throw corrupted(this.#attachment.name, 'bad-length', this.#at, chunk.i32[0] as number)
      }
    }
    return emptyChunk(this.#at)
  }

  /** How much is reserved, and how much of it certainly committed. Undefined: overtaken meanwhile. */
  #limit(oldest: Place): { reserved: number; committed: number } | undefined {
    const { engine, views, address, size } = this.#attachment
    const producer = Atomics.load(views.i32, (address + PRODUCER_POSITION) >>> 2) & ~CLOSED_BIT
    const reserved = (producer - this.#at) >>> 0
    if ((producer & 7) !== 0) throw corrupted(this.#attachment.name, 'bad-position', this.#at, producer)
    // As much as the ring is long is never in use.
    if (reserved >= size) {
      const now = this.#survey()
      if (!now || now.at > oldest.at) return undefined
      throw corrupted(this.#attachment.name, 'bad-position', this.#at, producer)
    }
    // The pending position may be behind us, or newer than the producer position that we know.
    // Rings that do not overwrite keep it for themselves, or not at all.
    const committed = this.#attachment.overwrites ? (engine.committedBefore() - this.#at) | 0 : 0
    return { reserved, committed: Math.max(0, Math.min(committed, reserved)) }
  }

  /** Copies at most CHUNK_BYTES of committed records, or one that is longer. */
  #copyMany(committed: number): CopiedChunk {
    const first = recordBytes(this.#header(this.#at) & RECORD_LENGTH_MASK)
    return this.#copyBytes(Math.min(committed, Math.max(CHUNK_BYTES, first)))
  }

  /** Copies the record at its position, if that is committed. */
  #copyOne(reserved: number): CopiedChunk | undefined {
    const header = this.#header(this.#at)
    if ((header & RECORD_BUSY_BIT) !== 0) return undefined
    return this.#copyBytes(Math.min(recordBytes(header & RECORD_LENGTH_MASK), reserved))
  }

  #header(at: number): number {
    const { views, address, size } = this.#attachment
    // Pairs with [S1]: the record's bytes are complete, if it is not overwritten.
    return Atomics.load(views.i32, (address + DATA_OFFSET + (at & (size - 1))) >>> 2)
  }

  /**
   * The bytes from its position on, in one piece: behind the end of the data lies what runs over of the
   * last record, and nothing else of use.
   */
  #copyBytes(bytes: number): CopiedChunk {
    const { views, address, size } = this.#attachment
    const from = address + DATA_OFFSET + (this.#at & (size - 1))
    if (this.#private.length < bytes) this.#private = new Uint8Array(2 ** Math.ceil(Math.log2(bytes)))
    const u8 = this.#private
    u8.set(views.u8.subarray(from, from + bytes))
    const i32 = new Int32Array(u8.buffer)
    return { u8, i32, start: this.#at, bytes, base: 0, origin: this.#at | 0, mask: -1 }
  }

  /** Walks over what was copied, from its position on, and answers where the last whole record ends. */
  #parse(chunk: CopiedChunk, bytes: number): number {
    const { size } = this.#attachment
    const toEnd = size - (chunk.start & (size - 1))
    let offset = this.#at - chunk.start
    while (offset < bytes && offset < toEnd) {
      const header = chunk.i32[offset >>> 2] as number
      const next = offset + recordBytes(header & RECORD_LENGTH_MASK)
      if (next > bytes || (header & RECORD_BUSY_BIT) !== 0) break
      offset = next
    }
    return chunk.start + offset
  }

  /** Where the oldest record stands now. Undefined, for a consumer, while a producer is changing that. */
  #survey(): Place | undefined {
    const { engine, views, address, overwrites } = this.#attachment
    // Who only looks does not count what it missed.
    if (overwrites && !this.#consumes) {
      const least = Math.max(0, this.#at - this.#attachment.size)
      return this.#checked({ at: longOverwritePosition(this.#attachment, least), before: 0 })
    }
    if (!engine.survey()) return undefined
    if (!overwrites) {
      // Only the consumer makes memory free; the survey was for its fence. Nobody counts what it missed.
      const consumer = Atomics.load(views.i32, (address + CONSUMER_POSITION) >>> 2)
      return this.#checked({ at: this.#at + ((consumer - this.#at) | 0), before: 0 })
    }
    const word = (which: number) => engine.found(which) >>> 0
    return this.#checked({
      at: word(FOUND_ROUNDS) * 2 ** 32 + word(FOUND_POSITION),
      before: word(FOUND_LOST_HIGH) * 2 ** 32 + word(FOUND_LOST),
    })
  }

  /** The same place, if a record can stand there. What follows reads its header, which must be aligned. */
  #checked(place: Place): Place {
    const rounds = Math.floor(place.at / 2 ** 32)
    const { name } = this.#attachment
    if (rounds > MOST_ROUNDS) throw corrupted(name, 'bad-position', this.#at, rounds)
    if (place.at % 8 !== 0) throw corrupted(name, 'bad-position', this.#at, place.at)
    return place
  }

  /** Right now is when most of the ring was in use since the last release. */
  #noteUse(): void {
    const { engine, views, address, size } = this.#attachment
    const used = Math.min(engine.query(BPF_RB_AVAIL_DATA) >>> 0, size)
    const mark = (address + HIGH_WATER) >>> 2
    if (used > Atomics.load(views.u32, mark)) Atomics.store(views.u32, mark, used)
  }

  /** Goes on elsewhere than behind the chunk that it has. */
  #goTo({ at, before }: Place): void {
    this.#at = at
    this.#before = before
    this.#chunk = emptyChunk(at)
  }

  /** Goes on at the oldest record that is there, if its own is gone. */
  #skipTo(oldest: Place): void {
    if (oldest.at <= this.#at) return
    const count = oldest.before - this.#before
    this.#goTo(oldest)
    const missed = count + (this.#gap?.count ?? 0)
    // What was only discarded nobody misses.
    if (missed > 0 || !this.#consumes) this.#gap = { count: missed, position: oldest.at % 2 ** 32 }
    if (this.#consumes) {
      const { engine, views, address } = this.#attachment
      this.#noteUse()
      addU64(views.u32, address + LOST_COUNT, count)
      engine.advanceTo(this.#at | 0, Math.floor(this.#at / 2 ** 32) | 0, 0, 0)
    }
  }
}

/** A position, and how many submitted records lie before it. */
interface Place {
  readonly at: number
  readonly before: number
}

interface CopiedChunk extends Window {
  /** Position of the first byte. */
  readonly start: number
  readonly bytes: number
}

interface Chunk extends Window {
  readonly start: number
  /** Position behind the last record. */
  readonly end: number
}

function emptyChunk(at: number): Chunk {
  return {
    u8: new Uint8Array(0),
    i32: new Int32Array(0),
    base: 0,
    origin: at | 0,
    mask: -1,
    start: at,
    end: at,
  }
}

/** Positions are exact up to 2^53: nine million gigabytes. */
const MOST_ROUNDS = 2 ** 21 - 1
/** Enough to make the survey cheap, and so little that most of it survives the copying. */
const CHUNK_BYTES = 65536
/** How often it tries to be faster than the producers in one call. */
const ATTEMPTS = 1000
