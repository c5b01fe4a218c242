import type { RingMemory } from '../memory/ring-memory.js'
import type { MemoryViews } from '../memory/views.js'
import type { Engine } from './engine.js'
import type { OwnSlot } from './slot.js'

/** @internal What the two ends of a ring, and whoever only looks, share in one thread. */
export interface Attachment {
  readonly name: string
  readonly engine: Engine
  readonly memory: RingMemory
  readonly views: MemoryViews
  readonly address: number
  readonly size: number
  /** RING_FLAG_*. */
  readonly flags: number
  readonly locked: boolean
  readonly overwrites: boolean
  /** Whether what dead threads leave is recovered. */
  readonly recoverable: boolean
  /** The slot of this thread's producer, in recoverable rings. */
  own: OwnSlot | undefined
  /** What was opened of this ring in this thread, and is to be closed with it. */
  readonly ends: Set<Disposable>
  /** The board that this ring's bells hang on, if it has one. */
  readonly bells: Int32Array<SharedArrayBuffer> | undefined
}
