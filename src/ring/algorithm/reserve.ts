import {
  REASON_BAD_FLAGS,
  REASON_BAD_POSITION,
  REASON_CLOSED,
  REASON_CONTENDED,
  REASON_FULL,
  REASON_GONE,
  REASON_NONE,
  REASON_TOO_LARGE,
} from '../../abi/reason.js'
import {
  FREE_WORD,
  LOST_RECORD_BYTES,
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LOST_OWNER,
  RECORD_MAX_BYTES,
  RECORD_OWNER_SHIFT,
  RECORD_PAGE_OFFSET_WORD,
} from '../../abi/record.js'
import {
  CLEAN_POSITION,
  CLOSED_BIT,
  CONSUMER_POSITION,
  POSITION_BITS,
  PRODUCER_POSITION,
  RELEASED_POSITION,
  RESERVING_BIT,
  RESERVING_PARKED_BIT,
  SLOT_ATTEMPTED,
} from '../../abi/region.js'
import { commitOwn, commitReport } from './commit.js'
import { count, drop, refuse } from './count.js'
import { breakPromise, isRevoked, keepPromise, promise } from './journal.js'
import { lock, unlock } from './lock.js'
import { overwrite } from './overwrite.js'
import { advancePending } from './pending.js'
import { positionOf } from './producer-position.js'
import { distance, fitsBatch, headerAddress, pageOffset, recordBytes } from './record.js'
import { hasRoom } from './room.js'
import {
  atomicLoad,
  atomicStore,
  compareExchange,
  isLocked,
  isOverwriting,
  isRecoverable,
  load,
  notify,
  ownerBits,
  ringAddress,
  ringSize,
  setReason,
  setUnreported,
  slotAddress,
  store,
  unreported,
  unreportedSince,
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
  if (isRevoked(view)) return turnGone(view)
  if (flags !== 0) return refuse(view, REASON_BAD_FLAGS, 1)
  if (sizeBytes > RECORD_MAX_BYTES) return refuse(view, REASON_TOO_LARGE, 1)
  return take(view, sizeBytes, 1, patience)
}

/**
 * Reserves `records` records of `sizeBytes` each as one region, which is busy as a whole until it is
 * split. All or nothing: the answer is the first payload's address, or 0.
 */
export function reserveBatch(view: View, records: Word, sizeBytes: Word, patience: Word): Word {
  if (isRevoked(view)) return turnGone(view)
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
  if (isRevoked(view)) return turnGone(view)
  if (length > RECORD_MAX_BYTES) return refuse(view, REASON_TOO_LARGE, records)
  return take(view, length, records, patience)
}

/** Takes a header and `length` bytes, by the ring's way of ordering reservations. */
function take(view: View, length: Word, records: Word, patience: Word): Word {
  // Only with the record itself: a report that took the last room would make the next loss.
  if (unreported(view) !== 0 && hasRoom(view, length + recordBytes(LOST_RECORD_BYTES))) {
    reportLosses(view, patience)
  }
  return isLocked(view)
    ? takeUnderLock(view, length, records, patience)
    : claim(view, length, records, patience)
}

/**
 * Says in the ring how many records this producer has dropped since it last did: a record of its own, in
 * front of the next one (RECORD_LOST_OWNER). If there is no room for that either, it is tried again.
 */
function reportLosses(view: View, patience: Word): void {
  const address = isLocked(view)
    ? takeUnderLock(view, LOST_RECORD_BYTES, 0, patience)
    : claim(view, LOST_RECORD_BYTES, 0, patience)
  if (address === 0) return
  const header = (address - RECORD_HEADER_BYTES) | 0
  store(view, address, unreported(view))
  store(view, address + 4, 0)
  store(view, address + 8, unreportedSince(view))
  store(view, address + 12, 0)
  const owner: Word = RECORD_LOST_OWNER << RECORD_OWNER_SHIFT
  setUnreported(view, 0, 0)
  if (isRecoverable(view)) {
    // The name is changed with the commit: until then it says who has left it, should we die.
    commitReport(view, header, pageOffset(view, header) | owner)
    return
  }
  store(view, header + RECORD_PAGE_OFFSET_WORD, pageOffset(view, header) | owner)
  commitOwn(view, header, LOST_RECORD_BYTES | RECORD_BUSY_BIT, LOST_RECORD_BYTES | RECORD_DISCARD_BIT)
}

/**
 * The lock-free way: whoever moves the producer position owns what it moved over. There is no moment in
 * which one producer keeps another from reserving. The header follows the position, so a consumer may
 * come upon memory whose header is not there yet; that memory reads as busy, since the consumer filled
 * it so when it released it (FREE_BYTE). Where it did not, because records were long, see `claimUnclean`.
 */
