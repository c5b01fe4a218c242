/**
 * Elements that are in no chain. Each says of itself whether it is free, so that none is lost with who took it: no list
 * leads from one to the next.
 */
import {
  ELEMENT_FREE,
  ELEMENT_HASH,
  ELEMENT_LINKED,
  ELEMENT_TOUCHED,
  ELEMENT_VERSION,
  HASH_HAND,
  HASH_HINT,
  JOURNAL_GOING,
} from '../../abi/map-region.js'
import {
  add,
  atomicLoad,
  atomicStore,
  compareExchange,
  load,
  store,
  type Word,
} from '../../ring/algorithm/words.js'
import { unlink } from './chain.js'
import { bucketAt, bucketOf, elementAt, journalAt, stateAt } from './element.js'
import { tryLock, unlock } from './lock.js'
import type { MapView } from './view.js'

/** Takes a free element; 0: there is none. */
export function take(view: MapView): Word {
  const hint = atomicLoad(view, view.at + HASH_HINT) >>> 0
  let element: Word = hint % view.elements
  for (let steps: Word = view.elements; steps > 0; steps--) {
    element = element === view.elements ? 1 : element + 1
    const at = stateAt(view, element)
    if (atomicLoad(view, at) !== ELEMENT_FREE) continue
    if (compareExchange(view, at, ELEMENT_FREE, view.me) !== ELEMENT_FREE) continue
    atomicStore(view, view.at + HASH_HINT, element)
    return element
  }
  return 0
}

/** Gives an element back that is in no chain. Whoever still reads it finds another version. */
export function give(view: MapView, element: Word): void {
  add(view, elementAt(view, element) + ELEMENT_VERSION, 1)
  atomicStore(view, stateAt(view, element), ELEMENT_FREE)
  atomicStore(view, view.at + HASH_HINT, element - 1)
}

/** Says that an element was used. */
export function touch(view: MapView, element: Word): void {
  const at = (elementAt(view, element) + ELEMENT_TOUCHED) | 0
  // A store takes the line from all others; most of the time it says so already.
  if (load(view, at) === 0) store(view, at, 1)
}

/**
 * Takes an element that was not used for long out of its chain, for this thread; 0: all are in use or in motion. A hand
 * goes round: what was used since it last came by stays for one more round.
 *
 * @param held the bucket whose lock this thread holds
 */
export function evict(view: MapView, held: Word): Word {
  for (let steps: Word = 3 * view.elements; steps > 0; steps--) {
    const element: Word = ((add(view, view.at + HASH_HAND, 1) >>> 0) % view.elements) + 1
    const at = elementAt(view, element)
    if (atomicLoad(view, stateAt(view, element)) !== (ELEMENT_LINKED | 0)) continue
    if (load(view, at + ELEMENT_TOUCHED) !== 0) {
      store(view, at + ELEMENT_TOUCHED, 0)
      continue
    }
    if (remove(view, element, held)) return element
  }
  return 0
}

function remove(view: MapView, element: Word, held: Word): boolean {
  const at = elementAt(view, element)
  const bucket = bucketOf(view, load(view, at + ELEMENT_HASH))
  const lockAt = bucketAt(view, bucket)
  // Who waits for a lock while holding one may wait for itself.
  if (bucket !== held && !tryLock(view, lockAt)) return false
  // It may have gone, and have come to another bucket, before the lock was held.
  const stays =
    atomicLoad(view, stateAt(view, element)) === (ELEMENT_LINKED | 0) &&
    bucketOf(view, load(view, at + ELEMENT_HASH)) === bucket
  const removed = stays && takeOut(view, bucket, element)
  if (bucket !== held) unlock(view, lockAt)
  return removed
}

/** Takes an element out of its chain, and makes it this thread's. Its bucket's lock is held. */
export function takeOut(view: MapView, bucket: Word, element: Word): boolean {
  const going = (journalAt(view, view.me) + JOURNAL_GOING) | 0
  atomicStore(view, going, element)
  const removed = unlink(view, bucket, element)
  if (removed) {
    add(view, elementAt(view, element) + ELEMENT_VERSION, 1)
    atomicStore(view, stateAt(view, element), view.me)
  }
  atomicStore(view, going, 0)
  return removed
}
