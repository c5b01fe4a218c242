import type { Play } from '../actors/stage.js'
import type { Loaded } from '../transform/load.js'

/** Threads that are let loose on rings, and what must come of it. */
export interface Scenario {
  readonly name: string
  readonly play: (loaded: Loaded) => Play
}
