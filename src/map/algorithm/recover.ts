/**
 * What users of a hash have left half done who died: finished, or taken back. All buckets are locked meanwhile, those
 * too that the dead had locked; readers go on.
 */
import { MAP_LOCK_PARKED } from '../../abi/arena.js'
import {
  BUCKET_LOCK,
  ELEMENT_HASH,
  ELEMENT_KEY,
  ELEMENT_LINKED,
  ELEMENT_VERSION,
  HASH_USED,
  JOURNAL_GOING,
  JOURNAL_SPARE,
} from '../../abi/map-region.js'
import { add, atomicLoad, atomicStore, compareExchange, load, type Word } from '../../ring/algorithm/words.js'
import { find, isLinked, unlink } from './chain.js'
import { bucketAt, bucketOf, elementAt, isElement, journalAt, stateAt } from './element.js'
import { unlock } from './lock.js'
import { give, take } from './pool.js'
import type { MapView } from './view.js'

/** Whether a user, by 1 + its number, is one of those whose death is being mended. */
type Dead = (user: Word) => boolean

/**
 * Takes all locks, and those of the dead from them. Answers false if another dead user holds one: then none is taken, and
 * that user is to be mended, too.
 */
export function lockAll(view: MapView, isDead: Dead, isGone: Dead): boolean {
  for (let bucket = 0; bucket < view.places; bucket++) {
    const at = (bucketAt(view, bucket) + BUCKET_LOCK) | 0
    for (let looks: Word = 1; ; looks++) {
      const word = atomicLoad(view, at)
      const holder = word & ~MAP_LOCK_PARKED
      if (holder === 0 || isDead(holder)) {
        if (compareExchange(view, at, word, view.me | (word & MAP_LOCK_PARKED)) === word) break
      } else if (looks % LOOKS === 0 && isGone(holder)) {
        unlockFirst(view, bucket)
        return false
      }
    }
  }
  return true
}

/** Whether a holder lives is asked so seldom: it takes a call of the system, and most live. */
const LOOKS = 10_000

/** Gives the locks of the first buckets back. */
export function unlockFirst(view: MapView, buckets: Word): void {
  for (let bucket = 0; bucket < buckets; bucket++) unlock(view, bucketAt(view, bucket) + BUCKET_LOCK)
}

/** Finishes what one dead user was about to do. All locks are held. */
export function finishFor(view: MapView, dead: Word): void {
  const journal = journalAt(view, dead)
  const going = atomicLoad(view, journal + JOURNAL_GOING)
  if (isElement(view, going) && atomicLoad(view, stateAt(view, going)) === (ELEMENT_LINKED | 0)) {
    const hash = load(view, elementAt(view, going) + ELEMENT_HASH)
    const bucket = bucketOf(view, hash)
    // If a new value stands before it, or it is out of the chain, it has to go; else nothing had happened yet.
    if (!isLinked(view, bucket, going) || isCovered(view, going, hash)) {
      unlink(view, bucket, going)
      add(view, elementAt(view, going) + ELEMENT_VERSION, 1)
      atomicStore(view, stateAt(view, going), dead)
    }
  }
  atomicStore(view, journal + JOURNAL_GOING, 0)
  settle(view, dead)
}

function isCovered(view: MapView, element: Word, hash: Word): boolean {
  const at = elementAt(view, element)
  for (let word = 0; word < view.keyWords; word++) view.key[word] = load(view, at + ELEMENT_KEY + word * 4)
  return find(view, hash) !== element
}

/** What the dead had taken is in its chain, is the spare of whoever comes next, or is free. */
function settle(view: MapView, dead: Word): void {
  let spare: Word = 0
  for (let element = 1; element <= view.elements; element++) {
    if (atomicLoad(view, stateAt(view, element)) !== dead) continue
    const bucket = bucketOf(view, load(view, elementAt(view, element) + ELEMENT_HASH))
    if (isLinked(view, bucket, element)) atomicStore(view, stateAt(view, element), ELEMENT_LINKED | 0)
    else if (spare === 0) spare = element
    else give(view, element)
  }
  if (spare === 0) {
    spare = take(view)
    if (spare !== 0) atomicStore(view, stateAt(view, spare), dead)
  }
  atomicStore(view, journalAt(view, dead) + JOURNAL_SPARE, spare)
}

/** Counts the keys anew: whoever died between a key and its count has left it wrong. All locks are held. */
export function recount(view: MapView): void {
  let used: Word = 0
  for (let element = 1; element <= view.elements; element++) {
    if (atomicLoad(view, stateAt(view, element)) === (ELEMENT_LINKED | 0)) used++
  }
  atomicStore(view, view.at + HASH_USED, used)
}
