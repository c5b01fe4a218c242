/** The goals that the suite `latency` measures itself against. */
import { type Bar, judgeRatio } from '../bars.js'
import type { Result } from '../results.js'
import { LOADED_CASES } from './cases.js'

/** JavaScript may keep records waiting so many times as long as C. */
const TIMES_C = 2

/** Bars of the cases that were measured. */
export function judgeLatency(results: readonly Result[]): readonly Bar[] {
  return LOADED_CASES.flatMap(({ name }) =>
    ['c-kernel', 'c-kernel-paced'].flatMap((against) =>
      judgeRatio(results, { name, what: 'ours-busy', against, relation: '<=', target: TIMES_C }),
    ),
  )
}
