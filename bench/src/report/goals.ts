/**
 * What was to be reached, and whether it was: every goal that was set, with the bars (../bars.ts) that measure it. A goal
 * that nobody measured stands there too.
 */
import type { Bar } from '../bars.js'
import type { KeptSuite } from './kept-suite.js'
import { code, details, listed, table } from './markdown.js'
import { formatFigure, formatPercent, formatTimes } from './numbers.js'

interface Goal {
  readonly what: string
  /** Of all bars with such a name, in any suite. */
  readonly bars: RegExp
  /** Bars that suffice instead. */
  readonly or?: RegExp
}

export const GOALS: readonly Goal[] = [
  {
    what: "uncontended reserve(8) and submit: at most 1.3x of the kernel's algorithm in C",
    bars: /^reserve-submit-8B: ours-wasm \/ c-/,
  },
  {
    what: "one producer, 64 bytes: at least 1.5x the kernel's ring",
    bars: /^throughput-1p1c-64B: \S+ \/ kernel/,
  },
  {
    what: 'one producer, 64 bytes: at least 1.3x that algorithm in C',
    bars: /^throughput-1p1c-64B: \S+ \/ c-kernel/,
  },
  {
    what: 'one producer, 64 bytes: at least 2.5x `ringbuf.js`',
    bars: /^throughput-1p1c-64B: \S+ \/ ringbuf\.js/,
  },
  {
    what: "four producers, 64 bytes: at least 3x the kernel's ring",
    bars: /^throughput-4p1c-64B: \S+ \/ kernel/,
  },
  {
    what: 'four producers, 64 bytes: at least 1.5x that algorithm in C',
    bars: /^throughput-4p1c-64B: \S+ \/ c-kernel/,
  },
  { what: 'eight producers: at least 0.7x of what one reaches', bars: /^throughput-8p1c-64B: / },
  { what: "1024 bytes: at least 1x the kernel's output", bars: /^throughput-1p1c-1024B: / },
  { what: "4096 bytes: at least 1x the kernel's output", bars: /^throughput-1p1c-4096B: / },
  { what: "1024 bytes by `output`: at least 1.5x the kernel's", bars: /^throughput-1p1c-1024B-output: / },
  { what: "4096 bytes by `output`: at least 1.5x the kernel's", bars: /^throughput-1p1c-4096B-output: / },
  {
    what: 'batches of 16, 64 bytes: at least 35 M/s, or 0.9x the fastest C ring without batches',
    bars: /^throughput-1p1c-64B-batch: \S+ in M/,
    or: /^throughput-1p1c-64B-batch: \S+ \/ c-/,
  },
  {
    what: 'batches of 16, 64 bytes: ahead of postMessage in batches',
    bars: /^throughput-1p1c-64B-batch: \S+ \/ postM/,
  },
  { what: 'adaptive waiting: at least 0.9x of busy polling at every size', bars: /^throughput-wait-/ },
  { what: 'loaded latency p99: at most 2x that of C', bars: /^loaded-latency-/ },
  { what: 'nothing allocated for each record on the raw path', bars: /: heap-\S*wasm, bytes a record$/ },
  { what: 'nor by the JavaScript build', bars: /: heap-\S*js, bytes a record$/ },
  {
    what: 'the JavaScript build: at most 2.5x the cost of the WebAssembly build',
    bars: /: (ours-js|mapped\S*) \/ ours-wasm$/,
  },
]

export function goalsSection(suites: readonly KeptSuite[]): string {
  const bars = suites.flatMap((suite) => suite.bars)
  const taken = new Set<Bar>()
  const take = (wanted: RegExp) => {
    const found = bars.filter((bar) => !taken.has(bar) && wanted.test(bar.name))
    for (const bar of found) taken.add(bar)
    return found
  }
  const rows = GOALS.map(({ what, bars: wanted, or }) => [
    what,
    ...verdictOf(take(wanted), or === undefined ? [] : take(or)),
  ])
  const further = bars
    .filter((bar) => !taken.has(bar))
    .map((bar) => [`${bar.name}: ${bar.relation} ${bar.target}`, ...verdictOf([bar])])
  const head = ['goal', 'measured', '']
  const folded =
    further.length === 0 ? [] : [details('further goals, of single suites', table(head, further))]
  return [table(head, rows), ...folded].join('\n\n')
}

