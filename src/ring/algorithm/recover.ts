import {
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_LENGTH_MASK,
  RECORD_OWNER_SHIFT,
  RECORD_PAGE_OFFSET_WORD,
} from '../../abi/record.js'
import {
  JOURNAL_ABANDONED,
  JOURNAL_ATTEMPTED,
  JOURNAL_COUNTER,
  LOCK_PARKED_BIT,
  LOCK_WORD,
  LOSS_FLAG,
  OWNER_REVOKED,
  PENDING_POSITION,
  SLOT_ATTEMPTED,
  SLOT_BYTES,
  SLOT_DISCARDED,
  SLOT_DROPPED,
  SLOT_JOURNAL,
  SLOT_OWNER,
  SLOT_REFUSED,
  SLOT_SUBMITTED,
  SLOTS_OFFSET,
} from '../../abi/region.js'
import { breakPromise, keepPromise } from './journal.js'
import { holder, unlock } from './lock.js'
import { finishOverwrite } from './overwrite.js'
import { producerPosition } from './producer-position.js'
import { distance, headerAddress, pageOffset, recordBytes } from './record.js'
import { rouseAgain } from './rouse.js'
import {
  atomicLoad,
  atomicStore,
  compareExchange,
  compareExchangePair,
  isOverwriting,
  load,
  notify,
  ringAddress,
  ringSize,
  store,
  type View,
  type Word,
} from './words.js'

/*
 * What is done about threads that died. The caller knows that they did; all of it is done under the lock, and
 * can be done again from the beginning by another, if this thread dies too.
 */

/**
 * Takes the lock from a holder that died, whom the lock word named when it said `seen`. Answers whether this
 * thread has it now; another may have been faster.
 */
export function seizeLock(view: View, seen: Word): boolean {
  const word = (ringAddress(view) + LOCK_WORD) | 0
  // [R1] As [L1], from a holder that will never come to [L2]. Who parked on it must be woken by us.
  if (compareExchange(view, word, seen, holder(view) | LOCK_PARKED_BIT) !== seen) return false
  if (isOverwriting(view)) finishOverwrite(view)
  return true
}

/** Gives the lock back that was had for recovering. */
export function endRecovery(view: View): void {
  // [D5] Whoever died may have counted a drop, and not come to [D2].
  atomicStore(view, (ringAddress(view) + LOSS_FLAG) | 0, 1)
  unlock(view)
  // Whoever died may have been about to wake those who parked on the lock, or the consumer.
  notify(view, (ringAddress(view) + LOCK_WORD) | 0, 0xffff_ffff)
  rouseAgain(view)
}

/**
 * Takes back what a producer has left: what it had promised is kept or forgotten, and its busy records become
 * discarded ones, counted as abandoned. Its slot is free then, if its thread has `ended`; a thread that may
 * still go on finds it revoked, and nobody else gets it before that has ended.
 *
 * `owner` is what the owner word said when the caller judged. Answers false, and does nothing, if the slot is
 * another's by now: whoever detaches gives it back without the lock, and may end before it is judged.
 */
export function recoverSlot(view: View, number: Word, owner: Word, ended: boolean): boolean {
  const slot = (ringAddress(view) + SLOTS_OFFSET + number * SLOT_BYTES) | 0
  const journal = (slot + SLOT_JOURNAL) | 0
  const word = (slot + SLOT_OWNER) | 0
  const revoked = owner | OWNER_REVOKED | 0
  // [R2] Before the records are looked at: a thread that goes on finds this, or its records discarded.
  if (compareExchange(view, word, owner, revoked) !== (owner | 0)) return false
  const counter = load(view, journal)
  // A peer may have damaged it: it must name a counter of the slot.
  if ((counter & 7) !== 0 || counter >>> 0 >= SLOT_BYTES) {
    breakPromise(view, slot)
  } else if (counter !== 0) {
    // Whoever publishes a record, or reserves one, changes how many it holds: what it has promised says how
    // many those are afterwards.
    const attempted = load(view, (journal + JOURNAL_ATTEMPTED) | 0)
    const grown = (load(view, (journal + JOURNAL_COUNTER) | 0) - load(view, (slot + counter) | 0)) | 0
    const settled: Word = counter === SLOT_ATTEMPTED ? 0 : grown
    const open = (attempted - settled - accounted(view, slot)) | 0
    if (open === countHeld(view, number)) keepPromise(view, slot, counter)
    else breakPromise(view, slot)
  }
  takeBack(view, number)
  const abandoned = (journal + JOURNAL_ABANDONED) | 0
  const left = (load(view, (slot + SLOT_ATTEMPTED) | 0) - accounted(view, slot)) | 0
  store(view, abandoned, (load(view, abandoned) + left) | 0)
  // [R3] Pairs with the compare-and-swap of who takes it next: it goes on with these counters. The slot of those
  // who recover may have been taken from the dead one already.
  if (ended) compareExchange(view, word, revoked, 0)
  return true
}

/** Attempts of a slot that have come to something. */
function accounted(view: View, slot: Word): Word {
  return (
    (load(view, (slot + SLOT_SUBMITTED) | 0) +
      load(view, (slot + SLOT_DISCARDED) | 0) +
      load(view, (slot + SLOT_DROPPED) | 0) +
      load(view, (slot + SLOT_REFUSED) | 0) +
      load(view, (slot + SLOT_JOURNAL + JOURNAL_ABANDONED) | 0)) |
    0
  )
}

/** Busy records of a slot. Reports of losses are nobody's attempts: they are discarded from the beginning. */
function countHeld(view: View, number: Word): Word {
  let held: Word = 0
  const end = producerPosition(view)
  let position = load(view, (ringAddress(view) + PENDING_POSITION) | 0)
  while (isWithin(view, position, end)) {
    const header = headerAddress(view, position)
    // [R4] Pairs with [S6].
    const word = atomicLoad(view, header)
    if (isHeldBy(view, header, word, number) && (word & RECORD_DISCARD_BIT) === 0) held++
    position = (position + recordBytes(word & RECORD_LENGTH_MASK)) | 0
  }
  return held
}

/** Discards all busy records of a slot. */
function takeBack(view: View, number: Word): void {
  const end = producerPosition(view)
  let position = load(view, (ringAddress(view) + PENDING_POSITION) | 0)
  while (isWithin(view, position, end)) {
    const header = headerAddress(view, position)
    const word = atomicLoad(view, header)
    const length = word & RECORD_LENGTH_MASK
    if (isHeldBy(view, header, word, number)) {
      const place = load(view, header + RECORD_PAGE_OFFSET_WORD)
      // [R5] As [S6]: of this and the commit of a thread that was only slow, one succeeds.
      compareExchangePair(view, header, word, place, length | RECORD_DISCARD_BIT, place)
    }
    position = (position + recordBytes(length)) | 0
  }
}

/** Whether a record may stand here. A peer may have damaged the positions: each step comes nearer to the end. */
function isWithin(view: View, position: Word, end: Word): boolean {
  return (position & 7) === 0 && position !== end && distance(position, end) <= ringSize(view)
}

function isHeldBy(view: View, header: Word, word: Word, number: Word): boolean {
  if ((word & RECORD_BUSY_BIT) === 0) return false
  const second = atomicLoad(view, (header + RECORD_PAGE_OFFSET_WORD) | 0)
  return second === (pageOffset(view, header) | (number << RECORD_OWNER_SHIFT))
}
