import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import type { Stage } from './stage.js'

export interface CloserState extends ThreadState {
  readonly view: View
}

/** What `Ring.close` does. */
export function closer(stage: Stage, ring: number): Thread<CloserState> {
  function* close({ view }: CloserState): Steps<string> {
    return (yield* stage.algorithm.close(view, stage.patience)) ? DONE : 'park'
  }

  function* park({ view }: CloserState): Steps<string> {
    yield* stage.park(view)
    return 'close'
  }

  return { name: 'closer', begin: { at: 'close', view: stage.view(ring) }, phases: { close, park } }
}
