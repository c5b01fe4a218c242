/** What the memory of a new map must say before anybody uses it. */
import { BUCKET_FIRST, HASH_USED } from '../../abi/map-region.js'
import { atomicStore } from '../../ring/algorithm/words.js'
import { bucketAt, endOf, journalAt, stateAt } from '../algorithm/element.js'
import type { MapView } from '../algorithm/view.js'

/** An empty hash: chains without elements, and a spare element for each user. The memory is zero. */
export function prepareHash(view: MapView): void {
  for (let bucket = 0; bucket < view.places; bucket++) {
    atomicStore(view, bucketAt(view, bucket) + BUCKET_FIRST, endOf(bucket))
  }
  for (let user = 1; user <= view.users; user++) {
    const spare = view.maxEntries + user
    atomicStore(view, stateAt(view, spare), user)
    atomicStore(view, journalAt(view, user), spare)
  }
  atomicStore(view, view.at + HASH_USED, 0)
}
