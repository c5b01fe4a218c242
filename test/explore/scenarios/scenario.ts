import type { Play } from '../actors/stage.js'
import type { Loaded } from '../transform/load.js'

/** Threads that are let loose on rings, and what must come of it. */
export interface Scenario {
  readonly name: string
  /** How often a thread is interrupted at most, where all orders are too many. */
  readonly preemptions?: number
  readonly play: (loaded: Loaded) => Play
}
