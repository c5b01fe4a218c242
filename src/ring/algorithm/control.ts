import {
  BPF_RB_AVAIL_DATA,
  BPF_RB_CONS_POS,
  BPF_RB_OVERWRITE_POS,
  BPF_RB_PROD_POS,
  BPF_RB_RING_SIZE,
} from '../../abi/flags.js'
import { REASON_BAD_LENGTH, REASON_BAD_POSITION } from '../../abi/reason.js'
import {
  FREE_BYTE,
  FREE_WORD,
  RECORD_BUSY_BIT,
  RECORD_LENGTH_MASK,
  RECORD_PAGE_OFFSET_WORD,
} from '../../abi/record.js'
import {
  CLOSED_BIT,
  CONSUMER_POSITION,
  OVERWRITE_POSITION,
  PRODUCER_POSITION,
  SLEEP_FORCED,
} from '../../abi/region.js'
import { lock, unlock } from './lock.js'
import { oldestPosition } from './overwrite.js'
import { producerPosition } from './producer-position.js'
import { dataAddress, distance, headerAddress, recordBytes } from './record.js'
import { wakeProducers } from './room.js'
import { rouse } from './rouse.js'
import {
  atomicLoad,
  fill,
  isLocked,
  isRecoverable,
  load,
  or,
  ringAddress,
  ringSize,
  setReason,
  type View,
  type Word,
} from './words.js'

/** Prepares the data of a new ring. */
export function prepare(view: View): void {
  if (!isLocked(view)) fill(view, dataAddress(view), FREE_BYTE, ringSize(view))
}

/** A snapshot of one value, by the kernel's flags; 0 for a flag that is not known (R22, R23, R44). */
export function query(view: View, flag: Word): Word {
  const ring = ringAddress(view)
  if (flag === BPF_RB_RING_SIZE) return ringSize(view)
  if (flag === BPF_RB_CONS_POS) return atomicLoad(view, (ring + CONSUMER_POSITION) | 0)
  if (flag === BPF_RB_PROD_POS) return producerPosition(view)
  if (flag === BPF_RB_OVERWRITE_POS) return atomicLoad(view, (ring + OVERWRITE_POSITION) | 0)
  if (flag !== BPF_RB_AVAIL_DATA) return 0
  const oldest = oldestPosition(view)
  return distance(oldest, producerPosition(view))
}

/**
 * Closes the ring: no reservation succeeds any more, sleepers wake, what is reserved may be committed.
 * Answers false when the lock could not be had within `patience`; the caller waits and calls again.
 */
export function close(view: View, patience: Word): boolean {
  // Where the position is published by compare-and-swap, [T7], the lock is not needed.
  const locks: boolean = isLocked(view) && !isRecoverable(view)
  if (locks && !lock(view, patience)) return false
  // The bit lies in the position itself, so a claim and the closing cannot both succeed at once.
  or(view, (ringAddress(view) + PRODUCER_POSITION) | 0, CLOSED_BIT)
  if (locks) unlock(view)
  rouse(view, SLEEP_FORCED)
  wakeProducers(view)
  return true
}

/** Wakes the consumer, if it is asleep, whatever is in the ring. Answers whether it was. */
export function wakeSleeper(view: View): boolean {
  return rouse(view, SLEEP_FORCED)
}

/**
 * The position behind the last record that could be consumed now: where the first busy one stands. What is
 * consumed meanwhile is passed over.
 */
export function committedEnd(view: View): Word {
  const end = producerPosition(view)
  // A peer may have damaged it: nothing stands between multiples of 8.
  let position = oldestPosition(view) & ~7
  // Each time round, either the position comes nearer to the end, which is fixed, or the walk is over.
  while (distance(position, end) <= ringSize(view) && position !== end) {
    const word = atomicLoad(view, headerAddress(view, position))
    // After the header was read: if it was not that of a record any more, this has moved before.
    const oldest = oldestPosition(view) & ~7
    const passed = distance(position, oldest)
    if (passed !== 0 && passed < 0x8000_0000) {
      position = oldest
      continue
    }
    const total = recordBytes(word & RECORD_LENGTH_MASK)
    if ((word & RECORD_BUSY_BIT) !== 0 || total > distance(position, end)) break
    position = (position + total) | 0
  }
  return position
}

/**
 * Counts the regions between consumer and producer that are busy: what is in flight. A snapshot; exact
 * at a quiet moment. A reason is set when the walk met something impossible, and ended there.
 */
export function countBusy(view: View): Word {
  let position = oldestPosition(view)
  const end = producerPosition(view)
  let busy: Word = 0
  if ((position & 7) !== 0 || distance(position, end) > ringSize(view)) {
    setReason(view, REASON_BAD_POSITION, position)
    return busy
  }
  while (position !== end) {
    const header = headerAddress(view, position)
    const word = atomicLoad(view, header)
    if (word === (FREE_WORD | 0) && load(view, header + RECORD_PAGE_OFFSET_WORD) === (FREE_WORD | 0)) {
      // Claimed, its header not yet written: nobody can say how long it is.
      return busy + 1
    }
    const total = recordBytes(word & RECORD_LENGTH_MASK)
    if (total > distance(position, end)) {
      setReason(view, REASON_BAD_LENGTH, word)
      return busy
    }
    if ((word & RECORD_BUSY_BIT) !== 0) busy++
    position = (position + total) | 0
  }
  return busy
}
