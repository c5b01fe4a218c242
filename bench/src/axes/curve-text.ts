/** Curves as people read them: a table a chart, a row a point, a column a contestant. */
import Table from 'cli-table3'
import { type Curves, onset, type Point } from './curves.js'

/** From so many percent on, records count as lost: fewer are the machine's doing. */
const LOSS_LEVEL = 0.1

export function curveText({ chart, at, curves }: Curves): string {
  const { axis, unit, name, about, alsoAs = {} } = chart
  const tableOf = (heading: string, convert: (value: number, at: number) => number): string => {
    const head = [`${axis.name} | ${heading}`, ...curves.map(({ contestant }) => contestant)]
    const table = new Table({ head, style: { head: [], border: [] } })
    for (const place of at) {
      const cells = curves.map(({ points }) =>
        cell(
          points.find((point) => point.at === place),
          convert,
        ),
      )
      table.push([placeText(place, axis.unit), ...cells])
    }
    return table.toString()
  }
  const tables = [
    tableOf(unit, (value) => value),
    ...Object.entries(alsoAs).map(([other, convert]) => tableOf(other, convert)),
  ]
  const losses = unit === '% lost' ? `${lossText(curves)}\n` : ''
  return `${name} — ${about}\n${tables.join('\n')}\n${losses}`
}

function lossText(curves: Curves['curves']): string {
  const beginnings = curves.map(({ contestant, points }) => {
    const from = onset(points, LOSS_LEVEL)
    return `${contestant} ${from === null ? 'never' : `at ${placeText(from, 'records/s')}`}`
  })
  return `losses begin (over ${LOSS_LEVEL} %): ${beginnings.join(', ')}`
}

/** `~`: runs differ much, or were all disturbed. `@`: at so many million records a second, for want of more. */
function cell(point: Point | undefined, convert: (value: number, at: number) => number): string {
  if (point === undefined || point.value === null) return '-'
  const value = convert(point.value, point.at)
  const text = value.toFixed(value < 10 ? 2 : value < 1000 ? 1 : 0)
  const offered = point.offered === undefined ? '' : ` @${point.offered.toFixed(1)}M`
  return `${point.doubtful ? '~' : ''}${text}${offered}`
}

const SCALES: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  bytes: [
    [2 ** 20, 'MiB'],
    [2 ** 10, 'KiB'],
    [1, 'B'],
  ],
  'records/s': [
    [1e6, 'M/s'],
    [1e3, 'k/s'],
    [1, '/s'],
  ],
}

/** A place on an axis, in the largest unit of which it is at least one. */
export function placeText(at: number, unit: string): string {
  const scale = SCALES[unit]?.find(([size]) => at >= size)
  return scale === undefined ? `${at}` : `${at / scale[0]} ${scale[1]}`
}
