import {
  CLOSED_BIT,
  CONSUMER_POSITION,
  PRODUCER_POSITION,
  RELEASED_POSITION,
  ROOM_SEQUENCE,
  ROOM_WAITERS,
  SLEEP_ASLEEP,
  SLEEP_AWAKE,
  SLEEP_WORD,
} from '../../abi/region.js'
import { isReady } from './consume.js'
import { distance, recordBytes } from './record.js'
import {
  atomicLoad,
  atomicStore,
  exchange,
  isLocked,
  ringAddress,
  ringSize,
  type View,
  type Word,
} from './words.js'

/**
 * Says that the consumer, which has released up to `position`, is about to sleep. Answers whether it
 * may: false means that a record is ready, or that none will ever be, and the consumer is awake again.
 * It then sleeps on the sleep word for as long as that says SLEEP_ASLEEP.
 */
export function fallAsleep(view: View, position: Word): boolean {
  const word = (ringAddress(view) + SLEEP_WORD) | 0
  // [W1] Before [W2], never after: a producer that misses this store in [S2] has its record seen there.
  atomicStore(view, word, SLEEP_ASLEEP)
  // [W2]
  if (!isReady(view, position) && !isFinished(view, position)) return true
  atomicStore(view, word, SLEEP_AWAKE)
  return false
}

/** Says that the consumer is awake. Answers what the sleep word said: SLEEP_FORCED if it was forced. */
export function wakeUp(view: View): Word {
  return exchange(view, (ringAddress(view) + SLEEP_WORD) | 0, SLEEP_AWAKE)
}

/** Whether a record of this size would find room now. */
export function hasRoom(view: View, sizeBytes: Word): boolean {
  const ring = ringAddress(view)
  const end = (atomicLoad(view, (ring + PRODUCER_POSITION) | 0) + recordBytes(sizeBytes)) | 0
  const free = isLocked(view) ? CONSUMER_POSITION : RELEASED_POSITION
  return distance(atomicLoad(view, (ring + free) | 0), end) < ringSize(view)
}

/** What the room sequence says. A producer reads it before it looks for room, and sleeps on it. */
export function roomSequence(view: View): Word {
  return atomicLoad(view, (ringAddress(view) + ROOM_SEQUENCE) | 0)
}

/** Says that a producer is about to wait for room. Answers whether it has to. */
export function awaitRoom(view: View, sizeBytes: Word): boolean {
  // [P1] Before [P2]: a consumer that misses this store in [C4] has released before, and [P2] sees it.
  atomicStore(view, (ringAddress(view) + ROOM_WAITERS) | 0, 1)
  // [P2]
  return !hasRoom(view, sizeBytes) && !isClosed(view)
}

/** Whether the ring was closed: no reservation can succeed any more. */
export function isClosed(view: View): boolean {
  return (atomicLoad(view, (ringAddress(view) + PRODUCER_POSITION) | 0) & CLOSED_BIT) !== 0
}

/** Whether the ring is closed and everything up to here was all there will ever be. */
export function isFinished(view: View, position: Word): boolean {
  return atomicLoad(view, (ringAddress(view) + PRODUCER_POSITION) | 0) === (position | CLOSED_BIT)
}
