/** From runs to the JSON that is kept. */
import type { Axis } from './axes/charts.js'
import type { Bar } from './bars.js'
import type { Case, CaseName, Unit } from './cases.js'
import { type Kind, SIDE_FIGURE_NAMES, type SideFigures } from './contestant.js'
import { BATCH_RECORDS } from './core/cases.js'
import { type KeptHistogram, keepHistograms } from './latency/kept-histogram.js'
import { describeMachine, type Machine } from './machine.js'
import type { Placement } from './placement.js'
import type { Entry } from './rounds.js'
import { median } from './statistics.js'
import { type Length, type Plan, SUITES } from './suites.js'

export interface Result {
  readonly case: CaseName
  readonly contestant: string
  readonly kind: Kind
  /** What it put in together, in a case of batches; null where records enter one by one. */
  readonly batch: string | null
  readonly unit: Unit
  /** Over the compared runs; over all runs when none could be compared; null when every run failed. */
  readonly median: number | null
  readonly min: number | null
  readonly max: number | null
  /** How many runs had the placement that is compared. */
  readonly compared: number
  /** All figures in the order of measuring, and beside each where the cpus were and the round trips probed. */
  readonly runs: readonly number[]
  readonly placements: readonly Placement[]
  readonly roundTripsNs: readonly (readonly [number | null, number | null])[]
  /** Medians of the side figures, over the compared runs. */
  readonly extra: SideFigures
  /** Where the last run that told it allocated. */
  readonly sites: readonly string[]
  readonly errors: readonly string[]
  /** Where the case stands on a chart, if it does. */
  readonly axis?: Axis
}

export interface Absent {
  readonly contestant: string
  readonly reason: string
}

/** All that is kept of a suite. Who reads it needs nothing else: what the names mean is in there too. */
export interface SuiteResult {
  readonly suite: string
  /** When it was done, as ISO 8601 has it, and how long it took. */
  readonly measuredAt: string
  readonly tookSeconds: number
  readonly length: Length
  readonly plan: Plan
  readonly machine: Machine
  /** The goals of the suite, as far as their cases were measured. */
  readonly bars: readonly Bar[]
  readonly cases: readonly Case[]
  /** Those who took part. */
  readonly contestants: readonly Named[]
  /** Contestants that could not run here. */
  readonly absent: readonly Absent[]
  readonly results: readonly Result[]
  /** Whole distributions, of the cases in which delays were measured. */
  readonly histograms: readonly KeptHistogram[]
}

export interface Named {
  readonly name: string
  readonly about: string
}

/** What was asked for, and who could not come. */
export interface Wanted {
  readonly suite: string
  readonly length: Length
  readonly plan: Plan
  readonly absent: readonly Absent[]
}

export function summarise(wanted: Wanted, entries: readonly Entry[], tookSeconds: number): SuiteResult {
  const { suite, length, plan, absent } = wanted
  const machine = describeMachine(entries)
  const results = entries.map((entry) => summariseEntry(entry, machine.compared))
  const took = new Set(entries.map(({ contestant }) => contestant))
  return {
    suite,
    measuredAt: new Date().toISOString(),
    tookSeconds,
    length,
    plan,
    machine,
    bars: SUITES[suite]?.judge(results) ?? [],
    cases: [...new Set(entries.map((entry) => entry.case))],
    contestants: [...took].map(({ cases: _, absent: __, ...named }) => named),
    absent,
    results,
    histograms: keepHistograms(entries, machine.compared),
  }
}

function summariseEntry(entry: Entry, kind: Placement): Result {
  const alike = entry.runs.filter(({ placement }) => placement === kind)
  // Better a figure with a mark than none: `compared` then says 0.
  const compared = alike.length > 0 ? alike : entry.runs
  const values = compared.map(({ figure }) => figure.value)
  const extra = SIDE_FIGURE_NAMES.flatMap((name) => {
    const values = compared.flatMap(({ figure }) => figure.extra?.[name] ?? [])
    return values.length === 0 ? [] : [[name, median(values)]]
  })
  return {
    case: entry.case.name,
    contestant: entry.contestant.name,
    kind: entry.contestant.kind ?? 'threads',
    batch: entry.case.batches ? (entry.contestant.batch ?? `${BATCH_RECORDS} records`) : null,
    unit: entry.case.unit,
    median: values.length === 0 ? null : median(values),
    min: values.length === 0 ? null : Math.min(...values),
    max: values.length === 0 ? null : Math.max(...values),
    compared: alike.length,
    runs: entry.runs.map(({ figure }) => figure.value),
    placements: entry.runs.map(({ placement }) => placement),
    roundTripsNs: entry.runs.map(({ roundTripsNs }) => roundTripsNs),
    extra: Object.fromEntries(extra),
    sites: compared.findLast(({ figure }) => figure.sites)?.figure.sites ?? [],
    errors: entry.errors,
    ...(entry.case.axis && { axis: entry.case.axis }),
  }
}
