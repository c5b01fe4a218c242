import { SLOT_ATTEMPTED, SLOT_DROPPED, SLOT_REFUSED } from '../../abi/region.js'
import { add, isSlotShared, load, setReason, slotAddress, store, type View, type Word } from './words.js'

/**
 * Adds to one of this producer's counters. Nobody else writes them, so no atomic is needed; only in the
 * slot that the latecomers share are they atomic. A count that passes 2^32 carries into the next word.
 */
export function count(view: View, counter: Word, amount: Word): void {
  const low = (slotAddress(view) + counter) | 0
  if (isSlotShared(view)) {
    const before = add(view, low, amount)
    if ((before + amount) >>> 0 < before >>> 0) add(view, low + 4, 1)
  } else {
    addPlain(view, low, amount)
  }
}

/** Adds to a two-word counter that only the caller writes. */
export function addPlain(view: View, low: Word, amount: Word): void {
  const sum = (load(view, low) + amount) >>> 0
  store(view, low, sum)
  if (sum < amount) store(view, low + 4, (load(view, low + 4) + 1) | 0)
}

/** Records an attempt that found no room, or that would have had to wait. Answers the null address. */
export function drop(view: View, reason: Word, records: Word): Word {
  count(view, SLOT_ATTEMPTED, records)
  count(view, SLOT_DROPPED, records)
  setReason(view, reason, 0)
  return 0
}

/** Records an attempt that could never work. Answers the null address. */
export function refuse(view: View, reason: Word, records: Word): Word {
  count(view, SLOT_ATTEMPTED, records)
  count(view, SLOT_REFUSED, records)
  setReason(view, reason, 0)
  return 0
}
