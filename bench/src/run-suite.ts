/** One suite, from its name to its result. */
import type { Case } from './cases.js'
import { type Choice, chosenCases, chosenContestants } from './choice.js'
import type { Contestant } from './contestant.js'
import { CONTESTANT_NAMES, loadContestant } from './contestants/index.js'
import type { Progress } from './progress.js'
import { type Absent, type SuiteResult, summarise, type Wanted } from './results.js'
import { type Entry, enter, plannedSeconds, runRounds } from './rounds.js'
import { type Length, planOf, SUITES, type Suite } from './suites.js'

/** A suite with everybody who takes part. */
export interface Prepared extends Wanted {
  readonly entries: readonly Entry[]
  /** How long it will take, about. */
  readonly seconds: number
}

export async function prepare(name: string, length: Length, choice: Choice = {}): Promise<Prepared> {
  const suite = SUITES[name] as Suite
  const plan = planOf(suite, length)
  const cases = chosenCases(suite, length, choice)
  const { contestants, absent } = await gather(
    cases,
    chosenContestants(suite, length, choice) ?? CONTESTANT_NAMES,
  )
  const entries = enter(cases, contestants)
  const seconds = plan.rounds * entries.reduce((sum, entry) => sum + plannedSeconds(entry, plan), 0)
  return { suite: name, length, plan, absent, entries, seconds }
}

export async function measure(prepared: Prepared, progress: Progress): Promise<SuiteResult> {
  const { suite, plan, entries } = prepared
  const start = performance.now()
  await runRounds(entries, plan, {
    round: (name) => progress.stage(`${suite}, ${name}`),
    ran: (seconds) => progress.done(seconds),
  })
  return summarise(prepared, entries, Math.round((performance.now() - start) / 1e3))
}

export function hasFailures({ results }: SuiteResult): boolean {
  return results.some(({ errors }) => errors.length > 0)
}

/** Those who take part in one of the cases, apart from those who cannot run here. */
async function gather(
  cases: readonly Case[],
  names: readonly string[],
): Promise<{ contestants: Contestant[]; absent: Absent[] }> {
  const contestants: Contestant[] = []
  const absent: Absent[] = []
  for (const name of CONTESTANT_NAMES.filter((known) => names.includes(known))) {
    const contestant = await loadContestant(name)
    if (!cases.some((item) => item.name in contestant.cases)) continue
    const reason = contestant.absent()
    if (reason === null) contestants.push(contestant)
    else absent.push({ contestant: name, reason })
  }
  return { contestants, absent }
}
