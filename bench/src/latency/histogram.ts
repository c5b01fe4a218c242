/**
 * How many records waited how long, as an HDR histogram: every delay is kept to three digits, in nanoseconds.
 *
 *   a run       prints buckets       C: native/histogram.h; JavaScript: countDelays and bucketsOf
 *   the suite   merges those of its runs, exactly, since all have the same buckets: kept-histogram.ts
 */
import { Float64Histogram } from 'hdr-histogram-js'
import type { SideFigures } from '../contestant.js'

/** [nanoseconds, records]: the lower end of a bucket, and how many are in it. Those that are empty are left out. */
export type Buckets = readonly (readonly [number, number])[]

/** Of native/histogram.h: 68 seconds. What is longer counts as that. */
const LONGEST_NS = 2 ** 36 - 1
const DIGITS = 3

function create(): Float64Histogram {
  return new Float64Histogram(1, LONGEST_NS, DIGITS)
}

/** Delays in ns. Two cpus may disagree by some nanoseconds about now: nothing comes before it was sent. */
export function countDelays(delaysNs: Iterable<number>): Float64Histogram {
  const histogram = create()
  for (const ns of delaysNs) histogram.recordValue(Math.max(0, ns))
  return histogram
}

export function bucketsOf(histogram: Float64Histogram): Buckets {
  const buckets: [number, number][] = []
  const recorded = histogram.recordedValuesIterator
  recorded.reset()
  while (recorded.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = recorded.next()
    buckets.push([histogram.lowestEquivalentValue(valueIteratedTo), countAtValueIteratedTo])
  }
  return buckets
}

/** The side figures of a run. */
export function delayFigures(histogram: Float64Histogram): SideFigures {
  return {
    p50Us: delayUs(histogram, 50),
    p90Us: delayUs(histogram, 90),
    p99Us: delayUs(histogram, 99),
    p999Us: delayUs(histogram, 99.9),
    maxUs: delayUs(histogram, 100),
    samples: histogram.totalCount,
  }
}

/** Within how many us so many percent of the records came. */
export function delayUs(histogram: Float64Histogram, percentile: number): number {
  return histogram.getValueAtPercentile(percentile) / 1e3
}

/** Of several runs one histogram. */
export function mergeBuckets(runs: readonly Buckets[]): Float64Histogram {
  const merged = create()
  for (const buckets of runs) {
    for (const [ns, records] of buckets) merged.recordValueWithCount(ns, records)
  }
  return merged
}
