/** What somebody does who finds a lock held for long: sleeps for a little, and looks whether the holder lives. */
import { MAP_LOCK_PARKED } from '../../abi/arena.js'
import { RingbufError } from '../../abi/error.js'
import { mayBlock } from '../../memory/may-block.js'
import type { Share } from './share.js'
import { isTaken, isUserGone } from './users.js'

/** Longer than a holder that runs takes, shorter than anybody minds. */
const PARK_MS = 2

/**
 * Gives way to the holder of a lock: sleeps until it is given back, but not for long. Answers the user that holds it and
 * is dead, if so.
 *
 * @param at address of the lock, in the memory
 */
export function giveWay(share: Share, at: number): number | undefined {
  const { views, memory } = share
  const index = at >>> 2
  const held = Atomics.load(views.i32, index)
  if (held === 0) return undefined
  const user = (held & ~MAP_LOCK_PARKED) - 1
  // It may have been given back since, and its holder have left.
  if (!mayHold(share, user) && Atomics.load(views.i32, index) === held) throw nobody(share, user)
  const parked = held | MAP_LOCK_PARKED
  // [M6] The bit tells the holder to wake us in [M2]; if it has left meanwhile, the sleep does not begin.
  if (Atomics.compareExchange(views.i32, index, held, parked) !== held) return undefined
  if (mayBlock() && memory.bed(index, parked).block(PARK_MS)) return undefined
  return isUserGone(share, user) && Atomics.load(views.i32, index) === parked ? user : undefined
}

/**
 * Whether the holder of a lock is dead.
 *
 * @throws RingbufError ERR_CORRUPTED if that can be no holder
 */
export function isHolderGone(share: Share, user: number): boolean {
  if (mayHold(share, user)) return isUserGone(share, user)
  throw nobody(share, user)
}

/** Whether a lock that this thread waits for may be held by this user: who leaves holds nothing. */
function mayHold(share: Share, user: number): boolean {
  return user >= 0 && user < share.users && user !== share.user && isTaken(share, user)
}

function nobody(share: Share, user: number): RingbufError {
  return new RingbufError(
    'ERR_CORRUPTED',
    `a lock in arena '${share.name}' is held by user ${user}, who can hold none`,
    { value: user, limit: share.users },
  )
}
