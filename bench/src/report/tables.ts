/** Every case of a suite as a table, best first: ratio, figure, spread, how many runs. */
import { notes } from '../table.js'
import {
  championOf,
  type Figured,
  figuresOf,
  type KeptCase,
  type KeptSuite,
  timesAsFast,
} from './kept-suite.js'
import { code, details, table } from './markdown.js'
import { formatFigure, formatTimes } from './numbers.js'
import { type AxisSweep, axisSweeps, formatPlace } from './sweeps.js'

/** Cases that are points of a sweep share a table. */
export function caseTables(suite: KeptSuite): string {
  const single = suite.cases.filter(({ axis }) => axis === undefined)
  return [
    ...axisSweeps(suite).map((sweep) => sweepTable(suite, sweep)),
    ...single.map((item) => caseTable(suite, item)),
  ].join('\n\n')
}

/** A row for each place, a column for each contestant: how many times as fast ours is, and the figure. */
function sweepTable(suite: KeptSuite, { name, axis, about, unit, places, lines }: AxisSweep): string {
  const rows = [...places]
    .sort(([, a], [, b]) => a - b)
    .map(([item, at]) => {
      const figures = figuresOf(suite, item)
      const champion = championOf(suite, item)
      return [
        formatPlace(axis, at),
        ...lines.map((line) => {
          const result = figures.find(({ contestant }) => contestant === line.name)
          if (result === undefined) return ''
          const times = champion === undefined ? '' : `${formatTimes(timesAsFast(champion, result))} `
          return `${times}(${formatFigure(result.median, unit)})`
        }),
      ]
    })
  const head = [axis.unit === undefined ? axis.name : `${axis.name}, ${axis.unit}`]
  const body = table([...head, ...lines.map((line) => code(line.name))], rows, 'r')
  return details(`<code>${name}</code>: ${about}; how many times as fast ours is (${unit})`, body)
}

function caseTable(suite: KeptSuite, { name, unit, about }: KeptCase): string {
  const figures = figuresOf(suite, name)
  const champion = championOf(suite, name)
  const batched = figures.some(({ batch }) => typeof batch === 'string')
  const noted = figures.some((result) => notes(result) !== '')
  const rows = figures.map((result) => [
    result === champion ? `**${code(result.contestant)}**` : code(result.contestant),
    ...(champion === undefined ? [] : [formatTimes(timesAsFast(champion, result))]),
    formatFigure(result.median, unit),
    rangeOf(result),
    `${result.compared} of ${result.runs.length}`,
    ...(batched ? [result.batch ?? ''] : []),
    ...(noted ? [notes(result)] : []),
  ])
  const head = [
    'contestant',
    ...(champion === undefined ? [] : [`${code(champion.contestant)} / it`]),
    unit,
    'min .. max',
    'runs compared',
    ...(batched ? ['a batch is'] : []),
    ...(noted ? ['beside it'] : []),
  ]
  const failures = suite.results
    .filter((result) => result.case === name && result.errors.length > 0)
    .map(({ contestant, errors }) => `Failed: ${code(contestant)}: ${errors[0]}`)
  const align = champion === undefined ? 'lrrrl' : 'lrrrrl'
  const body = [...(rows.length > 0 ? [table(head, rows, align)] : []), ...failures].join('\n\n')
  return details(`<code>${name}</code>: ${about}`, body || 'No figure.')
}

export function rangeOf({ min, max, unit }: Pick<Figured, 'min' | 'max' | 'unit'>): string {
  return `${formatFigure(min, unit)} .. ${formatFigure(max, unit)}`
}

/** What the names mean. */
export function legend({ contestants, absent }: KeptSuite): string {
  const rows = contestants.map(({ name, about }) => [code(name), about])
  const missing = absent.map(({ contestant, reason }) => [code(contestant), `absent: ${reason}`])
  return details('who is who', table(['contestant', 'what it is'], [...rows, ...missing]))
}
