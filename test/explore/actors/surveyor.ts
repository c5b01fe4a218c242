import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { RECORD_BYTES, type Stage } from './stage.js'

export interface SurveyorState extends ThreadState {
  readonly view: View
}

/**
 * Looks once what was overwritten, as readers do. All records are submitted and of one size, so that many lie before the
 * position as are counted, but for so many that were `already`; unless a producer was in the middle of it, and nothing is believed.
 */
export function surveyor(stage: Stage, ring: number, already: number): Thread<SurveyorState> {
  const { algorithm } = stage

  function* survey({ view }: SurveyorState): Steps<string> {
    if (!(yield* algorithm.survey(view))) return DONE
    const found = (which: number) => (view.found[which] as number) >>> 0
    const position = found(algorithm.FOUND_ROUNDS) * 2 ** 32 + found(algorithm.FOUND_POSITION)
    const before = (position - (stage.firstPosition >>> 0)) / RECORD_BYTES
    const counted = found(algorithm.FOUND_LOST_HIGH) * 2 ** 32 + found(algorithm.FOUND_LOST) - already
    if (before !== counted) throw new Error(`${counted} records are counted before record ${before}`)
    return DONE
  }

  return { name: 'surveyor', begin: { at: 'survey', view: stage.view(ring) }, phases: { survey } }
}
