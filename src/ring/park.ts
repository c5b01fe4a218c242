import {
  LOCK_PARKED_BIT,
  LOCK_WORD,
  POSITION_BITS,
  PRODUCER_POSITION,
  RESERVING_BIT,
  RESERVING_PARKED_BIT,
} from '../abi/region.js'
import { nowMs } from '../memory/clock.js'
import { mayBlock } from '../memory/may-block.js'
import type { RingMemory } from '../memory/ring-memory.js'
import type { MemoryViews } from '../memory/views.js'
import { HELD_MS } from './hold-up.js'

/**
 * Sleeps until the holder of a ring's lock gives it back, or returns at once if nobody holds it now. In
 * a thread that may not block it returns at once in any case: the caller goes on looking. Answers false when
 * it slept in a recoverable ring for longer than a holder that lives ever takes.
 */
export function parkOnLock({
  views,
  address,
  memory,
  recoverable = false,
}: {
  readonly views: MemoryViews
  readonly address: number
  readonly memory?: RingMemory
  readonly recoverable?: boolean
}): boolean {
  const word = (address + LOCK_WORD) >>> 2
  const held = Atomics.load(views.i32, word)
  if (held === 0) return true
  // [L3] The bit tells the holder to wake us in [L2]; if it has left meanwhile, the wait does not begin.
  if (Atomics.compareExchange(views.i32, word, held, held | LOCK_PARKED_BIT) !== held) return true
  if (!mayBlock()) return !recoverable
  const ms = recoverable ? HELD_MS : Number.POSITIVE_INFINITY
  // Memory of several processes is none that Atomics.wait knows.
  if (memory && !memory.isOfProcess) return memory.bed(word, held | LOCK_PARKED_BIT).block(ms)
  return Atomics.wait(views.i32, word, held | LOCK_PARKED_BIT, ms) !== 'timed-out'
}

/** Longer than any thread that lives is given no cpu: milliseconds. */
const RESERVING_MS = 1000

/**
 * The same for a claimed ring in which another producer is about to reserve (RESERVING_BIT). Answers false when it slept
 * for so long that the other can only have died there: then nobody can reserve any more.
 */
export function parkOnReservation({
  views,
  address,
  memory,
}: {
  readonly views: MemoryViews
  readonly address: number
  readonly memory?: RingMemory
}): boolean {
  const word = (address + PRODUCER_POSITION) >>> 2
  const held = Atomics.load(views.i32, word)
  if ((held & RESERVING_BIT) === 0) return true
  const parked = held | RESERVING_PARKED_BIT
  // [T11] The bit tells the other to wake us in [T9]; if it has reserved meanwhile, the wait does not begin.
  if (Atomics.compareExchange(views.i32, word, held, parked) !== held) return true
  if (!mayBlock()) return lookOn(views, word, held)
  if (memory && !memory.isOfProcess) return memory.bed(word, parked).block(RESERVING_MS)
  return Atomics.wait(views.i32, word, parked, RESERVING_MS) !== 'timed-out'
}

/** Looks until the word is another one, where a thread may not sleep; as long as others sleep. */
function lookOn(views: MemoryViews, word: number, held: number): boolean {
  const deadline = nowMs() + RESERVING_MS
  const position = held & ~POSITION_BITS
  for (;;) {
    const found = Atomics.load(views.i32, word)
    if ((found & ~POSITION_BITS) !== position || (found & RESERVING_BIT) === 0) return true
    if (nowMs() > deadline) return false
  }
}
