import { REASON_BAD_LENGTH, REASON_BAD_PAGE_OFFSET, REASON_BAD_POSITION } from '../../abi/reason.js'
import { FREE_BYTE, RECORD_BUSY_BIT, RECORD_LENGTH_MASK, RECORD_PAGE_OFFSET_WORD } from '../../abi/record.js'
import {
  CLEAN_POSITION,
  CONSUMED_COUNT,
  CONSUMER_POSITION,
  CONSUMER_ROUNDS,
  HIGH_WATER,
  LOSS_FLAG,
  RELEASED_POSITION,
  SKIPPED_COUNT,
} from '../../abi/region.js'
import { addPlain } from './count.js'
import { keepRelease, promiseRelease } from './journal.js'
import { isOvertaken } from './overwrite.js'
import { producerPosition } from './producer-position.js'
import { dataAddress, distance, headerAddress, pageOffset, recordBytes } from './record.js'
import { wakeAllWaiters, wakeProducers } from './room.js'
import {
  atomicLoad,
  atomicStore,
  exchange,
  fill,
  isLocked,
  isOverwriting,
  isRecoverable,
  knownLimit,
  load,
  longRecordBytes,
  placeMask,
  ringAddress,
  ringSize,
  setKnownLimit,
  setReason,
  store,
  type View,
  type Word,
} from './words.js'

/** What `scan` answers when the ring is damaged. No position is odd. */
export const DAMAGED: Word = 1

/**
 * Looks at up to `records` records from `from`, and answers the position behind the last one that is
 * committed, in reservation order (R36). It stops at the first busy one. Every header was checked: it is
 * one of this place, and it ends before the producer position, which is within one ring of `from`.
 *
 * What stands before a damaged place is answered first; the next call, from there, answers DAMAGED.
 */
export function scan(view: View, from: Word, records: Word): Word {
  // Both count from `from`, so that neither wraps: what was seen to be committed, what to be reserved.
  let committed: Word = 0
  let reserved = distance(from, knownLimit(view))
  for (let seen: Word = 0; seen < records; seen++) {
    // Under a lock, what lies behind the producer position is stale; a claimed ring reads as busy there.
    if (isLocked(view) && committed === reserved) {
      if (!refreshLimit(view, from, committed)) return stopAt(from, committed)
      reserved = distance(from, knownLimit(view))
      if (committed === reserved) break
    }
    const header = headerAddress(view, from + committed)
    // [C2] Pairs with [S1]: the record's bytes are complete.
    const word = atomicLoad(view, header)
    if ((word & RECORD_BUSY_BIT) !== 0) break
    const offset = load(view, header + RECORD_PAGE_OFFSET_WORD)
    if ((offset & placeMask(view)) !== pageOffset(view, header)) {
      setReason(view, REASON_BAD_PAGE_OFFSET, offset)
      return stopAt(from, committed)
    }
    const end = committed + recordBytes(word & RECORD_LENGTH_MASK)
    // The producers' cache line is read only when what was known of it is used up.
    if (end > reserved) {
      if (!refreshLimit(view, from, committed)) return stopAt(from, committed)
      reserved = distance(from, knownLimit(view))
      if (end > reserved) {
        setReason(view, REASON_BAD_LENGTH, word)
        return stopAt(from, committed)
      }
    }
    committed = end
  }
  return (from + committed) | 0
}

function stopAt(from: Word, committed: Word): Word {
  return committed === 0 ? DAMAGED : (from + committed) | 0
}

/**
 * Reads the producer position anew. Answers whether it can be true: aligned, less than one ring ahead of
 * `from`, up to where the consumer released, and not before the `committed` bytes it has seen since.
 */
export function refreshLimit(view: View, from: Word, committed: Word): boolean {
  // [C1] Pairs with [T2], [T4] and [T9].
  const limit = producerPosition(view)
  const reserved = distance(from, limit)
  if ((limit & 7) !== 0 || reserved >= ringSize(view) || reserved < committed) {
    setReason(view, REASON_BAD_POSITION, limit)
    return false
  }
  setKnownLimit(view, limit)
  return true
}

/** Whether the record at this position is committed: whether there is anything to consume. */
export function isReady(view: View, position: Word): boolean {
  if (isReserved(view, position)) {
    if ((atomicLoad(view, headerAddress(view, position)) & RECORD_BUSY_BIT) === 0) return true
  }
  // In overwrite mode this may be another record by now, or no header at all; then there are newer ones.
  // Asked after the header was read: what stands there was written after the overwrite position had moved.
  return isOverwriting(view) && isOvertaken(view)
}

/** Under a lock, what lies behind the producer position is stale; a claimed ring reads as busy there. */
function isReserved(view: View, position: Word): boolean {
  if (!isLocked(view)) return true
  return producerPosition(view) !== (position | 0)
}

