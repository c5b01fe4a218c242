/** The goal of the suite `heap`: on the raw path nothing is allocated for a record. */
import type { Bar } from '../bars.js'
import type { Result } from '../results.js'
import { RAW_PATHS } from './cases.js'

/** Bytes a record. Less than this is what compiling and measuring take, not what records take. */
const NOTHING_BYTES = 0.01

/** A bar for each contestant on each raw path: both ways of counting must say so. */
export function judgeHeap(results: readonly Result[]): readonly Bar[] {
  return results
    .filter(({ case: name }) => name in RAW_PATHS)
    .map(({ case: name, contestant, median, extra }) => {
      const value = median === null ? null : Math.max(median, extra.sampledBytes ?? 0)
      return {
        name: `${name}: ${contestant}, bytes a record`,
        relation: '<',
        target: NOTHING_BYTES,
        value,
        met: value === null ? null : value < NOTHING_BYTES,
      }
    })
}

/** Where what is allocated is allocated, as lines for people. */
export function allocationLines(results: readonly Result[]): string[] {
  return results.flatMap(({ contestant, sites }) =>
    sites.length === 0 ? [] : [`  ${contestant} allocates, a record: ${sites.join('; ')}`],
  )
}
