/** Which cases of a suite are measured, and of whom: all, fewer where there is little time, or those that were asked for. */
import type { Case } from './cases.js'
import type { Length, Suite } from './suites.js'

export interface Choice {
  readonly case?: readonly string[]
  readonly chart?: readonly string[]
  readonly contestant?: readonly string[]
}

/** Those that were asked for by name, be they among the fewer ones or not; of a chart, those points that there is time for. */
export function chosenCases(
  suite: Suite,
  length: Length,
  { case: names, chart: charts }: Choice,
): readonly Case[] {
  if (names) return suite.cases.filter(({ name }) => names.includes(name))
  const usual = fewerOf(suite, length).cases ?? suite.cases
  return charts ? usual.filter(({ axis }) => axis !== undefined && charts.includes(axis.chart)) : usual
}

/** Undefined: all who can. */
export function chosenContestants(
  suite: Suite,
  length: Length,
  choice: Choice,
): readonly string[] | undefined {
  return choice.contestant ?? fewerOf(suite, length).contestants ?? suite.contestants
}

function fewerOf(suite: Suite, length: Length): Partial<Pick<Suite, 'cases' | 'contestants'>> {
  return (length === 'full' ? undefined : suite.fewer?.[length]) ?? {}
}
