import { RECORD_DISCARD_BIT, RECORD_LENGTH_MASK } from '../../abi/record.js'
import {
  CONSUMED_COUNT,
  CONSUMER_POSITION,
  CONSUMER_ROUNDS,
  OVERWRITE_POSITION,
  OVERWRITE_ROUNDS,
  OVERWRITE_ROUNDS_TO_BE,
  OVERWRITING,
  OVERWRITTEN_COUNT,
  OVERWRITTEN_TO_BE,
  PENDING_POSITION,
  SKIPPED_COUNT,
} from '../../abi/region.js'
import { addPlain } from './count.js'
import { keepRelease, promiseRelease } from './journal.js'
import { distance, headerAddress, recordBytes } from './record.js'
import { wakeProducers } from './room.js'
import {
  atomicLoad,
  atomicStore,
  fenceAddress,
  isOverwriting,
  isRecoverable,
  load,
  ringAddress,
  ringSize,
  setFound,
  store,
  type View,
  type Word,
} from './words.js'

/** What `survey` has found: the overwrite position, how often it has wrapped, and a count of two words. */
export const FOUND_POSITION: Word = 0
export const FOUND_ROUNDS: Word = 1
export const FOUND_LOST: Word = 2
export const FOUND_LOST_HIGH: Word = 3

/**
 * Overwrite mode, as in Linux 6.19: a full ring gives up its oldest records. Never a busy one: the caller
 * has made sure that `end` is within one ring of `pending`.
 *
 * Moves the overwrite position, record by record, until one ring behind it reaches to `end`, and counts
 * the submitted records that are lost by it. Called under the lock, before their memory is written.
 */
export function overwrite(view: View, pending: Word, end: Word): void {
  const mask: Word = ringSize(view) - 1
  const ring = ringAddress(view)
  const from = load(view, (ring + OVERWRITE_POSITION) | 0)
  if (distance(from, end) <= mask) return
  let position = from
  let submitted: Word = 0
  // It never is further back than one ring. If it says so it is damaged, and nothing there can be counted.
  if (distance(from, pending) > mask) position = pending
  while (distance(position, end) > mask) {
    const header = load(view, headerAddress(view, position))
    const next = (position + recordBytes(header & RECORD_LENGTH_MASK)) | 0
    // Nothing between here and the pending position is busy. A length that says otherwise is damaged.
    if (distance(position, next) > distance(position, pending)) {
      position = pending
      break
    }
    if ((header & RECORD_DISCARD_BIT) === 0) submitted++
    position = next
  }

  const low = (ring + OVERWRITTEN_COUNT) | 0
  const before = load(view, low)
  const overwritten = (before + submitted) | 0
  const high = (load(view, low + 4) + (overwritten >>> 0 < before >>> 0 ? 1 : 0)) | 0
  const rounds = (ring + OVERWRITE_ROUNDS) | 0
  const newRounds = (load(view, rounds) + (position >>> 0 < from >>> 0 ? 1 : 0)) | 0
  if (isRecoverable(view)) {
    // What whoever finds [O1] done and [O2] not is to store.
    store(view, (ring + OVERWRITTEN_TO_BE) | 0, overwritten)
    store(view, (ring + OVERWRITTEN_TO_BE + 4) | 0, high)
    store(view, (ring + OVERWRITE_ROUNDS_TO_BE) | 0, newRounds)
  }
  // [O1] Before what follows, and [O2] behind it: a reader that reads them the other way round, and finds
  // both equal, has read what belongs together.
  atomicStore(view, (ring + OVERWRITING) | 0, position)
  atomicStore(view, low, overwritten)
  if (overwritten >>> 0 < before >>> 0) atomicStore(view, low + 4, high)
  if (position >>> 0 < from >>> 0) atomicStore(view, rounds, newRounds)
  // [O2] Pairs with [O5].
  atomicStore(view, (ring + OVERWRITE_POSITION) | 0, position)
  // The memory before the position is written only after all this can be seen.
  fence(view)
}

/** Completes what a producer has begun that died between [O1] and [O2]. Called under the lock. */
export function finishOverwrite(view: View): void {
  const ring = ringAddress(view)
  const position = load(view, (ring + OVERWRITING) | 0)
  if (position === load(view, (ring + OVERWRITE_POSITION) | 0)) return
  atomicStore(view, (ring + OVERWRITTEN_COUNT) | 0, load(view, (ring + OVERWRITTEN_TO_BE) | 0))
  atomicStore(view, (ring + OVERWRITTEN_COUNT + 4) | 0, load(view, (ring + OVERWRITTEN_TO_BE + 4) | 0))
  atomicStore(view, (ring + OVERWRITE_ROUNDS) | 0, load(view, (ring + OVERWRITE_ROUNDS_TO_BE) | 0))
  // [R6] As [O2].
  atomicStore(view, (ring + OVERWRITE_POSITION) | 0, position)
}

