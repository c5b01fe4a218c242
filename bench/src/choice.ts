/** Which cases of a suite are measured, and of whom: all, fewer where there is little time, or those that were asked for. */
import type { Case } from './cases.js'
import type { Suite } from './suites.js'

/** Which of a suite's plans. */
export type PlanName = 'full' | 'quick' | 'smoke'

export interface Choice {
  readonly case?: readonly string[]
  readonly chart?: readonly string[]
  readonly contestant?: readonly string[]
}

/** Those that were asked for by name, be they among the fewer ones or not; of a chart, those points that the plan has. */
export function chosenCases(
  suite: Suite,
  plan: PlanName,
  { case: names, chart: charts }: Choice,
): readonly Case[] {
  if (names) return suite.cases.filter(({ name }) => names.includes(name))
  const usual = fewerOf(suite, plan).cases ?? suite.cases
  return charts ? usual.filter(({ axis }) => axis !== undefined && charts.includes(axis.chart)) : usual
}

/** Undefined: all who can. */
export function chosenContestants(
  suite: Suite,
  plan: PlanName,
  choice: Choice,
): readonly string[] | undefined {
  return choice.contestant ?? fewerOf(suite, plan).contestants ?? suite.contestants
}

function fewerOf(suite: Suite, plan: PlanName): Partial<Pick<Suite, 'cases' | 'contestants'>> {
  return (plan === 'full' ? undefined : suite.fewer?.[plan]) ?? {}
}
