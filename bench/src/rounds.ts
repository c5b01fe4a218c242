/**
 * The order of the runs.
 *
 *   round 1   case A: c b a      case B: b a      ...
 *   round 2   case A: b a c      case B: a b      ...
 *
 * In each round every contestant runs once in each of its cases; contestants of a case follow each other directly,
 * in an order drawn anew. So a slow minute of the machine hits all of them, and nobody always runs first.
 *
 * Figures are compared only between runs of the commonest placement. Whoever has too few of those after the last
 * round gets further tries, as many as the plan allows.
 */
import type { Case } from './cases.js'
import { runOnce } from './child.js'
import type { Contestant, Figure, Measurement } from './contestant.js'
import { DISTURBED, type Placement, placed } from './placement.js'
import { shuffled, tally } from './statistics.js'
import type { Plan } from './suites.js'

export interface Run {
  readonly figure: Figure
  readonly placement: Placement
  readonly roundTripsNs: readonly [number | null, number | null]
}

/** One contestant in one case, with all its runs. */
export interface Entry {
  readonly case: Case
  readonly contestant: Contestant
  readonly measurement: Measurement
  readonly runs: Run[]
  /** Runs that failed: wrong sequence, lost records, no end. */
  readonly errors: string[]
}

export function enter(cases: readonly Case[], contestants: readonly Contestant[]): Entry[] {
  return cases.flatMap((item) =>
    contestants.flatMap((contestant) => {
      const measurement = contestant.cases[item.name]
      return measurement === undefined ? [] : [{ case: item, contestant, measurement, runs: [], errors: [] }]
    }),
  )
}

/**
 * The placement that most undisturbed runs had; figures of other runs are kept but not compared. Where most runs were
 * disturbed, the commonest disturbance, because a handful of quiet runs compares nobody: the report then says so.
 */
export function commonestPlacement(entries: readonly Entry[]): Placement {
  const kinds = tally(entries.flatMap(({ runs }) => runs.map(({ placement }) => placement)))
  const all = kinds.reduce((sum, [, runs]) => sum + runs, 0)
  const quiet = kinds.find(([kind, runs]) => !DISTURBED.has(kind) && runs >= all * QUIET_SHARE)
  return (quiet ?? kinds[0])?.[0] ?? 'unknown'
}

/** So many runs must be undisturbed for them to be the ones compared. */
const QUIET_SHARE = 1 / 3

/** Who wants to know how far the rounds are. */
export interface Watcher {
  round(name: string): void
  /** A run has ended; it was meant to take so long. */
  ran(plannedSeconds: number): void
}

/** Starting a process, two probes, and draining. */
const RUN_OVERHEAD_SECONDS = 0.3

/** How long a run of an entry will take, about. */
export function plannedSeconds({ case: what, measurement }: Entry, plan: Plan): number {
  const warmUp = measurement.kind === 'native' ? plan.nativeWarmUpSeconds : plan.scriptWarmUpSeconds
  return plan.seconds * (what.stretch ?? 1) + warmUp + RUN_OVERHEAD_SECONDS
}

export async function runRounds(entries: readonly Entry[], plan: Plan, watcher: Watcher): Promise<void> {
  const { rounds, extraRounds } = plan
  for (let round = 1; round <= rounds; round++) {
    watcher.round(`round ${round} of ${rounds}`)
    await runRound(entries, plan, watcher)
  }
  const enough = Math.ceil(rounds / 2)
  // On a machine that stays busy, more would not help.
  for (let extra = 1; extra <= extraRounds; extra++) {
    const kind = commonestPlacement(entries)
    if (DISTURBED.has(kind)) return
    const short = entries.filter(
      ({ runs, errors }) =>
        errors.length === 0 && runs.filter(({ placement }) => placement === kind).length < enough,
    )
    if (short.length === 0) return
    watcher.round(`extra round ${extra}: ${short.length} of ${entries.length} have too few runs "${kind}"`)
    await runRound(short, plan, watcher)
  }
}

async function runRound(entries: readonly Entry[], plan: Plan, watcher: Watcher): Promise<void> {
  for (const item of new Set(entries.map((entry) => entry.case))) {
    for (const entry of shuffled(entries.filter((candidate) => candidate.case === item))) {
      const { case: what, contestant, measurement } = entry
      const durations = { ...plan, seconds: plan.seconds * (what.stretch ?? 1) }
      const run = await placed(() => runOnce(contestant.name, what.name, measurement, durations))
      if ('error' in run.result) entry.errors.push(run.result.error)
      else entry.runs.push({ figure: run.result, placement: run.placement, roundTripsNs: run.roundTripsNs })
      watcher.ran(plannedSeconds(entry, plan))
    }
  }
}
