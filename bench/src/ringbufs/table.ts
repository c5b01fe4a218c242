/** The figures in the layout that the original prints them in, and the document shows them in. */
import type { Result } from '../results.js'
import { RINGBUFS_CASES } from './cases.js'

/** What of a result is in its line. */
type Line = Pick<Result, 'case' | 'contestant' | 'median' | 'extra'>

/** Prints nothing of other suites. */
export function printRingbufs(results: readonly Line[]): void {
  const lines = ringbufsLines(results)
  if (lines.length === 0) return
  console.log(`${lines.join('\n')}\n`)
}

/**
 *   Single-producer, parallel producer
 *   ==================================
 *   rb-libbpf           hits  12.054 ± 0.320 M/s   drops   0.000 ± 0.000 M/s
 */
export function ringbufsLines(results: readonly Line[]): string[] {
  const lines: string[] = []
  let last = ''
  for (const { name, section } of RINGBUFS_CASES) {
    for (const result of results.filter((candidate) => candidate.case === name)) {
      if (section !== last) {
        if (last !== '') lines.push('')
        lines.push(section, '='.repeat(section.length))
        last = section
      }
      lines.push(lineOf(result))
    }
  }
  return lines
}

function lineOf({ case: name, contestant, median, extra }: Line): string {
  const label = `${name.padEnd(22)} ${contestant.padEnd(18)}`
  if (median === null) return `${label} failed`
  const hits = rate(median, extra.hitsDeviation)
  const drops = rate(extra.dropsPerSecond, extra.dropsDeviation)
  return `${label} hits ${hits} M/s   drops ${drops} M/s`
}

function rate(mean = 0, deviation = 0): string {
  return `${mean.toFixed(3).padStart(8)} ± ${deviation.toFixed(3)}`
}
