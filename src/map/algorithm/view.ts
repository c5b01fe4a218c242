import type { Machine, Word } from '../../ring/algorithm/words.js'

/**
 * One thread's private knowledge of one map of an arena. What it says was checked when the map was opened, so nothing
 * that others write later can lead out of the map's memory.
 */
export interface MapView extends Machine {
  /** Address of the map's memory. */
  readonly at: Word
  /** 1 + the number of this user. */
  readonly me: Word
  /** How many users the arena can have. */
  readonly users: Word
  readonly maxEntries: Word
  /** Queues and stacks: places for values, a power of two. Hashes: buckets, a power of two. */
  readonly places: Word
  /** Hashes: elements, those included that are spare. */
  readonly elements: Word
  /** Bytes of an element, or of a value. */
  readonly stride: Word
  /** Address of the first element. */
  readonly firstElement: Word
  /** Of the hash function. */
  readonly seed: Word
  /** Whether the least recently used gives way where there is no room. */
  readonly evicts: boolean
  /** Words of a key: its bytes, and zeros up to a multiple of 4. */
  readonly keyWords: Word
  /** A word of this thread's own, in which to write for the order of what it reads. */
  readonly fence: Word
  /** The key that is asked for. */
  readonly key: Int32Array
  /** Gives way to whoever holds this lock word, or notices that it died. */
  readonly giveWay: (lockAt: Word) => void
}
