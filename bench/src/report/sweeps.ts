/** Lines from cases that differ in one number: of their names, or of the axis that they say they belong to. */
import type { Unit } from '../cases.js'
import type { Line } from './charts/lines.js'
import type { Axis, KeptCase, KeptSuite } from './kept-suite.js'
import { formatBytes, formatCount } from './numbers.js'

/** A line for each contestant over the number that the pattern's group finds in the names of the cases. */
export function sweepOf(suite: KeptSuite, pattern: RegExp, contestants?: readonly string[]): Line[] {
  const places = new Map(
    suite.cases.flatMap(({ name }) => {
      const at = pattern.exec(name)?.[1]
      return at === undefined ? [] : [[name, numberOf(at)] as const]
    }),
  )
  return linesOver(suite, places, contestants)
}

/** `64`, `100k`, `1M` */
function numberOf(text: string): number {
  const factor = text.endsWith('k') ? 1e3 : text.endsWith('M') ? 1e6 : 1
  return Number.parseFloat(text) * factor
}

function linesOver(
  suite: KeptSuite,
  places: ReadonlyMap<string, number>,
  contestants?: readonly string[],
): Line[] {
  const points = new Map<string, [number, number][]>()
  for (const { case: name, contestant, median } of suite.results) {
    const at = places.get(name)
    if (at === undefined || median === null || contestants?.includes(contestant) === false) continue
    points.set(contestant, [...(points.get(contestant) ?? []), [at, median]])
  }
  return [...points].map(([name, line]) => ({ name, points: line }))
}

export interface AxisSweep {
  /** What the cases have in common. */
  readonly name: string
  readonly axis: Axis
  readonly about: string
  readonly unit: Unit
  /** The cases, and where they stand. */
  readonly places: ReadonlyMap<string, number>
  readonly lines: readonly Line[]
}

/** The sweeps of a suite whose cases say where on which axis they stand. */
export function axisSweeps(suite: KeptSuite): AxisSweep[] {
  const groups = new Map<string, { first: KeptCase; axis: Axis; places: Map<string, number> }>()
  for (const item of suite.cases) {
    const { name, axis } = item
    if (axis === undefined) continue
    const chart = axis.chart ?? commonName(name)
    const group = groups.get(chart) ?? { first: item, axis, places: new Map() }
    group.places.set(name, axis.at)
    groups.set(chart, group)
  }
  return [...groups].map(([name, { first, axis, places }]) => ({
    name,
    axis,
    about: first.about,
    unit: first.unit,
    places,
    lines: linesOver(suite, places),
  }))
}

/** `load-64B-5M` → `load-64B`: what is left without the last part, which says where on the axis. */
function commonName(name: string): string {
  return name.split('-').slice(0, -1).join('-') || name
}

/** The place on an axis in words. */
export function formatPlace({ unit }: Axis, at: number): string {
  return unit === 'bytes' ? formatBytes(at) : formatCount(at)
}
