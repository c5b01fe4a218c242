import { formatBytes, type RingCounters } from 'bpf-ringbuf'
import Table from 'cli-table3'
import { formatCount, formatCounted, type Paint, printable } from '../text.js'
import type { Summary, WorkerSummary } from './summary.js'

/** The summary for people. */
export function report(summary: Summary, paint: Paint): string {
  const { records, seconds, recordsPerSecond, bytesPerSecond, bytes, ring, counters, largest } = summary
  const rates = `${formatCount(recordsPerSecond)} records/s, ${formatBytes(bytesPerSecond)}/s`
  const lines = [
    workerTable(summary, paint),
    '',
    `${paint('bold', formatCounted(records, 'record'))} and ${formatBytes(bytes)} in ${seconds.toFixed(2)} s: ${rates}`,
    ...(largest ? [`the largest file: ${printable(largest.path)}, ${formatBytes(largest.bytes)}`] : []),
    walk(summary),
    '',
    `ring of ${formatBytes(ring.size)} (${ring.engine}, ${ring.reservations}), ` +
      `at most ${formatBytes(counters.highWaterBytes)} in use; ` +
      `${formatCount(counters.consumed)} consumed, ${formatCount(counters.skipped)} skipped`,
    '',
    identity(counters, summary.identityHolds, paint),
    '',
    `${check(summary.outOfOrder === 0, paint)} every worker's records in its order: ` +
      (summary.outOfOrder === 0 ? 'yes' : `no, ${formatCount(summary.outOfOrder)} were not`),
    `${check(summary.lost === 0, paint)} lost: ${formatCount(summary.lost)}`,
    '',
    `digest ${paint('bold', summary.digest)}`,
  ]
  return `${lines.join('\n')}\n`
}

/** What was met on the way; what there was none of is left out. */
function walk({ directories, unreadableDirectories, symlinks, special }: Summary): string {
  const parts = [`walked ${formatCounted(directories, 'directory', 'directories')}`]
  if (symlinks > 0) parts.push(`${formatCounted(symlinks, 'symbolic link')} not followed`)
  if (special > 0) parts.push(`${formatCounted(special, 'special file')} not read`)
  if (unreadableDirectories > 0) parts.push(`${formatCount(unreadableDirectories)} could not be read`)
  return parts.join(', ')
}

function workerTable({ workers }: Summary, paint: Paint): string {
  const table = new Table({
    head: ['worker', 'files', 'bytes', 'discarded', 'ring was full', 'in order'].map((t) => paint('bold', t)),
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
    chars: ROUNDED,
  })
  for (const worker of workers) table.push(row(String(worker.worker), worker))
  table.push(row('all', workers.reduce(add)).map((cell) => paint('bold', cell)))
  return table.toString()
}

const ROUNDED = { 'top-left': '╭', 'top-right': '╮', 'bottom-left': '╰', 'bottom-right': '╯' }

function row(name: string, worker: WorkerSummary): string[] {
  const { records, bytes, discarded, failedReservations, outOfOrder } = worker
  return [
    name,
    formatCount(records),
    formatBytes(bytes),
    formatCount(discarded),
    `${formatCount(failedReservations)}×`,
    outOfOrder === 0 ? 'yes' : `no, ${outOfOrder}`,
  ]
}

function add(one: WorkerSummary, other: WorkerSummary): WorkerSummary {
  return {
    worker: 0,
    records: one.records + other.records,
    bytes: one.bytes + other.bytes,
    discarded: one.discarded + other.discarded,
    failedReservations: one.failedReservations + other.failedReservations,
    outOfOrder: one.outOfOrder + other.outOfOrder,
  }
}

/** The accounting identity, with each number under its name. */
function identity(counters: RingCounters, holds: boolean, paint: Paint): string {
  const { attempted, submitted, discarded, inFlight, dropped, refused } = counters
  const terms: [string, number, string][] = [
    ['attempted', attempted, '='],
    ['submitted', submitted, '+'],
    ['discarded', discarded, '+'],
    ['in flight', inFlight, '+'],
    ['dropped', dropped, '+'],
    ['refused', refused, ''],
  ]
  let names = '  '
  let numbers = `${check(holds, paint)} `
  for (const [name, count, sign] of terms) {
    const number = formatCount(count)
    const width = Math.max(name.length, number.length)
    names += paint('dim', `${name.padStart(width)} ${sign} `)
    numbers += `${number.padStart(width)} ${sign} `
  }
  return `${names.trimEnd()}\n${numbers.trimEnd()}`
}

function check(good: boolean, paint: Paint): string {
  return good ? paint('green', '✓') : paint('red', '✗')
}
