import {
  CONSUMER_POSITION,
  RELEASED_POSITION,
  ROOM_SEQUENCE,
  ROOM_WAITERS,
  SLEEP_FOR_MORE,
  SLEEP_FORCED,
  SLEEP_WORD,
} from '../../abi/region.js'
import { oldestBusy } from './pending.js'
import { isClosed, producerPosition } from './producer-position.js'
import { distance, recordBytes } from './record.js'
import { rouse } from './rouse.js'
import {
  add,
  atomicLoad,
  atomicStore,
  exchange,
  isLocked,
  isOverwriting,
  notify,
  ringAddress,
  ringSize,
  type View,
  type Word,
} from './words.js'

/**
 * Whether a record of this size would find room now. A ring in overwrite mode has room for all that
 * reaches no busy record.
 */
export function hasRoom(view: View, sizeBytes: Word): boolean {
  const ring = ringAddress(view)
  const producer = producerPosition(view)
  const end = (producer + recordBytes(sizeBytes)) | 0
  if (isOverwriting(view)) return distance(oldestBusy(view, producer), end) < ringSize(view)
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
  rouseFromMore(view)
  // [P2]
  return !hasRoom(view, sizeBytes) && !isClosed(view)
}

/**
 * Says that somebody waits for the consumer to come further. Answers whether it has to: the consumer
 * position has not reached `target` yet.
 */
export function awaitConsumer(view: View, target: Word): boolean {
  const ring = ringAddress(view)
  // [P3] As [P1].
  atomicStore(view, (ring + ROOM_WAITERS) | 0, 1)
  rouseFromMore(view)
  return distance(target, atomicLoad(view, (ring + CONSUMER_POSITION) | 0)) > 0x7fff_ffff
}

/** A consumer that sleeps for more records must not sleep on while somebody waits for it. */
function rouseFromMore(view: View): void {
  // [P4] After [P1] and [P3]: either we see the consumer asleep, or it sees that we wait in [W6].
  if (atomicLoad(view, (ringAddress(view) + SLEEP_WORD) | 0) === SLEEP_FOR_MORE) rouse(view, SLEEP_FORCED)
}

/** Wakes every producer that waits for room. They try in their own order; who finds none waits again. */
export function wakeProducers(view: View): void {
  const waiters = (ringAddress(view) + ROOM_WAITERS) | 0
  // [C4] After [C3] and [C5]: either we see the waiter, or it sees the room in [P2].
  if (atomicLoad(view, waiters) === 0) return
  exchange(view, waiters, 0)
  wakeAllWaiters(view)
}

/** The same, whether or not anybody has said that he waits. */
export function wakeAllWaiters(view: View): void {
  const sequence = (ringAddress(view) + ROOM_SEQUENCE) | 0
  add(view, sequence, 1)
  notify(view, sequence, 0xffff_ffff)
}