function claim(view: View, length: Word, records: Word, patience: Word): Word {
  const mask: Word = ringSize(view) - 1
  const total = recordBytes(length)
  if (total > mask) return refuse(view, REASON_TOO_LARGE, records)
  const producer = (ringAddress(view) + PRODUCER_POSITION) | 0
  let position = atomicLoad(view, producer)
  while (true) {
    if ((position & 7) !== 0) {
      const isHeld: boolean = isBeingReserved(view, position)
      // Read again after that: while the word stays as it was, the clean position belongs to it.
      const seen = atomicLoad(view, producer)
      if (seen === position && !isHeld) return turnAway(view, position, records)
      if (patience === 0) return drop(view, REASON_CONTENDED, records)
      if (--patience === 0) return putOff(view)
      position = seen
      continue
    }
    const end = (position + total) | 0
    // [T1] Pairs with [C5]: the memory before the released position reads as free. The consumer position
    // is not asked: whoever moves it by hand never makes us overwrite a record.
    const unreleased = distance(atomicLoad(view, (ringAddress(view) + RELEASED_POSITION) | 0), end)
    if (unreleased > mask) return drop(view, REASON_FULL, records)
    // [T10] After [T1]; pairs with [C8].
    const clean = atomicLoad(view, (ringAddress(view) + CLEAN_POSITION) | 0)
    let claimed: Word = end
    if (distance(clean, position) > 0x7fff_ffff) claimed = position | RESERVING_BIT
    // [T2] The reservation, and its place in the order (R34); or the right to the next one.
    const seen = compareExchange(view, producer, position, claimed)
    if (seen === position) {
      if (claimed === end) return begin(view, position, length, records)
      return claimUnclean(view, position, length, records)
    }
    if (patience === 0) return drop(view, REASON_CONTENDED, records)
    if (--patience === 0) return putOff(view)
    position = seen
  }
}

/**
 * Claims where free memory may hold old bytes: the header is written before the position covers it, and what comes
 * next is made to read as busy, so that memory is as if it were clean from there on. Nobody else can reserve meanwhile.
 */
function claimUnclean(view: View, position: Word, length: Word, records: Word): Word {
  const end = (position + recordBytes(length)) | 0
  const header = headerAddress(view, position)
  store(view, header, busyHeader(view, length))
  store(view, header + RECORD_PAGE_OFFSET_WORD, pageOffset(view, header) | ownerBits(view))
  // At least 8 bytes are always free, so there is a place for it.
  const next = headerAddress(view, end)
  store(view, next, FREE_WORD)
  store(view, next + RECORD_PAGE_OFFSET_WORD, FREE_WORD)
  const producer = (ringAddress(view) + PRODUCER_POSITION) | 0
  let word: Word = position | RESERVING_BIT
  while (true) {
    // [T9] Publishes both, and lets the others reserve: [T2] of the next pairs with it, and [C1]. If the ring was
    // closed meanwhile, nothing is reserved.
    const seen = compareExchange(
      view,
      producer,
      word,
      (word & CLOSED_BIT) === 0 ? end : position | CLOSED_BIT,
    )
    if (seen === word) break
    word = seen
  }
  if ((word & RESERVING_PARKED_BIT) !== 0) notify(view, producer, 0xffff_ffff)
  if ((word & CLOSED_BIT) !== 0) return refuse(view, REASON_CLOSED, records)
  if (records !== 0) count(view, SLOT_ATTEMPTED, 1)
  setReason(view, REASON_NONE, 0)
  return (header + RECORD_HEADER_BYTES) | 0
}

/** The caller lets others go on, and tries again: that is no attempt that failed. */
function putOff(view: View): Word {
  setReason(view, REASON_CONTENDED, 0)
  return 0
}

