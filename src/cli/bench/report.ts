import { formatBytes } from 'bpf-ringbuf'
import { formatCount, formatCounted, type Paint, printable } from '../text.js'
import { STEADY_RATE } from './cases.js'
import type { Machine } from './machine.js'
import type { Absence } from './rounds.js'
import type { Result, Summary } from './summary.js'
import { drawTable } from './table.js'

/** A table is no wider, however wide the terminal is. */
const WIDEST = 120
/** Processors that are busy with others, from which on figures suffer. */
const MANY_OTHERS = 0.15

/** The summary for people, in so many columns: for each case a table, with a bar in each line. */
export function report(summary: Summary, columns: number, paint: Paint): string {
  const { machine, results, settings } = summary
  const cases = [...new Set(results.map((result) => result.case))]
  const tables = cases.flatMap((name) => {
    const those = results.filter((result) => result.case === name)
    return [heading(those[0] as Result, paint), drawTable(those, Math.min(columns, WIDEST), paint), '']
  })
  const plan =
    `${settings.rounds === 1 ? 'one round' : `medians of ${settings.rounds} rounds`} ` +
    `of ${settings.measuredMs} ms each; ring of ${formatBytes(settings.ringBytes)}`
  const lines = [
    ...tables,
    ...legend(results, paint),
    '',
    ...machineLines(machine),
    plan,
    ...doubts(machine, summary).map((line) => paint('yellow', line)),
    verdict(summary, paint),
  ]
  return `${lines.join('\n')}\n`
}

/** What is measured, and which way is better. */
function heading(result: Result, paint: Paint): string {
  const better = result.unit === 'us' ? 'less is better' : 'more is better'
  return `${paint('bold', titleOf(result))}  ${paint('dim', `${result.case}; ${better}`)}`
}

function titleOf({ case: name, pace, producers, bytes }: Result): string {
  if (pace === 'lonely') return 'a lonely record wakes its consumer'
  if (pace === 'steady') return `${formatCount(STEADY_RATE)} records a second: how long each takes`
  const from = name === 'process' ? 'another process' : formatCounted(producers, 'producer')
  return `${from}, records of ${bytes % 1024 === 0 ? formatBytes(bytes) : `${bytes} bytes`}`
}

function legend(results: readonly Result[], paint: Paint): string[] {
  const about = new Map(results.map((result) => [result.contestant, result.about]))
  const width = Math.max(...[...about.keys()].map((name) => name.length))
  return [...about].map(([name, text]) => paint('dim', `${name.padEnd(width)}  ${text}`))
}

function machineLines({ cpu, cpus, system, node }: Machine): string[] {
  return [`${cpu}, ${cpus === 1 ? 'one processor' : `${cpus} processors`}`, `${system}, Node ${node}`]
}

/** What makes the figures mean less. */
function doubts({ cpus }: Machine, { absent, others }: Summary): string[] {
  return [
    ...(cpus === 1 ? ['one processor: producers and consumers take turns, and the figures mean little'] : []),
    ...(others > MANY_OTHERS
      ? [`other programs kept ${others.toFixed(1)} processors busy: measure again when it is quiet`]
      : []),
    ...leftOut(absent),
  ]
}

/** Who is missing, a line for each reason: as far as it fits, since the JSON has all of it. */
export function leftOut(absent: readonly Absence[]): string[] {
  const byReason = new Map<string, string[]>()
  for (const { contestant, reason } of absent) {
    const short = printable(reason.split(' (')[0] as string)
    byReason.set(short, [...(byReason.get(short) ?? []), contestant])
  }
  return [...byReason].map(([reason, names]) => `left out: ${names.join(', ')}: ${reason}`)
}

function verdict({ results, ok, seconds }: Summary, paint: Paint): string {
  const records = results.reduce((sum, result) => sum + result.records, 0)
  const failed = results.reduce((sum, { errors }) => sum + errors.length, 0)
  const checked = `${formatCounted(records, 'record')} in ${seconds.toFixed(0)} s, each one checked: once, whole, in order`
  if (ok) return `${paint('green', '✓')} ${checked}`
  const why = failed > 0 ? `${formatCounted(failed, 'run')} failed` : 'ended early'
  return `${paint('red', '✗')} ${why}; of the others ${checked}`
}
