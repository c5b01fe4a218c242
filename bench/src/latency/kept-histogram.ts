/** What the JSON of a suite keeps of delays: all compared runs of a contestant together, once for each case. */
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import type { Placement } from '../placement.js'
import type { Entry } from '../rounds.js'
import { delayUs, mergeBuckets } from './histogram.js'

export interface KeptHistogram {
  readonly case: string
  readonly contestant: string
  /** [percentile, us]: so many percent of the records waited no longer. */
  readonly points: readonly (readonly [number, number])[]
  readonly records: number
  /** The counts, so that others can be added: HdrHistogram V2, compressed, base64; nanoseconds. */
  readonly encoded: string
}

export function keepHistograms(entries: readonly Entry[], kind: Placement): readonly KeptHistogram[] {
  return entries.flatMap(({ case: item, contestant, runs }) => {
    const measured = runs.filter(({ figure }) => figure.histogram !== undefined)
    if (measured.length === 0) return []
    const alike = measured.filter(({ placement }) => placement === kind)
    // As with the figures: better those of other runs than none.
    const merged = mergeBuckets(
      (alike.length > 0 ? alike : measured).map(({ figure }) => figure.histogram ?? []),
    )
    const points = PERCENTILES.map((percentile) => [percentile, delayUs(merged, percentile)] as const)
    const encoded = encodeIntoCompressedBase64(merged)
    return [{ case: item.name, contestant: contestant.name, points, records: merged.totalCount, encoded }]
  })
}

/** By tens, by ones from 90 on, then ten steps to each further nine. */
const PERCENTILES: readonly number[] = [
  ...steps(0, 80, 10),
  ...steps(90, 98, 1),
  ...steps(99, 99.8, 0.1),
  ...steps(99.9, 99.98, 0.01),
  ...steps(99.99, 99.998, 0.001),
  99.999,
  100,
]

function steps(from: number, to: number, by: number): number[] {
  const count = Math.round((to - from) / by) + 1
  // Sums of tenths are no tenths.
  return Array.from({ length: count }, (_, index) => Number((from + index * by).toFixed(3)))
}
