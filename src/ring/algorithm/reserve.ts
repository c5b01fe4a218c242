import {
  REASON_BAD_FLAGS,
  REASON_BAD_POSITION,
  REASON_CLOSED,
  REASON_CONTENDED,
  REASON_FULL,
  REASON_NONE,
  REASON_TOO_LARGE,
} from '../../abi/reason.js'
import {
  RECORD_BUSY_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH_MASK,
  RECORD_MAX_BYTES,
  RECORD_PAGE_OFFSET_WORD,
} from '../../abi/record.js'
import {
  CLOSED_BIT,
  CONSUMER_POSITION,
  PENDING_POSITION,
  PRODUCER_POSITION,
  RELEASED_POSITION,
  SLOT_ATTEMPTED,
} from '../../abi/region.js'
import { count, drop, refuse } from './count.js'
import { lock, unlock } from './lock.js'
import { distance, fitsBatch, headerAddress, pageOffset, recordBytes } from './record.js'
import {
  atomicLoad,
  atomicStore,
  compareExchange,
  isLocked,
  load,
  ringAddress,
  ringSize,
  setReason,
  store,
  type View,
  type Word,
} from './words.js'

/**
 * Reserves a record of `sizeBytes`. Answers the address of its payload, or 0 with a reason (R16, R11).
 *
 * `patience` says how often to try again when another producer is in the way. 0 is try mode: the call
 * may fail though there is room, and counts as dropped (R27). Otherwise running out of patience counts
 * as nothing, because the caller waits and calls again.
 */
export function reserve(view: View, sizeBytes: Word, flags: Word, patience: Word): Word {
  if (flags !== 0) return refuse(view, REASON_BAD_FLAGS, 1)
  if (sizeBytes > RECORD_MAX_BYTES) return refuse(view, REASON_TOO_LARGE, 1)
  return take(view, sizeBytes, 1, patience)
}

/**
 * Reserves `records` records of `sizeBytes` each as one region, which is busy as a whole until it is
 * split. All or nothing: the answer is the first payload's address, or 0.
 */
export function reserveBatch(view: View, records: Word, sizeBytes: Word, patience: Word): Word {
  if (sizeBytes > RECORD_MAX_BYTES) return refuse(view, REASON_TOO_LARGE, records)
  const stride = recordBytes(sizeBytes)
  if (!fitsBatch(view, records, stride)) return refuse(view, REASON_TOO_LARGE, records)
  return reserveRegion(view, records, (records * stride - RECORD_HEADER_BYTES) | 0, patience)
}

/**
 * Reserves one region of `length` bytes behind its header, to be split into `records` records. If there
 * is no room, as many records are dropped.
 */
export function reserveRegion(view: View, records: Word, length: Word, patience: Word): Word {
  if (length > RECORD_MAX_BYTES) return refuse(view, REASON_TOO_LARGE, records)
  return take(view, length, records, patience)
}

/** Takes a header and `length` bytes, by the ring's way of ordering reservations. */
function take(view: View, length: Word, records: Word, patience: Word): Word {
  if (recordBytes(length) > ringSize(view)) return refuse(view, REASON_TOO_LARGE, records)
  return isLocked(view)
    ? takeUnderLock(view, length, records, patience)
    : claim(view, length, records, patience)
}

/**
 * The lock-free way: whoever moves the producer position owns what it moved over. There is no moment in
 * which one producer keeps another from reserving. The header follows the position, so a consumer may
 * come upon memory whose header is not there yet; that memory reads as busy, since the consumer filled
 * it so when it released it (FREE_BYTE).
 */
