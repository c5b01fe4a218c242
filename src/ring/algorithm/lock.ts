import { LOCK_PARKED_BIT, LOCK_WORD } from '../../abi/region.js'
import { atomicLoad, compareExchange, exchange, notify, ringAddress, type View, type Word } from './words.js'

/** Who holds the lock. Its value only has to differ from 0; recovery of dead holders will need more. */
const HELD: Word = 1

/**
 * Takes the lock of a ring that has one, looking at most `patience` times while another holds it.
 * Answers whether it was taken; whoever may sleep then parks on the word and tries again.
 */
export function lock(view: View, patience: Word): boolean {
  const word = (ringAddress(view) + LOCK_WORD) | 0
  // [L1] Taking it pairs with [L2]: what the last holder wrote is seen.
  while (compareExchange(view, word, 0, HELD) !== 0) {
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
