import Table from 'cli-table3'
import { formatCount, type Paint } from '../text.js'
import { drawBars } from './chart.js'
import type { Result } from './summary.js'

/** Between two columns. */
const GAP = 2
/** Below this a table does not say again whom it compares with. */
const NARROW = 60
/** Bars shorter than this show nothing: then there are none. */
const SHORTEST_BAR = 8

interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
  /** One a result. */
  readonly texts: readonly string[]
  readonly paint: (text: string, result: Result) => string
}

/**
 * One line a contestant, all of one case, with a bar in each. What there is no room for is left out: first the bars,
 * then the spread.
 */
export function drawTable(results: readonly Result[], columns: number, paint: Paint): string {
  const { unit, yardstick } = results[0] as Result
  const number = (title: string, show: (result: Result) => string, style: Column['paint']): Column => {
    return { title, align: 'right', texts: results.map(show), paint: style }
  }
  const plain = (text: string) => text
  const bold = (text: string) => paint('bold', text)
  const ours = (text: string, result: Result) => (result.ours ? paint('green', text) : text)
  const timed = unit === 'us'
  const name: Column = { ...number('', ({ contestant }) => contestant, ours), align: 'left' }
  const figures = [
    number(timed ? 'median us' : 'M records/s', ({ value }) => showFigure(value), bold),
    ...(timed ? [number('99 % us', ({ p99 }) => showFigure(p99), bold)] : []),
  ]
  const spread = number('spread', showSpread, (text) => paint('dim', text))
  const ratio = number(columns < NARROW ? '×' : `× ${yardstick}`, (result) => showRatio(result.ratio), plain)

  const spreads = spread.texts.some(Boolean) && widthOf([name, ...figures, spread, ratio]) <= columns
  const numbers = [...figures, ...(spreads ? [spread] : []), ratio]
  const room = columns - widthOf([name, ...numbers]) - GAP
  const bars: Column = {
    title: '',
    align: 'left',
    texts: room < SHORTEST_BAR ? [] : drawBars(results.map(barValue), room),
    paint: (text, result) => paint(result.ours ? 'green' : 'dim', text),
  }
  return layOut([name, ...(bars.texts.length > 0 ? [bars] : []), ...numbers], results, paint)
}

function barValue({ value }: Result): number {
  return value ?? 0
}

function widthOf(columns: readonly Column[]): number {
  const widths = columns.map(({ title, texts }) => Math.max(...[title, ...texts].map((text) => text.length)))
  return widths.reduce((sum, width) => sum + GAP + width, -GAP)
}

function layOut(columns: readonly Column[], results: readonly Result[], paint: Paint): string {
  const table = new Table({
    colAligns: columns.map(({ align }) => align),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(
    columns.map(({ title }) => paint('dim', title)),
    ...results.map((result, line) => columns.map(({ texts, paint: dye }) => dye(texts[line] ?? '', result))),
  )
  return table.toString().replace(/ +$/gm, '')
}

/** Nothing but gaps between the columns. */
const NO_LINES = {
  ...Object.fromEntries(
    ['top', 'bottom', 'left', 'right'].flatMap((side) =>
      ['', '-mid', '-left', '-right'].map((corner) => [side + corner, '']),
    ),
  ),
  mid: '',
  'mid-mid': '',
  middle: ' '.repeat(GAP),
}

/** Three digits, as far as they tell something. */
export function showFigure(value: number | null): string {
  if (value === null) return '-'
  return value >= 100 ? formatCount(value) : value.toFixed(value >= 10 ? 1 : 2)
}

/** How far runs lie from the median, at most; of one run there is nothing to tell. */
export function showSpread({
  value,
  min,
  max,
  runs,
}: Pick<Result, 'value' | 'min' | 'max' | 'runs'>): string {
  if (value === null || min === null || max === null || runs.length < 2) return ''
  return `±${Math.round((Math.max(max - value, value - min) / value) * 100)} %`
}

export function showRatio(ratio: number | null): string {
  if (ratio === null) return '-'
  if (ratio < 0.01) return '<0.01 x'
  return `${ratio >= 10 ? formatCount(ratio) : ratio.toFixed(ratio >= 1 ? 1 : 2)} x`
}
