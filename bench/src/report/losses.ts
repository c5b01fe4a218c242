/**
 * The cases we lose: found by looking at every case of every suite, not by choosing.
 *
 * A case is lost to whoever has the better median in it, passes on records as we do (one by one, or in batches), and is
 * not of this package.
 */
import {
  championOf,
  type Figured,
  figuresOf,
  isLikeWithLike,
  isOurs,
  type KeptSuite,
  timesAsFast,
} from './kept-suite.js'
import { code, table } from './markdown.js'
import { formatFigure, formatTimes } from './numbers.js'

export interface Loss {
  readonly suite: string
  readonly ours: Figured
  /** Those who are faster, the fastest first. */
  readonly faster: readonly Figured[]
}

export function findLosses(suites: readonly KeptSuite[]): readonly Loss[] {
  return suites.flatMap((suite) =>
    suite.cases.flatMap(({ name }) => {
      const ours = championOf(suite, name)
      if (ours === undefined) return []
      const faster = figuresOf(suite, name).filter(
        (other) => !isOurs(other.contestant) && isLikeWithLike(other) && timesAsFast(ours, other) < 1,
      )
      return faster.length === 0 ? [] : [{ suite: suite.suite, ours, faster }]
    }),
  )
}

export function lossSection(suites: readonly KeptSuite[]): string {
  const losses = findLosses(suites)
  const cases = suites.reduce((sum, suite) => sum + suite.cases.length, 0)
  const intro =
    'Every case in which another contestant has the better median than the one that stands for this package: ' +
    `${losses.length} of ${cases}. Behind each the ratio, ours over theirs, and its figure; "?" where some run of ours ` +
    'was better than one of theirs, so that it may be chance.'
  if (losses.length === 0) return intro
  const rows = losses.map(({ suite, ours, faster }) => [
    `${suite}: ${code(ours.case)}`,
    `${code(ours.contestant)} ${formatFigure(ours.median, ours.unit)} ${ours.unit}`,
    faster.map((theirs) => describe(theirs, ours)).join(', '),
  ])
  return `${intro}\n\n${table(['case', 'ours', 'faster'], rows)}`
}

/** `c-best` 0.48x (7.89) */
function describe(theirs: Figured, ours: Figured): string {
  const overlap = ours.min <= theirs.max && theirs.min <= ours.max
  const times = formatTimes(timesAsFast(ours, theirs))
  return `${code(theirs.contestant)} ${times}${overlap ? '?' : ''} (${formatFigure(theirs.median, theirs.unit)})`
}
