import {
  CLEAN_POSITION,
  CLOSED_BIT,
  POSITION_BITS,
  PRODUCER_POSITION,
  RESERVING_BIT,
} from '../../abi/region.js'
import { distance } from './record.js'
import { atomicLoad, isLocked, ringAddress, type View, type Word } from './words.js'

/** Up to where data is reserved (R30). No multiple of 8 if the ring is damaged. */
export function producerPosition(view: View): Word {
  return positionOf(view, producerWord(view))
}

/** Whether the ring was closed: no reservation can succeed any more. */
export function isClosed(view: View): boolean {
  return (producerWord(view) & CLOSED_BIT) !== 0
}

/**
 * Whether the ring is closed and everything up to here was all there will ever be. Whoever is about to reserve will
 * find it closed, in [T9].
 */
export function isFinished(view: View, position: Word): boolean {
  const word = producerWord(view)
  return (word & CLOSED_BIT) !== 0 && positionOf(view, word) === (position | 0)
}

function producerWord(view: View): Word {
  return atomicLoad(view, (ringAddress(view) + PRODUCER_POSITION) | 0)
}

/** The word without the bits that may stand in it. */
export function positionOf(view: View, word: Word): Word {
  if (isLocked(view) || (word & RESERVING_BIT) === 0) return word & ~CLOSED_BIT
  // Nobody is about to reserve where memory is clean. Read last: it only moves on, so what was before it still is.
  const clean = atomicLoad(view, (ringAddress(view) + CLEAN_POSITION) | 0)
  const unclean = distance(word & ~POSITION_BITS, clean)
  return unclean !== 0 && unclean < 0x8000_0000 ? word & ~POSITION_BITS : word & ~CLOSED_BIT
}
