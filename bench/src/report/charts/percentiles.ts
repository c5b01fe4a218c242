/**
 * How long records waited, as a curve: to the right are the rare ones. Each nine more takes as much room as the one
 * before it, because that is where the differences are.
 */

import { formatCount } from '../numbers.js'
import type { Chart } from './frame.js'
import { drawLines, type Line } from './lines.js'

export interface PercentileChart {
  readonly file: string
  readonly title: string
  readonly subtitle: string
  /** Points: percentile from 0 to 100, and microseconds. */
  readonly lines: readonly Line[]
}

/** The last place of the axis: nobody measures more than a million records. */
const RAREST = 1e-6
/** Percentiles that the axis names. */
const NAMED = [0, 50, 90, 99, 99.9, 99.99, 99.999]

export function drawPercentiles({ lines, ...spec }: PercentileChart): Chart | null {
  return drawLines({
    ...spec,
    x: { name: 'percentile of the records', format: nameOf },
    y: { name: 'us', format: formatCount },
    lines: lines.map(({ name, points }) => ({
      name,
      points: points
        // The largest of all is drawn where it would be if it were one in as many as the others tell.
        .map(([percentile, us]): [number, number] => [oneIn(percentile), us])
        .filter(([records]) => records <= 1 / RAREST),
    })),
  })
}

/** Of how many records one waits longer. */
function oneIn(percentile: number): number {
  return 100 / Math.max(100 - percentile, RAREST * 100)
}

function nameOf(records: number): string {
  const percentile = 100 - 100 / records
  const known = NAMED.find((named) => Math.abs(oneIn(named) / records - 1) < 0.01)
  return known === undefined ? `${Number(percentile.toPrecision(6))}` : `${known}`
}
