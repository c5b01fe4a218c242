/** Elements of a hash: where they are, and what they say. They are called by 1 + their number; 0 is none. */
import {
  BUCKET_FIRST,
  CHAIN_END,
  ELEMENT_HASH,
  ELEMENT_KEY,
  ELEMENT_NEXT,
  ELEMENT_STATE,
  HASH_BUCKET_BYTES,
  HASH_JOURNAL_BYTES,
  HASH_JOURNALS,
} from '../../abi/map-region.js'
import { atomicLoad, load, store, type Word } from '../../ring/algorithm/words.js'
import type { MapView } from './view.js'

export function elementAt(view: MapView, element: Word): Word {
  return (view.firstElement + (element - 1) * view.stride) | 0
}

export function stateAt(view: MapView, element: Word): Word {
  return (elementAt(view, element) + ELEMENT_STATE) | 0
}

/** Journal of a user, who is called by 1 + its number. */
export function journalAt(view: MapView, user: Word): Word {
  return (view.at + HASH_JOURNALS + (user - 1) * HASH_JOURNAL_BYTES) | 0
}

export function bucketAt(view: MapView, bucket: Word): Word {
  return (view.at + HASH_JOURNALS + view.users * HASH_JOURNAL_BYTES + bucket * HASH_BUCKET_BYTES) | 0
}

export function bucketOf(view: MapView, hash: Word): Word {
  return hash & (view.places - 1)
}

/** What follows in a chain: an element, or less than 1 at its end. [M3] Pairs with [M4]: the element is complete. */
export function first(view: MapView, bucket: Word): Word {
  return atomicLoad(view, bucketAt(view, bucket) + BUCKET_FIRST)
}
export function next(view: MapView, element: Word): Word {
  return atomicLoad(view, elementAt(view, element) + ELEMENT_NEXT)
}

/** What ends the chain of a bucket. It has the sign bit, which no element has. */
export function endOf(bucket: Word): Word {
  return bucket | CHAIN_END | 0
}

export function isElement(view: MapView, element: Word): boolean {
  return element > 0 && element <= view.elements
}

/** Whether an element has this hash and the key that is asked for. Plain loads: whoever holds no lock looks again. */
export function hasKey(view: MapView, element: Word, hash: Word): boolean {
  const at = elementAt(view, element)
  if (load(view, at + ELEMENT_HASH) !== hash) return false
  for (let word = 0; word < view.keyWords; word++) {
    if (load(view, at + ELEMENT_KEY + word * 4) !== view.key[word]) return false
  }
  return true
}

/** Writes hash and key into an element that this thread has taken. */
export function writeKey(view: MapView, element: Word, hash: Word): void {
  const at = elementAt(view, element)
  store(view, at + ELEMENT_HASH, hash)
  for (let word = 0; word < view.keyWords; word++) {
    store(view, at + ELEMENT_KEY + word * 4, view.key[word] as Word)
  }
}

/** The hash of the key that is asked for. Keys come from others: the seed keeps them from choosing a bucket. */
export function hashKey(view: MapView): Word {
  let hash: Word = view.seed
  for (let word = 0; word < view.keyWords; word++) {
    hash = Math.imul(hash ^ (view.key[word] as Word), 0x9e37_79b1)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return (hash ^ (hash >>> 16)) | 0
}