function claim(view: View, length: Word, records: Word, patience: Word): Word {
  const mask: Word = ringSize(view) - 1
  const total = recordBytes(length)
  if (total > mask) return refuse(view, REASON_TOO_LARGE, records)
  const producer = (ringAddress(view) + PRODUCER_POSITION) | 0
  let position = atomicLoad(view, producer)
  while (true) {
    if ((position & 7) !== 0) return turnAway(view, position, records)
    const end = (position + total) | 0
    // [T1] Pairs with [C5]: the memory before the released position reads as free. The consumer position
    // is not asked: whoever moves it by hand never makes us overwrite a record.
    const unreleased = distance(atomicLoad(view, (ringAddress(view) + RELEASED_POSITION) | 0), end)
    if (unreleased > mask) return drop(view, REASON_FULL, records)
    // [T2] The reservation, and its place in the order (R34).
    const seen = compareExchange(view, producer, position, end)
    if (seen === position) break
    if (patience === 0) return drop(view, REASON_CONTENDED, records)
    patience--
    position = seen
  }
  return begin(view, position, length)
}

/** The kernel's way: header and position are written under a lock, header first. */
function takeUnderLock(view: View, length: Word, records: Word, patience: Word): Word {
  const mask: Word = ringSize(view) - 1
  const total = recordBytes(length)
  // [T3] Before the lock, as in the kernel; pairs with [C3]. Older than necessary is safe: less room.
  const consumer = atomicLoad(view, (ringAddress(view) + CONSUMER_POSITION) | 0)
  const tryOnly = patience === 0
  if (!lock(view, patience)) {
    if (tryOnly) return drop(view, REASON_CONTENDED, records)
    setReason(view, REASON_CONTENDED, 0)
    return 0
  }
  const producer = (ringAddress(view) + PRODUCER_POSITION) | 0
  const position = load(view, producer)
  let address: Word = 0
  if ((position & 7) !== 0) {
    address = turnAway(view, position, records)
  } else {
    const pending = advancePending(view, position)
    const end = (position + total) | 0
    if (total > mask) {
      address = refuse(view, REASON_TOO_LARGE, records)
    } else if (distance(pending, end) > mask || distance(consumer, end) > mask) {
      address = drop(view, REASON_FULL, records)
    } else {
      address = begin(view, position, length)
      // [T4] Publishes the header: who sees the position never sees a stale header. Pairs with [C1].
      atomicStore(view, producer, end)
    }
  }
  unlock(view)
  return address
}

/** Nothing can be reserved at a position that is no multiple of 8: the ring was closed, or is damaged. */
function turnAway(view: View, position: Word, records: Word): Word {
  return refuse(view, (position & 7) === CLOSED_BIT ? REASON_CLOSED : REASON_BAD_POSITION, records)
}

/**
 * Moves the pending position over every record that is not busy any more, and stores it. No reservation
 * may reach further than one ring from it, so a busy record is never overwritten, whatever happens to
 * the consumer position. Called under the lock.
 */
function advancePending(view: View, producer: Word): Word {
  const word = (ringAddress(view) + PENDING_POSITION) | 0
  let pending = load(view, word)
  // A peer may have damaged the word. Then it stays as it is, and nothing can be reserved beyond one ring.
  while ((pending & 7) === 0 && distance(pending, producer) <= ringSize(view) && pending !== producer) {
    // [T5] Pairs with [S1].
    const header = atomicLoad(view, headerAddress(view, pending))
    if ((header & RECORD_BUSY_BIT) !== 0) break
    const next = (pending + recordBytes(header & RECORD_LENGTH_MASK)) | 0
    if (distance(pending, next) > distance(pending, producer)) break
    pending = next
  }
  store(view, word, pending)
  return pending
}

/** Writes the header of a region that is now ours, and answers the address of its payload. */
function begin(view: View, position: Word, length: Word): Word {
  const header = headerAddress(view, position)
  store(view, header, length | RECORD_BUSY_BIT)
  store(view, header + RECORD_PAGE_OFFSET_WORD, pageOffset(view, header))
  count(view, SLOT_ATTEMPTED, 1)
  setReason(view, REASON_NONE, 0)
  return (header + RECORD_HEADER_BYTES) | 0
}