/** So many figures are told one by one. */
const FEW = 6

/** The figures, and whether they suffice; if not, by how much they fall short. */
function verdictOf(bars: readonly Bar[], instead: readonly Bar[] = []): [string, string] {
  const judged = [...bars, ...instead].filter(({ value }) => value !== null)
  if (judged.length === 0) return ['–', 'not measured']
  const missed = judged.filter(({ met }) => met !== true)
  const figures =
    judged.length > FEW
      ? `${judged.length} figures, ${missed.length} missed`
      : listed(judged.map((bar) => figureOf(bar, judged)))
  const suffices = (ones: readonly Bar[]) => ones.length > 0 && ones.every(({ met }) => met === true)
  if (missed.length === 0 || suffices(bars) || suffices(instead)) return [figures, 'met']
  const short = missed.slice(0, FEW).map((bar) => {
    const of = judged.length === 1 ? '' : ` (${yardstickOf(bar, judged) || 'M/s'})`
    return shortBy(bar) + of
  })
  const more = missed.length > FEW ? [`${missed.length - FEW} more`] : []
  return [figures, `**missed**, by ${listed([...short, ...more])}`]
}

/** `4.00x \`kernel\``, of several; alone, what it is set against goes without saying. */
function figureOf(bar: Bar, goal: readonly Bar[]): string {
  const { name, value } = bar
  if (isRate(name)) return `${formatFigure(value, 'M records/s')} M/s`
  const figure = isRatio(name) ? formatTimes(value) : `${Number((value ?? 0).toPrecision(2))}`
  return goal.length === 1 ? figure : `${figure} ${yardstickOf(bar, goal)}`
}

function isRate(name: string): boolean {
  return name.includes(' in M records/s')
}

function isRatio(name: string): boolean {
  return name.includes(' / ')
}

/** How far the figure is from its target: as a share of it, or how many times as large; of what is no ratio, the rest. */
function shortBy({ name, value, target }: Bar): string {
  if (value === null || target === 0) return 'all of it'
  if (!isRatio(name) && !isRate(name)) return `${Number((value - target).toPrecision(2))}`
  const times = value / target
  return times > 2 ? `a factor of ${formatTimes(times).slice(0, -1)}` : formatPercent(Math.abs(times - 1))
}

/** What a bar is set against; and in which case, where others of the goal are set against the same. */
function yardstickOf(bar: Bar, goal: readonly Bar[]): string {
  if (isRate(bar.name)) return ''
  const { where, against } = partsOf(bar)
  if (!isRatio(bar.name)) return `${code(against.split(',')[0] ?? against)} in ${code(where)}`
  const ambiguous = goal.some((other) => other !== bar && partsOf(other).against === against)
  if (!ambiguous) return code(against)
  const place = /-(\d+[kM]|\d+B)$/.exec(where)?.[1]
  const alike = goal.every((other) => stemOf(partsOf(other).where) === stemOf(where))
  return `${code(against)} ${alike && place !== undefined ? `at ${place}` : `in ${code(where)}`}`
}

/** `CASE: ours / theirs`, or `CASE: ours / theirs in ANOTHER` */
function partsOf({ name }: Bar): { where: string; against: string } {
  const [where = '', ratio = ''] = name.split(': ')
  return { where, against: ratio.split(' / ').at(-1)?.split(' in ')[0] ?? ratio }
}

function stemOf(name: string): string {
  return name.slice(0, name.lastIndexOf('-'))
}
