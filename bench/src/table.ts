/** The results as people read them: one table a case, with ratios against the two yardsticks. */
import Table from 'cli-table3'
import { type Case, moreIsBetter, type Unit } from './cases.js'
import { machineLine } from './machine.js'
import type { Result, SuiteResult } from './results.js'

/** Whose figure the ratio columns are against. */
const YARDSTICKS = ['c-kernel', 'kernel'] as const

export function printTables(suite: SuiteResult, cases: readonly Case[]): void {
  console.log(`\n${machineLine(suite.machine)}\n`)
  for (const item of cases) {
    const results = suite.results.filter((result) => result.case === item.name)
    if (results.length === 0) continue
    console.log(`${item.name} — ${item.about}`)
    console.log(`${caseTable(results)}\n`)
  }
  for (const { contestant, reason } of suite.absent) console.log(`absent: ${contestant}: ${reason}`)
  for (const { contestant, case: name, errors } of suite.results) {
    for (const error of errors) console.log(`FAILED: ${contestant} in ${name}: ${error}`)
  }
}

function caseTable(results: readonly Result[]): string {
  const unit = results[0]?.unit ?? 'ns/record'
  const yardsticks = YARDSTICKS.filter((name) => results.some((result) => result.contestant === name))
  const table = new Table({
    head: ['contestant', unit, 'min .. max', ...yardsticks.map((name) => `speed / ${name}`), 'runs', 'notes'],
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
    table.push([result.contestant, show(result.median, unit), range, ...ratios, runs, notes(result)])
  }
  return table.toString()
}

function show(value: number | null, unit: Unit): string {
  if (value === null) return '-'
  if (unit === 'bytes') return value.toLocaleString('en-US')
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

function notes({ extra: { drainNs, dropShare, rssBytes } }: Result): string {
  const parts: string[] = []
  if (drainNs !== undefined) parts.push(`drain ${drainNs.toFixed(1)} ns`)
  if (dropShare !== undefined && dropShare > 0) parts.push(`drops ${(dropShare * 100).toFixed(1)} %`)
  if (rssBytes !== undefined) parts.push(`RSS +${rssBytes.toLocaleString('en-US')} bytes`)
  return parts.join(', ')
}
