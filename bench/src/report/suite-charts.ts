/** The charts of which sections are made, from the cases of a suite. Each is null where its cases were not measured. */
import { barsOfCase, HOW_TO_READ } from './case-bars.js'
import { type BarChart, drawBars } from './charts/bars.js'
import type { Chart } from './charts/frame.js'
import { drawLines, type LineAxis } from './charts/lines.js'
import { drawPercentiles } from './charts/percentiles.js'
import type { KeptSuite } from './kept-suite.js'
import { formatBytes } from './numbers.js'
import { axisSweeps, sweepOf } from './sweeps.js'

export const BYTES: LineAxis = { name: 'bytes of a record', base: 2, format: formatBytes }
export const SPEED: LineAxis = { name: 'million records a second' }

/** Every sweep of a suite whose cases say where they stand. */
export function sweeps(suite: KeptSuite): (Chart | null)[] {
  return axisSweeps(suite).map(({ name, axis, about, unit, lines }) => {
    // What may be nothing at all, such as a share of losses, has no logarithm.
    const scale = lines.some(({ points }) => points.some(([, y]) => y <= 0)) ? 'linear' : 'log'
    const x = axis.unit === undefined ? axis.name : `${axis.name}, ${axis.unit}`
    return drawLines({
      file: `${suite.suite}-${name}.svg`,
      title: `${name}: ${unit} over ${axis.name}`,
      subtitle: about,
      x: axis.unit === 'bytes' ? { ...BYTES, name: x } : { name: x },
      y: { name: unit, scale },
      lines,
    })
  })
}

/** Every distribution of a suite, a chart a case. */
export function curves(suite: KeptSuite): (Chart | null)[] {
  const histograms = suite.histograms ?? []
  return suite.cases.map(({ name, about }) =>
    drawPercentiles({
      file: `${suite.suite}-${name}.svg`,
      title: name,
      subtitle: `${about}; less is better`,
      lines: histograms
        .filter((histogram) => histogram.case === name)
        .map(({ contestant, points }) => ({ name: contestant, points })),
    }),
  )
}

export function overBytes(suite: KeptSuite, file: string, way?: 'output'): Chart | null {
  const pattern = way === undefined ? /^throughput-1p1c-(\d+)B$/ : /^throughput-1p1c-(\d+)B-output$/
  return drawLines({
    file,
    title:
      way === undefined
        ? 'Longer records'
        : 'Longer records, by `output` from memory that the ring can reach',
    subtitle:
      'one producer thread to one consumer thread, every sequence number checked; both axes logarithmic',
    x: BYTES,
    y: SPEED,
    lines: sweepOf(suite, pattern),
  })
}

/** The cases as groups of bars; with a heading where they are several. */
export function barsOf(
  suite: KeptSuite,
  cases: readonly string[],
  chart: Pick<BarChart, 'file' | 'title' | 'unit'> & Partial<BarChart>,
): Chart | null {
  return drawBars({
    subtitle: HOW_TO_READ,
    ...chart,
    groups: cases.map((name) => {
      const bars = barsOfCase(suite, name)
      return cases.length > 1 ? { heading: name, bars } : { bars }
    }),
  })
}
