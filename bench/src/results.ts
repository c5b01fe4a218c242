/** From runs to the JSON that is kept. */
import type { Axis } from './axes/charts.js'
import type { Bar } from './bars.js'
import type { CaseName, Unit } from './cases.js'
import { SIDE_FIGURE_NAMES, type SideFigures } from './contestant.js'
import { describeMachine, type Machine } from './machine.js'
import type { Placement } from './placement.js'
import type { Entry } from './rounds.js'
import { median } from './statistics.js'
import { SUITES } from './suites.js'

export interface Result {
  readonly case: CaseName
  readonly contestant: string
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
  readonly errors: readonly string[]
  /** Where the case stands on a chart, if it does. */
  readonly axis?: Axis
}

export interface Absent {
  readonly contestant: string
  readonly reason: string
}

export interface SuiteResult {
  readonly suite: string
  /** The goals of the suite, as far as their cases were measured. */
  readonly bars: readonly Bar[]
  readonly quick: boolean
  readonly machine: Machine
  readonly results: readonly Result[]
  /** Contestants that could not run here. */
  readonly absent: readonly Absent[]
}

export function summarise(
  suite: string,
  quick: boolean,
  entries: readonly Entry[],
  absent: readonly Absent[],
): SuiteResult {
  const machine = describeMachine(entries)
  const results = entries.map((entry) => summariseEntry(entry, machine.compared))
  return { suite, quick, machine, bars: SUITES[suite]?.judge(results) ?? [], results, absent }
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
    unit: entry.case.unit,
    median: values.length === 0 ? null : median(values),
    min: values.length === 0 ? null : Math.min(...values),
    max: values.length === 0 ? null : Math.max(...values),
    compared: alike.length,
    runs: entry.runs.map(({ figure }) => figure.value),
    placements: entry.runs.map(({ placement }) => placement),
    roundTripsNs: entry.runs.map(({ roundTripsNs }) => roundTripsNs),
    extra: Object.fromEntries(extra),
    errors: entry.errors,
    ...(entry.case.axis && { axis: entry.case.axis }),
  }
}
