import { LOCK_PARKED_BIT, LOCK_WORD } from '../abi/region.js'
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
