/** All keys of a hash, one behind the other, while others change it. */
import { ELEMENT_HASH, ELEMENT_LINKED, ELEMENT_STATE } from '../../abi/map-region.js'
import { atomicLoad, load, type Word } from '../../ring/algorithm/words.js'
import { bucketOf, elementAt, first, isElement, next } from './element.js'
import type { MapView } from './view.js'

/**
 * The element behind this one; behind 0 the first; 0: there is none. Elements that are in motion are passed over. What
 * is read of it holds if `isStill` says so then.
 */
export function following(view: MapView, behind: Word): Word {
  let bucket: Word = 0
  let element: Word = 0
  if (behind === 0) element = first(view, 0)
  else {
    bucket = bucketOf(view, load(view, elementAt(view, behind) + ELEMENT_HASH))
    element = next(view, behind)
  }
  for (let steps: Word = view.places + view.elements; steps >= 0; steps--) {
    if (isElement(view, element)) {
      const isLinked = atomicLoad(view, elementAt(view, element) + ELEMENT_STATE) === (ELEMENT_LINKED | 0)
      if (isLinked && bucketOf(view, load(view, elementAt(view, element) + ELEMENT_HASH)) === bucket)
        return element
      element = next(view, element)
    } else {
      bucket++
      if (bucket >= view.places) return 0
      element = first(view, bucket)
    }
  }
  return 0
}
