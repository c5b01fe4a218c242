import { sharedRingMemory } from '../../memory/ring-memory.js'
import type { SharedMemory } from '../../memory/shared-memory.js'
import { Ring } from '../../ring/ring.js'

/** Where another thread finds a ring of an arena: `arena.open(id)` there. Its memory alone would not keep it alive. */
export interface ArenaRingHandle {
  readonly type: 'bpf-arena-ring'
  readonly id: number
}

/** Where a ring lies in its arena. */
export interface ArenaRingPlace {
  readonly id: number
  readonly memory: SharedMemory
  readonly address: number
  readonly bells: SharedMemory
}

/**
 * A ring in an arena: a ring like any other, until the map is closed that it is. What was opened of it in this thread is
 * closed then, because its memory may become another map's.
 */
export class ArenaRing extends Ring<ArenaRingHandle> {
  /** @internal */
  constructor({ id, memory, address, bells }: ArenaRingPlace) {
    super({ memory: sharedRingMemory(memory, address), handle: { type: 'bpf-arena-ring', id }, bells })
  }

  /** @internal */
  giveUp(): void {
    this.retire()
  }
}
