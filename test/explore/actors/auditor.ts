import { SLOT_DROPPED, SLOTS_OFFSET } from '#dist/abi/region.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import type { Stage } from './stage.js'
import { Touch } from './touch.js'

export interface AuditorState extends ThreadState {
  readonly view: View
  /** How many records it was told were dropped. */
  told: number
}

const touch = new Touch('auditor')

/**
 * What the consumer does to learn of dropped records: looks at the flag, and reads the counter only if
 * that says so; again and again, until it knows of as many as there will be.
 */
export function auditor(stage: Stage, ring: number, dropped: number): Thread<AuditorState> {
  function* look(state: AuditorState): Steps<string> {
    const { view } = state
    const news = yield* stage.algorithm.takeLossFlag(view)
    if (news) state.told = yield* touch.atomicLoad(view.ring + SLOTS_OFFSET + SLOT_DROPPED)
    return state.told === dropped ? DONE : 'look'
  }

  return { name: 'auditor', begin: { at: 'look', view: stage.view(ring), told: 0 }, phases: { look } }
}
