import type { RingMemory } from '../../memory/ring-memory.js'
import type { MemoryViews } from '../../memory/views.js'

/** One thread's share of an arena: where it lies, and who this thread is in it. */
export interface Share {
  readonly memory: RingMemory
  readonly views: MemoryViews
  /** Where in the memory the arena begins; addresses in its table are from here. */
  readonly base: number
  readonly size: number
  readonly name: string
  /** Of the hashes: nobody outside can choose keys that fall together. */
  readonly seed: number
  /** How many users it can have at once, and maps. */
  readonly users: number
  readonly maps: number
  /** The number of this user. */
  readonly user: number
  /** How often this thread holds the arena's lock: what is done under it may come to need it again. */
  lockDepth: number
}

/** A word of the arena. */
export function word({ views, base }: Pick<Share, 'views' | 'base'>, at: number): number {
  return Atomics.load(views.u32, (base + at) >>> 2)
}

export function setWord({ views, base }: Pick<Share, 'views' | 'base'>, at: number, value: number): void {
  Atomics.store(views.u32, (base + at) >>> 2, value)
}
