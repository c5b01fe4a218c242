import { USER_FENCE } from '../../abi/arena.js'
import type { MapView } from '../algorithm/view.js'
import type { Home } from './arena-map.js'
import { giveWay } from './patience.js'
import type { Plan } from './plan.js'
import { userAt } from './users.js'

/** What the algorithms know of a map, by its plan. Its address is a multiple of 8 below 2^31. */
export function mapView({ share, info, address, mend }: Home, plan: Plan): MapView {
  return {
    ints: share.views.i32,
    notify: (index, count) => share.memory.notify(index, count),
    at: address,
    me: share.user + 1,
    users: share.users,
    maxEntries: info.maxEntries,
    places: plan.places,
    elements: plan.elements,
    stride: plan.stride,
    firstElement: address + plan.firstElement,
    seed: share.seed,
    evicts: info.type === 'lru_hash',
    keyWords: Math.ceil(info.keySize / 4),
    fence: share.base + userAt(share.user) + USER_FENCE,
    key: new Int32Array(Math.ceil(info.keySize / 4)),
    giveWay: (lockAt) => {
      if (giveWay(share, lockAt) !== undefined) mend()
    },
  }
}
