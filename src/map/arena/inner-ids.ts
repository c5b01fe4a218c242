import { ELEMENT_LINKED } from '../../abi/map-region.js'
import { atomicLoad } from '../../ring/algorithm/words.js'
import { elementAt, stateAt } from '../algorithm/element.js'
import type { MapView } from '../algorithm/view.js'
import type { MapInfo } from '../bpf-map.js'
import { arrayPlan, hashPlan } from './plan.js'
import type { Share } from './share.js'

/** The ids of the maps that a map of maps holds. */
export function* idsIn(
  share: Share,
  map: MapInfo,
  address: number,
  view: MapView | undefined,
): Generator<number> {
  const { u32 } = share.views
  if (view) {
    const { valueOffset } = hashPlan(map, share.users)
    for (let element = 1; element <= view.elements; element++) {
      if (atomicLoad(view, stateAt(view, element)) !== (ELEMENT_LINKED | 0)) continue
      yield Atomics.load(u32, (elementAt(view, element) + valueOffset) >>> 2)
    }
    return
  }
  const { stride } = arrayPlan(map, share.users)
  for (let index = 0; index < map.maxEntries; index++) {
    const id = Atomics.load(u32, (address + index * stride) >>> 2)
    if (id !== 0) yield id
  }
}
