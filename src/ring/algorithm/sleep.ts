import { FREE_WORD, RECORD_BUSY_BIT, RECORD_LENGTH_MASK } from '../../abi/record.js'
import {
  CREDIT,
  PRODUCER_POSITION,
  ROOM_WAITERS,
  SLEEP_ASLEEP,
  SLEEP_AWAKE,
  SLEEP_FOR_MORE,
  SLEEP_WORD,
  WATERMARK,
} from '../../abi/region.js'
import { isReady } from './consume.js'
import { isClosed, isFinished, producerPosition } from './producer-position.js'
import { distance, headerAddress, recordBytes } from './record.js'
import {
  type Answer,
  add,
  atomicLoad,
  atomicStore,
  compareExchange,
  exchange,
  ringAddress,
  ringSize,
  type View,
  type Word,
} from './words.js'

/**
 * Says that the consumer, which has released up to `position`, is about to sleep. Answers whether it
 * may: false means that a record is ready, or that none will ever be, or that it was woken already; and
 * the consumer is awake again. It then sleeps for as long as the sleep word says that it is asleep.
 */
export function fallAsleep(view: View, position: Word): boolean {
  const word = (ringAddress(view) + SLEEP_WORD) | 0
  // [W1] Before [W2], never after: a producer that misses this store in [S2] has its record seen there.
  atomicStore(view, word, SLEEP_ASLEEP)
  // [W2]
  if (!isReady(view, position) && !isFinished(view, position)) return true
  atomicStore(view, word, SLEEP_AWAKE)
  return false
}

/**
 * The same for a consumer that wants to sleep until `bytes` bytes are in use, or `records` records are
 * committed. Where that is so but the first record is busy, it sleeps until that is committed. Answers
 * what the sleep word says while it sleeps; SLEEP_AWAKE when it may not.
 */
export function fallAsleepForMore(view: View, position: Word, bytes: Word, records: Word): Word {
  const ring = ringAddress(view)
  const word = (ring + SLEEP_WORD) | 0
  // [W8] Before [W4]: whoever sees that looks at these in [S3].
  atomicStore(view, (ring + WATERMARK) | 0, bytes)
  atomicStore(view, (ring + CREDIT) | 0, records)
  // [W4] As [W1].
  atomicStore(view, word, SLEEP_FOR_MORE)
  // [W6] Somebody waits for what we would sleep on: see [P1] and [P3].
  const urgent: boolean = atomicLoad(view, (ring + ROOM_WAITERS) | 0) !== 0
  if (!isFinished(view, position)) {
    const there = countReady(view, position, records)
    // [W3] What was committed before [W4] is counted here. What is committed meanwhile may be counted
    // here and in [S3]: then the consumer wakes early, never late.
    const missing: Answer = (add(view, (ring + CREDIT) | 0, -there) - there) | 0
    const isEnough = missing <= 0 || inUse(view, position) >= bytes >>> 0 || urgent
    // Of a closed ring no more will come. Whoever closes it after this wakes us.
    if (!isEnough && !isClosed(view)) return SLEEP_FOR_MORE
    // Enough is there. But a consumer that could not take it would only look again, and again.
    if (!isReady(view, position)) {
      // [W7] As [W1], with the look behind it for [W2].
      const state = compareExchange(view, word, SLEEP_FOR_MORE, SLEEP_ASLEEP)
      if (state === SLEEP_FOR_MORE && !isReady(view, position)) return SLEEP_ASLEEP
    }
  }
  atomicStore(view, word, SLEEP_AWAKE)
  return SLEEP_AWAKE
}

/** Whether so many bytes are in use, or so many records committed; or somebody waits for the consumer. */
export function hasEnough(view: View, position: Word, bytes: Word, records: Word): boolean {
  if (atomicLoad(view, (ringAddress(view) + ROOM_WAITERS) | 0) !== 0) return true
  return inUse(view, position) >= bytes >>> 0 || countReady(view, position, records) >= records
}

function inUse(view: View, position: Word): Word {
  return distance(position, producerPosition(view))
}

/**
 * Counts the records from `position` on that are committed, up to `most`; busy ones are passed over.
 * Answers `most` where it cannot tell, which wakes the consumer early rather than late.
 */
function countReady(view: View, position: Word, most: Word): Word {
  const reserved = inUse(view, position)
  if (reserved >= ringSize(view)) return most
  let seen: Word = 0
  let passed: Word = 0
  while (passed < reserved && seen < most) {
    const header = headerAddress(view, position + passed)
    const word = atomicLoad(view, header)
    // Claimed, its header not yet written: nobody knows where the next one is.
    if (word === (FREE_WORD | 0)) return most
    passed = (passed + recordBytes(word & RECORD_LENGTH_MASK)) | 0
    if ((word & RECORD_BUSY_BIT) === 0) seen++
  }
  return seen
}

/**
 * For a consumer of many rings: asks to be woken, whether or not something is there already. Unlike
 * fallAsleep it may stay so while the consumer is at work elsewhere.
 */
export function arm(view: View): void {
  // [W5] As [W1], with isReadable for [W2].
  atomicStore(view, (ringAddress(view) + SLEEP_WORD) | 0, SLEEP_ASLEEP)
}

/** Whether the kernel's poll would say EPOLLIN: anything is reserved, committed or not. Or it is closed. */
export function isReadable(view: View, position: Word): boolean {
  return atomicLoad(view, (ringAddress(view) + PRODUCER_POSITION) | 0) !== position
}

/** Says that the consumer is awake. Answers what the sleep word said: SLEEP_FORCED if it was forced. */
export function wakeUp(view: View): Word {
  return exchange(view, (ringAddress(view) + SLEEP_WORD) | 0, SLEEP_AWAKE)
}
