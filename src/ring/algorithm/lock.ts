import {
  LOCK_PARKED_BIT,
  LOCK_WORD,
  OWNER_GENERATION_MASK,
  OWNER_GENERATION_SHIFT,
  SLOT_BYTES,
  SLOTS_OFFSET,
} from '../../abi/region.js'
import {
  atomicLoad,
  compareExchange,
  exchange,
  isRecoverable,
  notify,
  ownToken,
  ringAddress,
  slotAddress,
  type View,
  type Word,
} from './words.js'

/** What the lock word says while this thread holds it: who it is, so that others can tell whether it died. */
export function holder(view: View): Word {
  if (!isRecoverable(view)) return 1
  const slot: Word = ((slotAddress(view) - ringAddress(view) - SLOTS_OFFSET) >>> 0) / SLOT_BYTES
  // With the generation: who judged a holder of this slot must not mistake the next one for it.
  const generation: Word = (ownToken(view) >>> OWNER_GENERATION_SHIFT) & OWNER_GENERATION_MASK
  return (slot + 1) | (generation << 8)
}

/**
 * Takes the lock of a ring that has one, looking at most `patience` times while another holds it.
 * Answers whether it was taken; whoever may sleep then parks on the word and tries again.
 */
export function lock(view: View, patience: Word): boolean {
  const word = (ringAddress(view) + LOCK_WORD) | 0
  const own = holder(view)
  // [L1] Taking it pairs with [L2]: what the last holder wrote is seen.
  while (compareExchange(view, word, 0, own) !== 0) {
    // Looking is cheaper than trying: it leaves the holder's cache line where it is.
    do {
      if (patience === 0) return false
      patience--
    } while (atomicLoad(view, word) !== 0)
  }
  return true
}

/** Gives the lock back, and wakes those who parked on it. */
export function unlock(view: View): void {
  const word = (ringAddress(view) + LOCK_WORD) | 0
  // [L2] Pairs with [L1]. An exchange, because whoever parked has set a bit in the word meanwhile. All of
  // them are woken, since the bit does not say how many they are; parking is rare, the lock is short.
  if ((exchange(view, word, 0) & LOCK_PARKED_BIT) !== 0) notify(view, word, 0xffff_ffff)
}
