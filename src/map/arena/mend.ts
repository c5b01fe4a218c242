/**
 * What happens when a thread dies that shares an arena: locks that it held are given back, what it had half done is
 * finished or taken back, and what it had open is let go. Whoever finds its lock in the way does it, or is told to.
 */
import { ENTRY_MADE_BY, ENTRY_MAKING, ENTRY_STATE, MAP_LOCK_PARKED } from '../../abi/arena.js'
import { QUEUE_LOCK } from '../../abi/map-region.js'
import { finishFor, lockAll, recount, unlockFirst } from '../algorithm/recover.js'
import type { MapView } from '../algorithm/view.js'
import { isList } from '../map-type.js'
import { underLock } from './arena-lock.js'
import { isHolderGone } from './patience.js'
import type { Share } from './share.js'
import { word } from './share.js'
import { type Entry, entries, entryAt, freeEntry, releaseEntry } from './table.js'
import { isUserGone, leave, markGone, present } from './users.js'

/** What mending needs to know of the maps of an arena. */
export interface Mendable {
  /** The view of a hash; undefined: it is none. */
  hashView(entry: Entry): MapView | undefined
  /** The name of a type. */
  typeOf(entry: Entry): string
}

/**
 * Mends what dead users left. Answers how many there were.
 *
 * @param declared a user that is taken for dead, whatever the system says
 */
export function mend(share: Share, maps: Mendable, declared?: number): number {
  return underLock(share, () => {
    const dead = new Set<number>()
    const look = () => {
      for (const user of present(share)) {
        if (user !== share.user && (user === declared || isUserGone(share, user))) dead.add(user)
      }
    }
    look()
    // Whoever turns out to be dead on the way is mended in all maps, too: twice does nothing.
    for (let known = 0; known < dead.size; ) {
      known = dead.size
      for (const user of dead) markGone(share, user)
      for (const entry of entries(share)) mendMap(share, maps, entry, dead, look)
    }
    for (const user of dead) {
      abandon(share, user)
      leave(share, user)
    }
    return dead.size
  })
}

function mendMap(share: Share, maps: Mendable, entry: Entry, dead: Set<number>, look: () => void): void {
  const view = maps.hashView(entry)
  if (view) mendHash(share, view, dead, look)
  else if (isList(maps.typeOf(entry))) mendLock(share, share.base + entry.address + QUEUE_LOCK, dead)
}

function mendHash(share: Share, view: MapView, dead: Set<number>, look: () => void): void {
  const isDead = (user: number) => dead.has(user - 1)
  // Others may die meanwhile, and hold what is needed.
  while (!lockAll(view, isDead, (user) => isHolderGone(share, user - 1))) look()
  for (const user of dead) finishFor(view, user + 1)
  recount(view)
  unlockFirst(view, view.places)
}

/** Gives a lock back that a dead user holds: of what is changed by single stores nothing is left half done. */
function mendLock({ views, memory }: Share, at: number, dead: ReadonlySet<number>): void {
  const held = Atomics.load(views.i32, at >>> 2)
  if (!dead.has((held & ~MAP_LOCK_PARKED) - 1)) return
  if (Atomics.compareExchange(views.i32, at >>> 2, held, 0) === held) memory.notify(at >>> 2, 0x7fff_ffff)
}

/** Lets go of all that a user had: maps that were open, or about to be made. */
function abandon(share: Share, user: number): void {
  for (let place = 0; place < share.maps; place++) {
    const at = entryAt(share, place)
    const isMaking = word(share, at + ENTRY_STATE) === ENTRY_MAKING
    if (isMaking && word(share, at + ENTRY_MADE_BY) === user) freeEntry(share, place)
    releaseEntry(share, place, user)
  }
}
