/** From the results of points to curves: one for each contestant of a chart. */
import type { Result } from '../results.js'
import { CHARTS, type Chart } from './charts.js'

/** What of a result makes a point. */
export type Placed = Pick<
  Result,
  'contestant' | 'unit' | 'median' | 'min' | 'max' | 'compared' | 'extra' | 'axis'
>

export interface Point {
  readonly at: number
  /** Null when every run failed. */
  readonly value: number | null
  /** Whether its runs differ so much that it should not be taken for more than a hint; or none was comparable. */
  readonly doubtful: boolean
  /** Records offered a second, in million, where they are fewer than they should have been. */
  readonly offered?: number
}

export interface Curve {
  readonly contestant: string
  readonly points: readonly Point[]
}

export interface Curves {
  readonly chart: Chart
  /** Points that anybody has, in ascending order. */
  readonly at: readonly number[]
  readonly curves: readonly Curve[]
}

/** Lowest and highest run apart by more than that share of the median. */
const DOUBTFUL_SPREAD = 0.5
/** Of a share in percent, by more than so many points. */
const DOUBTFUL_POINTS = 5
/** Whoever offers less than that share of a load is at another place of the axis. */
const OFFERED_SHARE = 0.95

export function curvesOf(results: readonly Placed[]): readonly Curves[] {
  return CHARTS.flatMap((chart) => {
    const own = results.filter(({ axis }) => axis?.chart === chart.name)
    if (own.length === 0) return []
    const at = [...new Set(own.map(atOf))].sort((a, b) => a - b)
    const contestants = [...new Set(own.map(({ contestant }) => contestant))]
    const curves = contestants.map((contestant) => ({
      contestant,
      points: own
        .filter((result) => result.contestant === contestant)
        .map(pointOf)
        .sort((a, b) => a.at - b.at),
    }))
    return [{ chart, at, curves }]
  })
}

function atOf({ axis }: Placed): number {
  return axis?.at ?? Number.NaN
}

function pointOf(result: Placed): Point {
  const { median, min, max, compared, unit, extra } = result
  const at = atOf(result)
  const spread = (max ?? 0) - (min ?? 0)
  const most = unit === '% lost' ? DOUBTFUL_POINTS : DOUBTFUL_SPREAD * (median ?? 0)
  const offered = extra.offeredMPerSecond
  const short = offered !== undefined && offered < (at / 1e6) * OFFERED_SHARE
  return { at, value: median, doubtful: compared === 0 || spread > most, ...(short && { offered }) }
}

/** From where on a curve is above a level for good: under which load losses begin. Null if it never is; runs that failed tell nothing. */
export function onset(points: readonly Pick<Point, 'at' | 'value'>[], level: number): number | null {
  let from: number | null = null
  for (const { at, value } of points) {
    if (value === null) continue
    if (value <= level) from = null
    else from ??= at
  }
  return from
}
