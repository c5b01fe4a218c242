import { LOSS_FLAG, SLOT_ATTEMPTED, SLOT_DROPPED, SLOT_REFUSED } from '../../abi/region.js'
import { keepPromise, promise } from './journal.js'
import { producerPosition } from './producer-position.js'
import {
  add,
  atomicLoad,
  atomicStore,
  isPatient,
  isRecoverable,
  isSlotShared,
  load,
  ringAddress,
  saysLosses,
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
 * Adds to one of this producer's counters. Nobody else writes them, so no atomic is needed; only in the
 * slot that the latecomers share are they atomic. A count that passes 2^32 carries into the next word.
 */
export function count(view: View, counter: Word, amount: Word): void {
  const low = (slotAddress(view) + counter) | 0
  if (isSlotShared(view)) addAtomic(view, low, amount)
  else addPlain(view, low, amount)
}

function addAtomic(view: View, low: Word, amount: Word): void {
  const before = add(view, low, amount)
  if ((before + amount) >>> 0 < before >>> 0) add(view, low + 4, 1)
}

/** Adds to a two-word counter that only the caller writes. */
export function addPlain(view: View, low: Word, amount: Word): void {
  const sum = (load(view, low) + amount) >>> 0
  store(view, low, sum)
  if (sum < amount) store(view, low + 4, (load(view, low + 4) + 1) | 0)
}

/**
 * Records an attempt that found no room, or that would have had to wait, and tells the consumer that
 * there are such. Answers the null address.
 */
export function drop(view: View, reason: Word, records: Word): Word {
  setReason(view, reason, 0)
  // A report of losses is no attempt of anybody, and whoever waits for room has not lost anything yet.
  if (records === 0 || isPatient(view)) return 0
  if (isRecoverable(view)) {
    promise(view, SLOT_DROPPED, records, records, 0)
    keepPromise(view, slotAddress(view), SLOT_DROPPED)
  } else {
    count(view, SLOT_ATTEMPTED, records)
    addDropped(view, records)
  }
  const flag = (ringAddress(view) + LOSS_FLAG) | 0
  // [D2] A look first: in a ring that stays full, nobody moves the line that every commit reads.
  if (atomicLoad(view, flag) === 0) atomicStore(view, flag, 1)
  noteLoss(view, records)
  return 0
}

function addDropped(view: View, records: Word): void {
  // [D1] Before [D2], and atomic for that: a consumer that takes the flag back after we looked sees it.
  addAtomic(view, (slotAddress(view) + SLOT_DROPPED) | 0, records)
}

/** Remembers it for the report that says so in the ring, if it has such. */
function noteLoss(view: View, records: Word): void {
  if (saysLosses(view)) {
    const since = unreported(view) === 0 ? producerPosition(view) : unreportedSince(view)
    setUnreported(view, (unreported(view) + records) | 0, since)
  }
}

/** Records an attempt that could never work. Answers the null address. */
export function refuse(view: View, reason: Word, records: Word): Word {
  if (isRecoverable(view)) {
    promise(view, SLOT_REFUSED, records, records, 0)
    keepPromise(view, slotAddress(view), SLOT_REFUSED)
  } else {
    count(view, SLOT_ATTEMPTED, records)
    count(view, SLOT_REFUSED, records)
  }
  setReason(view, reason, 0)
  return 0
}