/** The kernel's way: header and position are written under a lock, header first. */
function takeUnderLock(view: View, length: Word, records: Word, patience: Word): Word {
  const mask: Word = ringSize(view) - 1
  const total = recordBytes(length)
  if (total > ringSize(view)) return refuse(view, REASON_TOO_LARGE, records)
  // [T3] Before the lock, as in the kernel; pairs with [C3]. Older than necessary is safe: less room.
  const consumer = atomicLoad(view, (ringAddress(view) + CONSUMER_POSITION) | 0)
  const tryOnly = patience === 0
  if (!lock(view, patience)) {
    return tryOnly ? drop(view, REASON_CONTENDED, records) : putOff(view)
  }
  const producer = (ringAddress(view) + PRODUCER_POSITION) | 0
  const position = isRecoverable(view) ? atomicLoad(view, producer) : load(view, producer)
  let address: Word = 0
  if (isRevoked(view)) {
    address = turnGone(view)
  } else if ((position & 7) !== 0) {
    address = turnAway(view, position, records)
  } else {
    const pending = advancePending(view, position)
    const end = (position + total) | 0
    if (total > mask) {
      address = refuse(view, REASON_TOO_LARGE, records)
    } else if (distance(pending, end) > mask) {
      address = drop(view, REASON_FULL, records)
    } else if (distance(consumer, end) > mask && !isOverwriting(view)) {
      address = drop(view, REASON_FULL, records)
    } else {
      if (isOverwriting(view)) overwrite(view, pending, end)
      if (isRecoverable(view)) {
        address = beginPromised(view, position, end, length, records)
      } else {
        address = begin(view, position, length, records)
        // [T4] Publishes the header: who sees the position never sees a stale header. Pairs with [C1].
        atomicStore(view, producer, end)
      }
    }
  }
  unlock(view)
  return address
}

/**
 * Publishes a reservation so that it is known, if this thread dies, whether it did. Not by a store: the ring
 * may be closed without the lock, which nobody then has to take from a thread that died.
 */
function beginPromised(view: View, position: Word, end: Word, length: Word, records: Word): Word {
  const slot = slotAddress(view)
  const header = headerAddress(view, position)
  // A report of losses is no attempt: it is discarded from the beginning.
  const flags: Word = records === 0 ? RECORD_BUSY_BIT | RECORD_DISCARD_BIT : RECORD_BUSY_BIT
  // [T8] Before the length: one that was declared gone, and held a record here once, may look for just this
  // length beside its own name, in [S6].
  atomicStore(view, header + RECORD_PAGE_OFFSET_WORD, pageOffset(view, header) | ownerBits(view))
  store(view, header, length | flags)
  if (records !== 0) promise(view, SLOT_ATTEMPTED, 1, 1, 0)
  // [T7] As [T4].
  const seen = compareExchange(view, (ringAddress(view) + PRODUCER_POSITION) | 0, position, end)
  if (seen !== position) {
    if (records !== 0) breakPromise(view, slot)
    return turnAway(view, seen, records)
  }
  if (records !== 0) keepPromise(view, slot, SLOT_ATTEMPTED)
  setReason(view, REASON_NONE, 0)
  return (header + RECORD_HEADER_BYTES) | 0
}

/** This producer was declared gone. Its counters are not its own any more. */
function turnGone(view: View): Word {
  setReason(view, REASON_GONE, 0)
  return 0
}

/** Nothing can be reserved at a position that is no multiple of 8: the ring was closed, or is damaged. */
function turnAway(view: View, position: Word, records: Word): Word {
  const closed: boolean = (position & CLOSED_BIT) !== 0 && (positionOf(view, position) & 7) === 0
  return refuse(view, closed ? REASON_CLOSED : REASON_BAD_POSITION, records)
}

/**
 * Whether another producer of a claimed ring is about to reserve, and the ring is not closed. That can only be in free
 * memory which is not clean: elsewhere the word is damaged, or was another already.
 */
function isBeingReserved(view: View, word: Word): boolean {
  if ((word & (RESERVING_BIT | CLOSED_BIT)) !== RESERVING_BIT) return false
  const position = word & ~POSITION_BITS
  const released = atomicLoad(view, (ringAddress(view) + RELEASED_POSITION) | 0)
  const unclean = distance(position, atomicLoad(view, (ringAddress(view) + CLEAN_POSITION) | 0))
  return distance(released, position) < ringSize(view) && unclean !== 0 && unclean <= ringSize(view)
}

/** Writes the header of a region that is now ours, and answers the address of its payload. */
function begin(view: View, position: Word, length: Word, records: Word): Word {
  const header = headerAddress(view, position)
  store(view, header, busyHeader(view, length))
  store(view, header + RECORD_PAGE_OFFSET_WORD, pageOffset(view, header) | ownerBits(view))
  if (records !== 0) count(view, SLOT_ATTEMPTED, 1)
  setReason(view, REASON_NONE, 0)
  return (header + RECORD_HEADER_BYTES) | 0
}

/**
 * The commit word of a region that is reserved. In a ring with claims it is never that of free memory, whatever the
 * length: who commits a record that was consumed already must see that, whichever words of it are free by then.
 */
function busyHeader(view: View, length: Word): Word {
  const word: Word = length | RECORD_BUSY_BIT
  return word === (FREE_WORD | 0) && !isLocked(view) ? word | RECORD_DISCARD_BIT : word
}
