/** The lock of an arena: whoever changes its table, or which users it has, holds it. */
import { ARENA_LOCK, MAP_LOCK_PARKED } from '../../abi/arena.js'
import { giveWay } from './patience.js'
import type { Share } from './share.js'

/** How often it is looked at before giving way. */
const PATIENCE = 1000

/**
 * Does something under the arena's lock. Each change of the table is one store that makes it true, so a holder that dies
 * leaves nothing to be mended but the lock: the next takes it over.
 */
export function underLock<T>(share: Share, action: () => T): T {
  const index = (share.base + ARENA_LOCK) >>> 2
  if (share.lockDepth === 0) take(share, index)
  share.lockDepth++
  try {
    return action()
  } finally {
    if (--share.lockDepth === 0) give(share, index)
  }
}

function give(share: Share, index: number): void {
  if ((Atomics.exchange(share.views.i32, index, 0) & MAP_LOCK_PARKED) === 0) return
  share.memory.notify(index, 0x7fff_ffff)
}

function take(share: Share, index: number): void {
  const { views } = share
  const me = share.user + 1
  for (;;) {
    for (let looks = 0; looks < PATIENCE; looks++) {
      if (Atomics.compareExchange(views.i32, index, 0, me) === 0) return
    }
    const dead = giveWay(share, index * 4)
    if (dead === undefined) continue
    const held = (dead + 1) | MAP_LOCK_PARKED
    if (Atomics.compareExchange(views.i32, index, held, me | MAP_LOCK_PARKED) === held) return
  }
}
