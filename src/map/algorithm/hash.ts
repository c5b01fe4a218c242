/**
 * A hash: as many keys as the map has entries, each with a value. A new value of an old key goes into an element of its
 * own, which takes the place of the old: so whoever reads sees the one or the other, and who dies leaves the one or the
 * other.
 */
import { E2BIG, EEXIST, ENOENT } from '../../abi/errno.js'
import {
  BUCKET_LOCK,
  ELEMENT_LINKED,
  ELEMENT_TOUCHED,
  ELEMENT_VERSION,
  HASH_USED,
  JOURNAL_GOING,
  JOURNAL_SPARE,
} from '../../abi/map-region.js'
import { type Answer, add, atomicLoad, atomicStore, store, type Word } from '../../ring/algorithm/words.js'
import { BPF_EXIST, BPF_NOEXIST } from '../flags.js'
import { CHAIN_TORN, find, link } from './chain.js'
import { bucketAt, bucketOf, elementAt, isElement, journalAt, stateAt, writeKey } from './element.js'
import { lock, unlock } from './lock.js'
import { evict, give, take, takeOut, touch } from './pool.js'
import type { MapView } from './view.js'

/** The element of the key that is asked for, 0, or CHAIN_TORN. What is read of it holds if `isStill` says so then. */
export function lookup(view: MapView, hash: Word): Word {
  const element = find(view, hash)
  if (view.evicts && element > 0) touch(view, element)
  return element
}

/** How often an element was given back so far: to be read before `isThere`, and that before what the element says. */
export function versionOf(view: MapView, element: Word): Word {
  return atomicLoad(view, elementAt(view, element) + ELEMENT_VERSION)
}

/** Whether an element is in a chain. One that is about to be put in may be found, too, and is not complete. */
export function isThere(view: MapView, element: Word): boolean {
  return atomicLoad(view, stateAt(view, element)) === (ELEMENT_LINKED | 0)
}

/**
 * Whether all that was read of an element since `versionOf` was of one key and one value. It was complete if it was there
 * after that, and nobody changes it but who has taken it out, which changes its version.
 */
export function isStill(view: MapView, element: Word, version: Word): boolean {
  // [M5] A read-and-write: no load before it is done after the next.
  add(view, view.fence, 1)
  return versionOf(view, element) === version && isThere(view, element)
}

/**
 * Begins an update of the key that is asked for: the bucket is locked, until `finishUpdate`.
 *
 * @returns an element for the value, in which key and hash stand already; or -EEXIST, -ENOENT, -E2BIG, and nothing
 *   is locked; CHAIN_TORN is -EPERM, which nobody else answers
 */
export function beginUpdate(view: MapView, hash: Word, mode: Word): Answer {
  lock(view, lockAt(view, hash))
  const old = find(view, hash)
  let element: Answer = 0
  if (old === CHAIN_TORN) element = CHAIN_TORN
  else if (old !== 0 && mode === BPF_NOEXIST) element = -EEXIST
  else if (old === 0 && mode === BPF_EXIST) element = -ENOENT
  else if (old !== 0) element = spare(view)
  else element = room(view, bucketOf(view, hash))
  if (element > 0) {
    writeKey(view, element, hash)
    // Before the new one is in: who dies between the two leaves a key that is there twice, and this says which has to go.
    atomicStore(view, goingAt(view), old)
  } else unlock(view, lockAt(view, hash))
  return element
}

/** The element that is this thread's own, for a new value of an old key. */
function spare(view: MapView): Answer {
  const element = atomicLoad(view, spareAt(view))
  const isOwn = isElement(view, element) && atomicLoad(view, stateAt(view, element)) === view.me
  return isOwn ? element : CHAIN_TORN
}

function room(view: MapView, bucket: Word): Answer {
  // Where all are taken nobody need look at each.
  const isFull = atomicLoad(view, view.at + HASH_USED) >= view.maxEntries
  const element: Word = isFull ? 0 : take(view)
  if (element !== 0) return element
  const evicted: Word = view.evicts ? evict(view, bucket) : 0
  if (evicted === 0) return -E2BIG
  add(view, view.at + HASH_USED, -1)
  return evicted
}

/** Makes the element visible that `beginUpdate` has answered, in the place of the old one, and unlocks the bucket. */
export function finishUpdate(view: MapView, hash: Word, element: Word): void {
  const bucket = bucketOf(view, hash)
  const old = atomicLoad(view, goingAt(view))
  store(view, elementAt(view, element) + ELEMENT_TOUCHED, 0)
  link(view, bucket, element)
  atomicStore(view, stateAt(view, element), ELEMENT_LINKED | 0)
  if (old === 0) add(view, view.at + HASH_USED, 1)
  else {
    takeOut(view, bucket, old)
    atomicStore(view, spareAt(view), old)
  }
  unlock(view, lockAt(view, hash))
}

/** Locks the bucket of the key that is asked for. Answers its element, and 0 or CHAIN_TORN, where nothing is locked. */
export function lockKey(view: MapView, hash: Word): Word {
  lock(view, lockAt(view, hash))
  const element = find(view, hash)
  if (element <= 0) unlock(view, lockAt(view, hash))
  return element
}

/** Waits until nobody holds the lock of the bucket of the key that is asked for, who held it when this began. */
export function passLock(view: MapView, hash: Word): void {
  lock(view, lockAt(view, hash))
  unlock(view, lockAt(view, hash))
}

/** Takes the element out that `lockKey` has answered, and unlocks the bucket. */
export function removeKey(view: MapView, hash: Word, element: Word): void {
  takeOut(view, bucketOf(view, hash), element)
  add(view, view.at + HASH_USED, -1)
  give(view, element)
  unlock(view, lockAt(view, hash))
}

/** The lock of the bucket of a key. */
function lockAt(view: MapView, hash: Word): Word {
  return (bucketAt(view, bucketOf(view, hash)) + BUCKET_LOCK) | 0
}

function goingAt(view: MapView): Word {
  return (journalAt(view, view.me) + JOURNAL_GOING) | 0
}

function spareAt(view: MapView): Word {
  return (journalAt(view, view.me) + JOURNAL_SPARE) | 0
}