/**
 * Gives the bytes from `from` to `to` back to the producers, and counts what was in them. Only the
 * consumer calls it, with `from` the position it released up to last.
 */
export function release(view: View, from: Word, to: Word, consumed: Word, skipped: Word): void {
  const ring = ringAddress(view)
  // Nothing was released since `from`, so right now is when most of the ring was in use.
  const inUse = distance(from, producerPosition(view))
  if (inUse <= ringSize(view) && inUse > load(view, (ring + HIGH_WATER) | 0) >>> 0) {
    store(view, (ring + HIGH_WATER) | 0, inUse)
  }
  if (isRecoverable(view)) {
    const before = load(view, (ring + CONSUMER_ROUNDS) | 0)
    promiseRelease(view, to, to >>> 0 < from >>> 0 ? (before + 1) | 0 : before, consumed, skipped)
    keepRelease(view)
  } else {
    addPlain(view, (ring + CONSUMED_COUNT) | 0, consumed)
    addPlain(view, (ring + SKIPPED_COUNT) | 0, skipped)
    // [C3] Pairs with [T3]. Before [W1], so that a producer that finds us asleep knows where. An exchange, which what
    // is filled below does not pass on weakly ordered machines: whoever flushes waits for this, not for that.
    exchange(view, (ring + CONSUMER_POSITION) | 0, to)
  }
  if (!isLocked(view)) freeMemory(view, from, to, consumed + skipped)
  wakeProducers(view)
}

/**
 * Completes what a consumer began that died in the middle of release. Answers false when the positions
 * cannot be true. Called before a new consumer begins.
 */
export function finishRelease(view: View): boolean {
  if (!isLocked(view)) {
    const released = atomicLoad(view, (ringAddress(view) + RELEASED_POSITION) | 0)
    const consumer = atomicLoad(view, (ringAddress(view) + CONSUMER_POSITION) | 0)
    if ((released & 7) !== 0) {
      setReason(view, REASON_BAD_POSITION, released)
      return false
    }
    // What is filled below must lie before all that is reserved.
    if (!refreshLimit(view, released, distance(released, consumer))) return false
    if (released !== consumer) freeClean(view, released, consumer)
  }
  // It may have died before it came to this, or in the middle of it, when nothing says any more that
  // somebody waits; and then both sides would wait for each other.
  wakeAllWaiters(view)
  return true
}

/** Gives consumed memory of a claimed ring to the producers: clean, or as it is if its records were long. */
function freeMemory(view: View, from: Word, to: Word, records: Word): void {
  if (records !== 0 && distance(from, to) / longRecordBytes(view) >= records) freeAsItIs(view, to)
  else freeClean(view, from, to)
}

/** Producers that come to what lies before the clean position see to it that no old bytes are taken for a header. */
function freeAsItIs(view: View, to: Word): void {
  const ring = ringAddress(view)
  // [C8] Before [C5]: whoever sees the memory free sees that it is not clean, in [T10].
  atomicStore(view, (ring + CLEAN_POSITION) | 0, (to + ringSize(view)) | 0)
  // As [C5].
  atomicStore(view, (ring + RELEASED_POSITION) | 0, to)
}

/**
 * Makes the memory read as busy, so that a header which is not yet written stops the consumer, and only then
 * gives it away.
 */
function freeClean(view: View, from: Word, to: Word): void {
  const bytes = distance(from, to)
  const start = headerAddress(view, from)
  const toEnd = (dataAddress(view) + ringSize(view) - start) | 0
  if (bytes <= toEnd) {
    fill(view, start, FREE_BYTE, bytes)
  } else {
    // Headers never stand in the run-over, so what a record left there may stay.
    fill(view, start, FREE_BYTE, toEnd)
    fill(view, dataAddress(view), FREE_BYTE, bytes - toEnd)
  }
  keepUp(view, from)
  // [C5] Pairs with [T1]: who sees this sees the memory before it filled.
  atomicStore(view, (ringAddress(view) + RELEASED_POSITION) | 0, to)
}

/** A clean position that is left too far behind would look, when positions wrap, as if it lay ahead. */
function keepUp(view: View, position: Word): void {
  const clean = (ringAddress(view) + CLEAN_POSITION) | 0
  const behind = distance(load(view, clean), position)
  if (behind > ringSize(view) && behind < 0x8000_0000) atomicStore(view, clean, position)
}

/** Whether producers have dropped records since this was last asked. */
export function takeLossFlag(view: View): boolean {
  const flag = (ringAddress(view) + LOSS_FLAG) | 0
  if (atomicLoad(view, flag) === 0) return false
  // [D3] Before the counters are read: a drop that counted too late for that finds the flag taken in [D2].
  atomicStore(view, flag, 0)
  return true
}

/** Adds to one of the counters of the head page that the consumer keeps. */
export function tally(view: View, counter: Word, amount: Word): void {
  addPlain(view, (ringAddress(view) + counter) | 0, amount)
}
