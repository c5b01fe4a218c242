import {
  CONSUMED_COUNT,
  CONSUMER_POSITION,
  CONSUMER_ROUNDS,
  JOURNAL_ATTEMPTED,
  JOURNAL_BYTES,
  JOURNAL_CONSUMED,
  JOURNAL_COUNTER,
  JOURNAL_POSITION,
  JOURNAL_ROUNDS,
  JOURNAL_SKIPPED,
  SKIPPED_COUNT,
  SLOT_ATTEMPTED,
  SLOT_BYTES_SUBMITTED,
  SLOT_DROPPED,
  SLOT_JOURNAL,
  SLOT_OWNER,
  SLOTS_OFFSET,
} from '../../abi/region.js'
import {
  atomicLoad,
  atomicStore,
  isRecoverable,
  load,
  ownToken,
  ringAddress,
  slotAddress,
  store,
  type View,
  type Word,
} from './words.js'

/** Whether this producer was declared gone: then its slot is not its own any more. */
export function isRevoked(view: View): boolean {
  return isRecoverable(view) && atomicLoad(view, (slotAddress(view) + SLOT_OWNER) | 0) !== ownToken(view)
}

/**
 * Notes what the counters will be once that is published which comes next: `attempted` and `bytes` grow by
 * these, and `counter` by `amount`. Whoever finds the journal of a dead producer can tell from the records
 * that it still holds whether that was published, and so whether to keep this promise or to forget it.
 *
 * A process that is killed has done what its program said up to there, and nothing behind it, so plain
 * stores do; what is published comes behind them, because it is atomic.
 */
export function promise(view: View, counter: Word, attempted: Word, amount: Word, bytes: Word): void {
  const slot = slotAddress(view)
  const journal = (slot + SLOT_JOURNAL) | 0
  sum(view, (slot + SLOT_ATTEMPTED) | 0, attempted, (journal + JOURNAL_ATTEMPTED) | 0)
  sum(view, (slot + counter) | 0, amount, (journal + JOURNAL_COUNTER) | 0)
  sum(view, (slot + SLOT_BYTES_SUBMITTED) | 0, bytes, (journal + JOURNAL_BYTES) | 0)
  store(view, journal, counter)
}

/**
 * Makes the counters of a slot what its journal says, `counter` among them. Doing it twice does no harm. Which
 * counter that is the journal may not say any more: of a producer that was declared gone and goes on, another
 * has emptied it.
 */
export function keepPromise(view: View, slot: Word, counter: Word): void {
  const journal = (slot + SLOT_JOURNAL) | 0
  copy(view, (journal + JOURNAL_ATTEMPTED) | 0, (slot + SLOT_ATTEMPTED) | 0)
  copy(view, (journal + JOURNAL_BYTES) | 0, (slot + SLOT_BYTES_SUBMITTED) | 0)
  copy(view, (journal + JOURNAL_COUNTER) | 0, (slot + counter) | 0)
  if (counter === SLOT_DROPPED) {
    // [D4] As [D1], which this takes the place of.
    atomicStore(view, (slot + counter) | 0, load(view, (journal + JOURNAL_COUNTER) | 0))
  }
  store(view, journal, 0)
}

/** Forgets what was promised: it was not published. */
export function breakPromise(view: View, slot: Word): void {
  store(view, (slot + SLOT_JOURNAL) | 0, 0)
}

/**
 * Notes how far the consumer releases, and what it will have been given then. From the last store on it has
 * happened: if the consumer dies, the next one does what is left of it.
 */
export function promiseRelease(view: View, to: Word, rounds: Word, consumed: Word, skipped: Word): void {
  const ring = ringAddress(view)
  const journal = (ring + SLOTS_OFFSET + SLOT_JOURNAL) | 0
  store(view, (journal + JOURNAL_POSITION) | 0, to)
  store(view, (journal + JOURNAL_ROUNDS) | 0, rounds)
  sum(view, (ring + CONSUMED_COUNT) | 0, consumed, (journal + JOURNAL_CONSUMED) | 0)
  sum(view, (ring + SKIPPED_COUNT) | 0, skipped, (journal + JOURNAL_SKIPPED) | 0)
  store(view, journal, 1)
}

/** Does what was promised, or what is left of it. */
export function keepRelease(view: View): void {
  const ring = ringAddress(view)
  const journal = (ring + SLOTS_OFFSET + SLOT_JOURNAL) | 0
  copy(view, (journal + JOURNAL_CONSUMED) | 0, (ring + CONSUMED_COUNT) | 0)
  copy(view, (journal + JOURNAL_SKIPPED) | 0, (ring + SKIPPED_COUNT) | 0)
  // [C7] As [C3] and [C6].
  atomicStore(view, (ring + CONSUMER_ROUNDS) | 0, load(view, (journal + JOURNAL_ROUNDS) | 0))
  atomicStore(view, (ring + CONSUMER_POSITION) | 0, load(view, (journal + JOURNAL_POSITION) | 0))
  store(view, journal, 0)
}

/** Completes what a consumer has promised that died. */
export function finishPromise(view: View): void {
  if (!isRecoverable(view)) return
  const journal = (ringAddress(view) + SLOTS_OFFSET + SLOT_JOURNAL) | 0
  if (load(view, journal) !== 0) keepRelease(view)
}

/** Writes the sum of a counter of two words and an amount somewhere else. */
function sum(view: View, counter: Word, amount: Word, to: Word): void {
  const low = (load(view, counter) + amount) >>> 0
  const carry: Word = low < amount >>> 0 ? 1 : 0
  store(view, to, low)
  store(view, to + 4, (load(view, counter + 4) + carry) | 0)
}

function copy(view: View, from: Word, to: Word): void {
  store(view, to, load(view, from))
  store(view, to + 4, load(view, from + 4))
}
