/** The first picture: how many records of 64 bytes go from one thread to another in a second, and by which way. */
import { barsOfCase, HOW_TO_READ } from './case-bars.js'
import { drawBars } from './charts/bars.js'
import type { Chart } from './charts/frame.js'
import { championOf, figuresOf, type KeptSuite, timesAsFast } from './kept-suite.js'
import { formatFigure, formatTimes } from './numbers.js'

const SINGLE = 'throughput-1p1c-64B'
const BATCHED = 'throughput-1p1c-64B-batch'

/** Names for those who do not know ours yet. */
const NAMES: Readonly<Record<string, string>> = {
  'ours-wasm': 'bpf-ringbuf',
  'ours-wasm-lock': 'bpf-ringbuf, with a lock',
  'ours-js': 'bpf-ringbuf, JavaScript build',
  kernel: "Linux's own ring, consumer polls",
  'kernel-paced': "Linux's own ring, consumer pauses",
  'c-kernel': 'its algorithm in C, consumer polls',
  'c-kernel-paced': 'its algorithm in C, consumer pauses',
  'c-best': 'fastest C ring, consumer polls',
  'c-best-paced': 'fastest C ring, consumer pauses',
  'mapped-processes': 'bpf-ringbuf between processes',
}

/** The suite that has the most ways in the case, all of them measured in one run. */
export function headlineSuite(suites: readonly KeptSuite[]): KeptSuite | undefined {
  const inCase = (suite: KeptSuite) => figuresOf(suite, SINGLE).length
  return [...suites]
    .sort((a, b) => inCase(b) - inCase(a))
    .find((suite) => championOf(suite, SINGLE) !== undefined)
}

export function headlineChart(suite: KeptSuite): Chart | null {
  return drawBars({
    file: 'headline.svg',
    title: 'Records of 64 bytes from one producer to one consumer',
    subtitle: HOW_TO_READ,
    unit: 'million records a second',
    groups: [
      { heading: 'one by one', bars: barsOfCase(suite, SINGLE, NAMES) },
      { heading: 'in batches', bars: barsOfCase(suite, BATCHED, NAMES) },
    ],
  })
}

/** The same in a sentence: ratios only. */
export function headlineSentence(suite: KeptSuite): string {
  const figures = figuresOf(suite, SINGLE)
  const champion = championOf(suite, SINGLE)
  if (champion === undefined) return ''
  const others = ['kernel-paced', 'kernel', 'c-kernel-paced', 'ringbuf.js', 'pipe', 'postMessage']
  const ratios = others.flatMap((name) => {
    const other = figures.find(({ contestant }) => contestant === name)
    return other === undefined ? [] : [`${formatTimes(timesAsFast(champion, other))} \`${name}\``]
  })
  const speed = `${formatFigure(champion.median, champion.unit)} million records of 64 bytes a second`
  return `One producer, one consumer: **${speed}**, which is ${ratios.join(', ')}.`
}
