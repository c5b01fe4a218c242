/** The results as people read them: one table a case, with ratios against the two yardsticks. */

import Table from 'cli-table3'
import { curveText } from './axes/curve-text.js'
import { curvesOf } from './axes/curves.js'
import type { Bar } from './bars.js'
import { type Case, moreIsBetter, type Unit } from './cases.js'
import { SIDE_FIGURE_NAMES, type SideFigures } from './contestant.js'
import { allocationLines } from './heap/bars.js'
import { machineLine } from './machine.js'
import type { Result, SuiteResult } from './results.js'
import { printRingbufs } from './ringbufs/table.js'
import { type LeaseCurve, leaseCurve } from './waiting/bars.js'

/** Whose figure the ratio columns are against, where the case does not say. */
const YARDSTICKS: readonly string[] = ['c-kernel', 'kernel']

export function printTables(suite: SuiteResult, cases: readonly Case[]): void {
  console.log(`\n${machineLine(suite.machine)}\n`)
  for (const item of cases) {
    const results = suite.results.filter((result) => result.case === item.name)
    if (results.length === 0 || item.axis !== undefined) continue
    console.log(`${item.name} — ${item.about}`)
    console.log(caseTable(results, item.yardsticks ?? YARDSTICKS))
    console.log(allocationLines(results).concat('').join('\n'))
  }
  for (const curves of curvesOf(suite.results)) console.log(curveText(curves))
  printLeaseCurve(leaseCurve(suite.results))
  printRingbufs(suite.results)
  printBars(suite.bars)
  for (const { contestant, reason } of suite.absent) console.log(`absent: ${contestant}: ${reason}`)
  for (const { contestant, case: name, errors } of suite.results) {
    for (const error of errors) console.log(`FAILED: ${contestant} in ${name}: ${error}`)
  }
}

function printLeaseCurve(curve: readonly LeaseCurve[]): void {
  if (curve.length === 0) return
  const copiers = Object.keys(curve[0]?.ratios ?? {}) as (keyof LeaseCurve['ratios'])[]
  const head = ['bytes', ...copiers.map((copier) => `ours-lease / ${copier}`)]
  const table = new Table({ head, style: { head: [], border: [] } })
  for (const { bytes, ratios } of curve) {
    table.push([bytes, ...copiers.map((copier) => ratios[copier]?.toFixed(2) ?? '-')])
  }
  console.log('time of a lent record over that of a copied one: below 1, lending is faster')
  console.log(`${table.toString()}\n`)
}

function printBars(bars: readonly Bar[]): void {
  if (bars.length === 0) return
  const table = new Table({ head: ['bar', 'target', 'measured', ''], style: { head: [], border: [] } })
  for (const { name, relation, target, value, met } of bars) {
    const verdict = met === null ? 'not judged' : met ? 'met' : 'NOT MET'
    table.push([name, `${relation} ${target}`, value?.toFixed(3) ?? '-', verdict])
  }
  console.log(`${table.toString()}\n`)
}

function caseTable(results: readonly Result[], against: readonly string[]): string {
  const unit = results[0]?.unit ?? 'ns/record'
  const yardsticks = against.filter((name) => results.some((result) => result.contestant === name))
  const batches = results.some(({ batch }) => batch !== null)
  const kinds = new Set(results.map(({ kind }) => kind)).size > 1
  const table = new Table({
    head: [
      'contestant',
      ...(kinds ? ['kind'] : []),
      ...(batches ? ['batch'] : []),
      unit,
      'min .. max',
      ...yardsticks.map((name) => `speed / ${name}`),
      'runs',
      'notes',
    ],
    style: { head: [], border: [] },
  })
  for (const result of results) {
    const range = `${show(result.min, unit)} .. ${show(result.max, unit)}`
    const ratios = yardsticks.map((name) =>
      ratio(
        result,
        results.find((other) => other.contestant === name),
      ),
    )
    const runs = `${result.compared}/${result.runs.length}`
    const whom = [result.contestant, ...(kinds ? [result.kind] : []), ...(batches ? [result.batch] : [])]
    table.push([...whom, show(result.median, unit), range, ...ratios, runs, notes(result)])
  }
  return table.toString()
}

