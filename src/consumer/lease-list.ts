import {
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH_MASK,
} from '../abi/record.js'
import { recordBytes } from '../ring/algorithm/index.js'
import { corrupted, type Reader } from '../ring/reader.js'

/** Words of one record in the list. */
const POSITION = 0
/** Of the payload: where it begins in the window of the reader, and how long it is. */
const OFFSET = 1
const LENGTH = 2
/** How many discarded records lie before it. */
const SKIPPED = 3
const WORDS = 4

/**
 * The records of one lease, as they were found: what a peer writes into their headers afterwards changes
 * nothing. A consumer has one, for one lease after the other.
 */
export class LeaseList {
  #words: Int32Array = new Int32Array(WORDS * 16)
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Lists what scan has checked, believing each header only as far as `end` allows. */
  fill(name: string, reader: Reader, end: number, maxBytes: number): void {
    const { i32, base, origin, mask } = reader.window
    let words = this.#words
    let position = reader.position
    let [at, skipped, bytes] = [0, 0, 0]
    while (position !== end) {
      const header = base + ((position - origin) & mask)
      const word = i32[header >>> 2] as number
      const length = word & RECORD_LENGTH_MASK
      const total = recordBytes(length)
      if ((word & RECORD_BUSY_BIT) !== 0 || total > (end - position) >>> 0) {
        throw corrupted(name, 'bad-length', position, word)
      }
      if ((word & RECORD_DISCARD_BIT) !== 0) skipped++
      else {
        bytes += length
        if (bytes > maxBytes && at > 0) break
        if (at + WORDS + WORDS > words.length) words = this.#grow()
        words[at + POSITION] = position
        words[at + OFFSET] = header + RECORD_HEADER_BYTES
        words[at + LENGTH] = length
        words[at + SKIPPED] = skipped
        at += WORDS
      }
      position = (position + total) | 0
    }
    // Behind the last: where the list ends.
    words[at + POSITION] = position
    words[at + SKIPPED] = skipped
    this.#count = at / WORDS
  }

  /** Where nothing is left to lend, `position(0)` is where the reader stands. */
  clear(): void {
    this.#words[SKIPPED] = 0
  }

  offset(index: number): number {
    return this.#words[index * WORDS + OFFSET] as number
  }

  length(index: number): number {
    return this.#words[index * WORDS + LENGTH] as number
  }

  /** Of a record, or, at `count`, behind all. */
  position(index: number): number {
    return this.#words[index * WORDS + POSITION] as number
  }

  skipped(index: number): number {
    return this.#words[index * WORDS + SKIPPED] as number
  }

  #grow(): Int32Array {
    const words = new Int32Array(2 * this.#words.length)
    words.set(this.#words)
    this.#words = words
    return words
  }
}
