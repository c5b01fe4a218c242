import Table from 'cli-table3'
import type { Race } from './race.js'
import { type Counts, forbidden } from './run-race.js'

/** How often which outcome came, in one place or on one build. */
export interface Column {
  readonly head: string
  readonly counts: Counts
}

/** One line an outcome, with its story. */
export function outcomeTable(race: Race, columns: readonly Column[]): string {
  const outcomes = new Set([
    ...Object.keys(race.legal),
    ...columns.flatMap(({ counts }) => forbidden(race, counts)),
  ])
  const table = new Table({
    head: ['', ...columns.map(({ head }) => head), ''],
    style: { head: [], border: [] },
  })
  for (const outcome of outcomes) {
    const counts = columns.map(({ counts }) => `${counts[outcome] ?? 'never'}`)
    table.push([outcome, ...counts, race.legal[outcome] ?? 'FORBIDDEN'])
  }
  return `${race.name}\n${table}\n`
}
