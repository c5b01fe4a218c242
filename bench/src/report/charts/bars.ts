/**
 *   a heading
 *   who        ██████████████──   1.53x  12.4
 *   who else   ████─              0.42x   3.3
 *
 * Horizontal bars of medians, a whisker from the smallest to the largest run, and what the bar says at its end.
 */
import type { EChartsOption } from 'echarts'
import { type Chart, draw, FAINT_INK, GRID, INK, TOP } from './frame.js'
import { KIND_COLOURS, type Kind, kindOf } from './looks.js'

export interface BarChart {
  readonly file: string
  readonly title: string
  readonly subtitle: string
  /** Along the axis. */
  readonly unit: string
  readonly groups: readonly BarGroup[]
}

export interface BarGroup {
  readonly heading?: string
  readonly bars: readonly Bar[]
}

export interface Bar {
  readonly contestant: string
  /** Whether it is the one that stands for this package. */
  readonly stands: boolean
  /** What stands beside it; the contestant's name if nothing else. */
  readonly name?: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly label: string
}

const ROW_HEIGHT = 25
const BELOW = 74
const LETTER = 7.2
/** Room at the right for what the longest bar says. */
const LABEL_ROOM = 130

interface Row {
  readonly text: string
  readonly bar: Bar | null
}

export function drawBars(spec: BarChart): Chart | null {
  const rows = spec.groups.flatMap(({ heading, bars }): Row[] => [
    ...(heading === undefined || bars.length === 0 ? [] : [{ text: heading, bar: null }]),
    ...bars.map((bar) => ({ text: bar.name ?? bar.contestant, bar })),
  ])
  const bars = rows.flatMap(({ bar }) => bar ?? [])
  if (bars.length === 0) return null
  const longest = Math.max(...rows.map(({ text }) => text.length))
  const height = TOP + rows.length * ROW_HEIGHT + BELOW
  const kinds = (Object.keys(KIND_COLOURS) as Kind[]).filter((kind) =>
    bars.some((bar) => kindOfBar(bar) === kind),
  )
  return draw(
    { ...spec, height },
    {
      grid: { left: 24 + longest * LETTER, right: LABEL_ROOM, top: TOP, bottom: BELOW, containLabel: false },
      legend: {
        bottom: 10,
        left: 20,
        itemWidth: 14,
        itemHeight: 10,
        itemGap: 34,
        data: kinds,
        textStyle: { color: FAINT_INK },
      },
      xAxis: {
        type: 'value',
        name: spec.unit,
        nameLocation: 'middle',
        nameGap: 26,
        nameTextStyle: { color: FAINT_INK },
        axisLabel: { color: FAINT_INK },
        splitLine: { lineStyle: { color: GRID } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: rows.map((_, row) => String(row)),
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: {
          interval: 0,
          formatter: (row: string) => labelOf(rows[Number(row)] as Row),
          rich: { heading: { fontWeight: 600, color: INK }, name: { color: INK } },
        },
      },
      series: [...kinds.map((kind) => barsOf(kind, rows)), whiskers(rows)] as NonNullable<
        EChartsOption['series']
      >,
    },
  )
}

/** Of this package there are several: the one that stands for it is darker. */
function kindOfBar({ contestant, stands }: Bar): Kind {
  const kind = kindOf(contestant)
  return kind === 'this package' && !stands ? 'this package in other ways' : kind
}

function labelOf({ text, bar }: Row): string {
  return bar === null ? `{heading|${text}}` : `{name|${text}}`
}

/** One series a kind, on the same rows, so that the legend explains the colours. */
function barsOf(kind: Kind, rows: readonly Row[]) {
  return {
    type: 'bar',
    name: kind,
    stack: 'rows',
    barWidth: 15,
    itemStyle: { color: KIND_COLOURS[kind], borderRadius: 2 },
    data: rows.map(({ bar }) => {
      if (bar === null || kindOfBar(bar) !== kind) return null
      return { value: bar.value }
    }),
  }
}

/** From the smallest to the largest run, and the bar's label behind both. */
function whiskers(rows: readonly Row[]) {
  const seen = rows.flatMap(({ bar }, row) => (bar === null ? [] : [{ bar, row }]))
  return {
    type: 'custom',
    silent: true,
    z: 5,
    data: seen.map(({ bar, row }) => [bar.value, row, bar.min, bar.max]),
    encode: { x: [0, 2, 3], y: 1 },
    renderItem: (
      params: { dataIndex: number },
      api: { value(dimension: number): number; coord(point: readonly number[]): [number, number] },
    ) => {
      const row = api.value(1)
      const [low, y] = api.coord([api.value(2), row])
      const [high] = api.coord([api.value(3), row])
      const [end] = api.coord([api.value(0), row])
      const stroke = { stroke: INK, lineWidth: 1, opacity: 0.55 }
      const tick = (x: number) => ({
        type: 'line',
        shape: { x1: x, y1: y - 4, x2: x, y2: y + 4 },
        style: stroke,
      })
      const text = seen[params.dataIndex]?.bar.label ?? ''
      const whisker =
        high - low < 2
          ? []
          : [
              { type: 'line', shape: { x1: low, y1: y, x2: high, y2: y }, style: stroke },
              tick(low),
              tick(high),
            ]
      const style = { text, x: Math.max(high, end) + 8, y, fill: INK, verticalAlign: 'middle', fontSize: 12 }
      return { type: 'group', children: [...whisker, { type: 'text', style }] }
    },
  }
}
