/**
 * The locks of maps: one word, which names its holder. They are held for a few dozen instructions; whoever finds one
 * held for long gives way, and looks whether the holder lives (src/map/arena/patience.ts).
 */
import { MAP_LOCK_PARKED } from '../../abi/arena.js'
import { atomicLoad, compareExchange, exchange, notify, type Word } from '../../ring/algorithm/words.js'
import type { MapView } from './view.js'

/** How often the word is looked at before giving way: some microseconds, longer than a holder that runs needs. */
const PATIENCE = 500

/** Takes a lock. */
export function lock(view: MapView, at: Word): void {
  for (;;) {
    for (let looks = PATIENCE; looks > 0; looks--) {
      if (atomicLoad(view, at) === 0 && tryLock(view, at)) return
    }
    view.giveWay(at)
  }
}

/** Takes it if nobody holds it. [M1] Pairs with [M2]: what the last holder wrote is seen. */
export function tryLock(view: MapView, at: Word): boolean {
  return compareExchange(view, at, 0, view.me) === 0
}

/** Gives it back, and wakes those who parked on it. [M2] */
export function unlock(view: MapView, at: Word): void {
  if ((exchange(view, at, 0) & MAP_LOCK_PARKED) !== 0) notify(view, at, 0x7fff_ffff)
}
