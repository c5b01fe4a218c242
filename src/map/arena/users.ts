/** Who shares an arena: threads, each in a place of its own, with what is needed to tell whether it lives. */
import {
  ARENA_NAMESPACE,
  ARENA_USERS,
  USER_BYTES,
  USER_FREE,
  USER_GONE,
  USER_IMAGE,
  USER_IN_USE,
  USER_NAMESPACE,
  USER_PROCESS,
  USER_SIGNED,
  USER_START,
  USER_STATE,
  USER_THREAD,
  USER_THREAD_SHIFT,
} from '../../abi/arena.js'
import { isGone, isThreadGone, thisThread } from '../../memory/liveness.js'
import { type Share, setWord, word } from './share.js'

type Place = Pick<Share, 'views' | 'base' | 'users'>

export function userAt(user: number): number {
  return ARENA_USERS + user * USER_BYTES
}

/** Takes a place; undefined: all are taken. */
export function join(share: Place): number | undefined {
  const { views, base, users } = share
  const { thread, namespace } = thisThread()
  const isKnown = namespace !== 0 && namespace === word(share, ARENA_NAMESPACE)
  const inUse = USER_IN_USE | (isKnown ? thread << USER_THREAD_SHIFT : 0)
  for (let user = 0; user < users; user++) {
    const state = (base + userAt(user) + USER_STATE) >>> 2
    if (Atomics.compareExchange(views.u32, state, USER_FREE, inUse) !== USER_FREE) continue
    sign(share, user)
    return user
  }
  return undefined
}

function sign(share: Place, user: number): void {
  const at = userAt(user)
  const { process, thread, namespace, startLow, startHigh, image } = thisThread()
  setWord(share, at + USER_PROCESS, process)
  setWord(share, at + USER_THREAD, thread)
  setWord(share, at + USER_NAMESPACE, namespace === word(share, ARENA_NAMESPACE) ? namespace : 0)
  setWord(share, at + USER_START, startLow)
  setWord(share, at + USER_START + 4, startHigh)
  setWord(share, at + USER_IMAGE, image)
  // Last: from then on the rest is believed.
  setWord(share, at + USER_SIGNED, 1)
}

/** Gives a place back, of which nothing is left to be mended. Under the arena's lock. */
export function leave(share: Place, user: number): void {
  // Whoever dies from here on is found by this.
  markGone(share, user)
  setWord(share, userAt(user) + USER_SIGNED, 0)
  setWord(share, userAt(user) + USER_STATE, USER_FREE)
}

/** Marks a user as gone: it is not believed any more, and its place is not given away before it was mended. */
export function markGone({ views, base }: Place, user: number): void {
  Atomics.or(views.u32, (base + userAt(user) + USER_STATE) >>> 2, USER_GONE)
}

/** Whether somebody has this place. */
export function isTaken(share: Place, user: number): boolean {
  return word(share, userAt(user) + USER_STATE) !== USER_FREE
}

/** Whether there is such a user, and its thread certainly lives no more. */
export function isUserGone(share: Place, user: number): boolean {
  const at = userAt(user)
  const state = word(share, at + USER_STATE)
  if ((state & (USER_IN_USE | USER_GONE)) !== USER_IN_USE) return (state & USER_GONE) !== 0
  if (word(share, at + USER_SIGNED) === 0) return isUnsignedGone(share, state >>> USER_THREAD_SHIFT)
  return isGone({
    process: word(share, at + USER_PROCESS),
    thread: word(share, at + USER_THREAD),
    namespace: word(share, at + USER_NAMESPACE),
    startLow: word(share, at + USER_START),
    startHigh: word(share, at + USER_START + 4),
    image: word(share, at + USER_IMAGE),
  })
}

/** Whether a thread is dead that has not said more of itself than its number. */
function isUnsignedGone(share: Place, thread: number): boolean {
  return thread !== 0 && thisThread().namespace === word(share, ARENA_NAMESPACE) && isThreadGone(thread)
}

/** Users that are there, those included that are gone and were not mended yet. */
export function present(share: Place): number[] {
  return Array.from({ length: share.users }, (_, user) => user).filter((user) => isTaken(share, user))
}