function show(value: number | null, unit: Unit): string {
  if (value === null) return '-'
  if (unit === 'bytes') return value.toLocaleString('en-US')
  if (unit === 'bytes/record') return value.toFixed(value < 10 ? 3 : 1)
  return value.toFixed(value < 10 ? 2 : 1)
}

/** How many times as fast as the yardstick, whichever way the unit counts. */
function ratio(result: Result, yardstick: Result | undefined): string {
  if (result.median === null || yardstick === undefined || yardstick.median === null) return '-'
  const times = moreIsBetter(result.unit)
    ? result.median / yardstick.median
    : yardstick.median / result.median
  return times.toFixed(2)
}

/** How a side figure reads; what is not here is only in the JSON. */
const NOTES: { readonly [Name in keyof SideFigures]?: (figure: number) => string } = {
  drainNs: (figure) => `drain ${figure.toFixed(1)} ns`,
  dropShare: (figure) => (figure > 0 ? `drops ${percent(figure)}` : ''),
  rssBytes: (figure) => `RSS +${figure.toLocaleString('en-US')} bytes`,
  p50Us: (figure) => `delay p50 ${figure.toFixed(1)} us`,
  p90Us: (figure) => `p90 ${figure.toFixed(1)} us`,
  p99Us: (figure) => `p99 ${figure.toFixed(1)} us`,
  p999Us: (figure) => `p99.9 ${figure.toFixed(1)} us`,
  maxUs: (figure) => `max ${figure.toFixed(0)} us`,
  sleepShare: (figure) => `slept ${percent(figure)}`,
  kPerSecond: (figure) => `${figure.toFixed(1)} k/s`,
  wakeups: (figure) => `of a million: ${figure.toFixed(0)} wake-ups`,
  elided: (figure) => `${figure.toFixed(0)} elided`,
  spurious: (figure) => `${figure.toFixed(0)} spurious`,
  consumerNs: (figure) => `consumer ${figure.toFixed(0)} ns`,
  producerNs: (figure) => `producer ${figure.toFixed(0)} ns`,
  p50Ms: (figure) => `p50 ${figure.toFixed(2)} ms`,
  maxMs: (figure) => `max ${figure.toFixed(2)} ms`,
  samples: (figure) => `${figure} samples`,
  mPerSecond: (figure) => `${figure.toFixed(2)} M/s`,
  hitsDeviation: (figure) => `± ${figure.toFixed(3)} within a run`,
  dropsPerSecond: (figure) => `drops ${figure.toFixed(3)} M/s`,
  dropsDeviation: (figure) => (figure > 0 ? `± ${figure.toFixed(3)}` : ''),
  offeredMPerSecond: (figure) => `of ${figure.toFixed(2)} M/s offered`,
  heapBytes: (figure) => `heap ${signed(figure)} bytes`,
  externalGrowth: (figure) => `external ${signed(figure)} bytes`,
  againBytes: (figure) => `two cycles more ${signed(figure)} bytes`,
  handlesLeft: (figure) => `handles ${signed(figure)}`,
  sampledBytes: (figure) => `sampled ${figure.toFixed(3)} bytes`,
  externalBytes: (figure) => (figure >= 0.01 ? `and ${figure.toFixed(1)} bytes outside of the heap` : ''),
  scavenges: (figure) => `${figure.toFixed(figure > 0 && figure < 10 ? 2 : 0)} scavenges a million`,
}

function signed(figure: number): string {
  return figure.toLocaleString('en-US', { signDisplay: 'always' })
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 1 ? 1 : 0)} %`
}

/** Side figures in words. */
export function notes({ extra }: Pick<Result, 'extra'>): string {
  return SIDE_FIGURE_NAMES.flatMap((name) => {
    const figure = extra[name]
    const note = figure === undefined ? '' : NOTES[name]?.(figure)
    return note ? [note] : []
  }).join(', ')
}
