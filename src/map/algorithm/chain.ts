/**
 * Chains of a hash. Whoever changes one holds its bucket's lock; whoever reads holds none, and begins anew where an
 * element was given to another bucket under its feet.
 */
import { BUCKET_FIRST, ELEMENT_NEXT } from '../../abi/map-region.js'
import { atomicStore, type Word } from '../../ring/algorithm/words.js'
import { bucketAt, bucketOf, elementAt, endOf, first, hasKey, isElement, next } from './element.js'
import type { MapView } from './view.js'

/** What `find` answers where the chain is none: an element that is no number, or no end to it. */
export const CHAIN_TORN = -1

/** The element that has the key that is asked for, 0 if none has, or CHAIN_TORN. */
export function find(view: MapView, hash: Word): Word {
  return seek(view, hash, 0)
}

/** The same behind an element of the chain; 0: from its beginning. */
export function seek(view: MapView, hash: Word, behind: Word): Word {
  const bucket = bucketOf(view, hash)
  // Others may move elements for as long as they like; but who moves one has done something.
  for (let attempts = view.elements + ATTEMPTS; attempts > 0; attempts--) {
    let element: Word = behind === 0 ? first(view, bucket) : next(view, behind)
    let steps: Word = view.elements
    while (isElement(view, element) && steps > 0) {
      if (hasKey(view, element, hash)) return element
      element = next(view, element)
      steps--
    }
    if (element === endOf(bucket)) return 0
    if (element >= 0 && !isElement(view, element)) return CHAIN_TORN
  }
  return CHAIN_TORN
}

const ATTEMPTS = 1000

/** Puts an element in front of its bucket's chain. [M4] It is complete. */
export function link(view: MapView, bucket: Word, element: Word): void {
  atomicStore(view, elementAt(view, element) + ELEMENT_NEXT, first(view, bucket))
  atomicStore(view, bucketAt(view, bucket) + BUCKET_FIRST, element)
}

/** Takes an element out of its bucket's chain. Answers whether it was in it. */
export function unlink(view: MapView, bucket: Word, element: Word): boolean {
  let before = (bucketAt(view, bucket) + BUCKET_FIRST) | 0
  let at: Word = first(view, bucket)
  for (let steps: Word = view.elements; isElement(view, at) && steps > 0; steps--) {
    if (at === element) {
      atomicStore(view, before, next(view, element))
      return true
    }
    before = (elementAt(view, at) + ELEMENT_NEXT) | 0
    at = next(view, at)
  }
  return false
}

/** Whether an element is in its bucket's chain. */
export function isLinked(view: MapView, bucket: Word, element: Word): boolean {
  let at: Word = first(view, bucket)
  for (let steps: Word = view.elements; isElement(view, at) && steps > 0; steps--) {
    if (at === element) return true
    at = next(view, at)
  }
  return false
}