/**
 * What this thread has read and written plainly before it comes before every atomic operation after it,
 * and what it writes after it comes after every atomic operation before. A store and a load that are both
 * sequentially consistent see to that on every machine; a store alone does not hold back what follows.
 */
function fence(view: View): void {
  const word = fenceAddress(view)
  // [O8]
  atomicStore(view, word, 0)
  atomicLoad(view, word)
}

/** How often a reader looks at words that a producer is changing, before it says so. */
const SURVEY_PATIENCE: Word = 100

/**
 * For readers, who take no lock: what was overwritten up to now, in a snapshot that belongs together. It
 * is left in FOUND_*. Everything that this thread has copied before, and that lies behind the overwrite
 * position found, was complete and is not torn. Answers false when a producer was in the middle of it.
 */
export function survey(view: View): boolean {
  const ring = ringAddress(view)
  for (let attempt: Word = 0; attempt < SURVEY_PATIENCE; attempt++) {
    // [O4] What was copied is read before what follows, not after. Then in the opposite order of [O1].
    fence(view)
    // [O5] Pairs with [O2].
    const position = atomicLoad(view, (ring + OVERWRITE_POSITION) | 0)
    setFound(view, FOUND_POSITION, position)
    setFound(view, FOUND_ROUNDS, atomicLoad(view, (ring + OVERWRITE_ROUNDS) | 0))
    setFound(view, FOUND_LOST, atomicLoad(view, (ring + OVERWRITTEN_COUNT) | 0))
    setFound(view, FOUND_LOST_HIGH, atomicLoad(view, (ring + OVERWRITTEN_COUNT + 4) | 0))
    // [O6] Pairs with [O1].
    if (atomicLoad(view, (ring + OVERWRITING) | 0) === position) return true
  }
  return false
}

/**
 * For readers: the pending position. Everything before it that is not overwritten is committed, and
 * complete. Read after the producer position.
 */
export function committedBefore(view: View): Word {
  // [O7] Pairs with [T6].
  return atomicLoad(view, (ringAddress(view) + PENDING_POSITION) | 0)
}

/**
 * Whether what the consumer would read next has been overwritten. Both positions are compared with their
 * high halves: a consumer that sleeps may be lapped any number of times.
 */
export function isOvertaken(view: View): boolean {
  const ring = ringAddress(view)
  const consumerRounds = atomicLoad(view, (ring + CONSUMER_ROUNDS) | 0) >>> 0
  const consumer = atomicLoad(view, (ring + CONSUMER_POSITION) | 0) >>> 0
  const rounds = atomicLoad(view, (ring + OVERWRITE_ROUNDS) | 0) >>> 0
  const oldest = atomicLoad(view, (ring + OVERWRITE_POSITION) | 0) >>> 0
  return rounds === consumerRounds ? oldest > consumer : rounds > consumerRounds
}

/**
 * Where the oldest record stands that was neither consumed nor overwritten. An estimate while producers
 * are at work.
 */
export function oldestPosition(view: View): Word {
  const ring = ringAddress(view)
  const consumer = atomicLoad(view, (ring + CONSUMER_POSITION) | 0)
  if (!isOverwriting(view)) return consumer
  const oldest = atomicLoad(view, (ring + OVERWRITE_POSITION) | 0)
  // The consumer stores the high half of its position first: where that changes it seems a round ahead for a moment.
  return isOvertaken(view) || distance(oldest, consumer) > ringSize(view) ? oldest : consumer
}

/** Says how far the consumer of a ring in overwrite mode has come, and what it was given on the way. */
export function advanceTo(view: View, position: Word, rounds: Word, consumed: Word, skipped: Word): void {
  const ring = ringAddress(view)
  if (isRecoverable(view)) {
    promiseRelease(view, position, rounds, consumed, skipped)
    keepRelease(view)
  } else {
    addPlain(view, (ring + CONSUMED_COUNT) | 0, consumed)
    addPlain(view, (ring + SKIPPED_COUNT) | 0, skipped)
    // [C6] As [C3]: before [W1], so that a producer that finds us asleep knows where.
    atomicStore(view, (ring + CONSUMER_ROUNDS) | 0, rounds)
    atomicStore(view, (ring + CONSUMER_POSITION) | 0, position)
  }
  wakeProducers(view)
}
