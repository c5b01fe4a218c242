/**
 * Figures over something that grows, a line for each contestant, both axes logarithmic unless said: on those a ratio is
 * the same distance everywhere. Names stand beside the drawing, in the order in which the lines end.
 */
import type { EChartsOption } from 'echarts'
import { formatCount } from '../numbers.js'
import { type Chart, draw, FAINT_INK, GRID, INK, TOP, WIDTH } from './frame.js'
import { looksFor } from './looks.js'

export interface LineChart {
  readonly file: string
  readonly title: string
  readonly subtitle: string
  readonly x: LineAxis
  readonly y: LineAxis
  readonly lines: readonly Line[]
}

export interface LineAxis {
  readonly name: string
  /** Default: logarithmic, by tens. */
  readonly scale?: 'linear' | 'log'
  readonly base?: number
  readonly format?: (value: number) => string
}

export interface Line {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
}

const HEIGHT = 430
const RIGHT = 190
const LEGEND_ROW = 22

export function drawLines(spec: LineChart): Chart | null {
  const lines = spec.lines
    .map(({ name, points }) => ({
      name,
      points: [...points].filter(isDrawable(spec)).sort((a, b) => a[0] - b[0]),
    }))
    .filter(({ points }) => points.length > 1)
    .sort((a, b) => lastOf(b) - lastOf(a))
  if (lines.length === 0) return null
  const looks = looksFor(spec.lines.map(({ name }) => name))
  const height = Math.max(HEIGHT, TOP + lines.length * LEGEND_ROW + 60)
  return draw(
    { ...spec, height },
    {
      grid: { left: 68, right: RIGHT + 16, top: TOP + 8, bottom: 56 },
      legend: {
        orient: 'vertical',
        left: WIDTH - RIGHT,
        top: TOP,
        itemWidth: 26,
        itemHeight: 9,
        itemGap: LEGEND_ROW - 14,
        data: lines.map(({ name }) => name),
        textStyle: { color: INK },
        selectedMode: false,
      },
      xAxis: { ...axis(spec.x), nameGap: 30, ...ticksAt(spec.x, lines), ...range(spec.x, lines, 0) },
      yAxis: { ...axis(spec.y), nameGap: 46, ...range(spec.y, lines, 1) },
      series: lines.map(({ name, points }) => {
        const look = looks.get(name)
        return {
          type: 'line',
          name,
          data: points.map((point) => [...point]),
          symbol: 'circle',
          symbolSize: points.length > 20 ? 0 : 6,
          showSymbol: true,
          itemStyle: { color: look?.colour },
          lineStyle: { color: look?.colour, width: 2, type: look?.dashed === true ? 'dashed' : 'solid' },
        }
      }) as NonNullable<EChartsOption['series']>,
    },
  )
}

/** Nothing that is not above zero has a place on a logarithmic axis. */
function isDrawable({ x, y }: LineChart) {
  const fits = (value: number, { scale }: LineAxis) =>
    Number.isFinite(value) && (scale === 'linear' || value > 0)
  return ([at, value]: readonly [number, number]) => fits(at, x) && fits(value, y)
}

function lastOf({ points }: { readonly points: readonly (readonly [number, number])[] }): number {
  return points.at(-1)?.[1] ?? 0
}

function axis({ name, scale = 'log', base = 10, format = formatCount }: LineAxis) {
  return {
    type: scale === 'linear' ? ('value' as const) : ('log' as const),
    ...(scale === 'log' && { logBase: base }),
    name,
    nameLocation: 'middle' as const,
    nameTextStyle: { color: FAINT_INK },
    axisLabel: { color: FAINT_INK, formatter: (value: number) => format(value), hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: FAINT_INK } },
    splitLine: { lineStyle: { color: GRID } },
  }
}

/** The axis shows the places that were measured, if they are few. */
function ticksAt(x: LineAxis, lines: readonly Line[]) {
  const places = [...new Set(lines.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b)
  if (places.length > 14) return {}
  const { format = formatCount } = x
  return {
    axisLabel: {
      color: FAINT_INK,
      customValues: places,
      formatter: (value: number) => format(nearest(places, value)),
    },
    axisTick: { customValues: places },
  }
}

/** What echarts computes from a logarithm and back is not quite the number that it was. */
function nearest(places: readonly number[], value: number): number {
  return places.reduce((best, place) => (Math.abs(place - value) < Math.abs(best - value) ? place : best))
}

/** From the first to the last place, and from a step below the smallest figure to one above the largest. */
function range({ scale = 'log' }: LineAxis, lines: readonly Line[], dimension: 0 | 1) {
  const values = lines.flatMap(({ points }) => points.map((point) => point[dimension]))
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (dimension === 0) return { min: low, max: high }
  if (scale === 'linear') return { min: 0 }
  return { min: stepBelow(low), max: stepAbove(high) }
}

const STEPS = [1, 2, 5, 10]

function stepBelow(value: number): number {
  const ten = 10 ** Math.floor(Math.log10(value))
  return Number((ten * (STEPS.findLast((step) => step * ten <= value) ?? 1)).toPrecision(3))
}

function stepAbove(value: number): number {
  const ten = 10 ** Math.floor(Math.log10(value))
  return Number((ten * (STEPS.find((step) => step * ten >= value) ?? 10)).toPrecision(3))
}
