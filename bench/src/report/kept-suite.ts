/**
 * A kept suite as the report reads it: what it can do without is optional, and names are any names, because a result
 * may be older or newer than this code.
 */
import type { Bar } from '../bars.js'
import { moreIsBetter, type Unit } from '../cases.js'
import type { KeptHistogram as WholeHistogram } from '../latency/kept-histogram.js'
import type { Machine } from '../machine.js'
import type { Placement } from '../placement.js'
import type { Length, Plan } from '../suites.js'

export interface KeptSuite {
  readonly suite: string
  readonly measuredAt: string
  readonly tookSeconds: number
  readonly length: Length
  readonly plan: Plan
  readonly machine: Machine
  readonly bars: readonly Bar[]
  readonly cases: readonly KeptCase[]
  readonly contestants: readonly KeptContestant[]
  readonly absent: readonly { readonly contestant: string; readonly reason: string }[]
  readonly results: readonly KeptResult[]
  /** Whole distributions, of the suites that keep them. */
  readonly histograms?: readonly KeptHistogram[]
}

export interface KeptCase {
  readonly name: string
  readonly unit: Unit
  readonly about: string
  /** Where the case stands in a sweep, if it belongs to one. */
  readonly axis?: Axis
}

export interface Axis {
  /** Cases of the same name are points of the same chart. */
  readonly chart?: string
  readonly name: string
  readonly unit?: string
  readonly at: number
}

export interface KeptContestant {
  readonly name: string
  readonly about: string
}

export interface KeptResult {
  readonly case: string
  readonly contestant: string
  readonly unit: Unit
  readonly median: number | null
  readonly min: number | null
  readonly max: number | null
  readonly compared: number
  readonly runs: readonly number[]
  readonly placements: readonly Placement[]
  readonly extra: Readonly<Partial<Record<string, number>>>
  readonly errors: readonly string[]
  /** What it put in together, in a case of batches. */
  readonly batch?: string | null
}

export type KeptHistogram = Pick<WholeHistogram, 'case' | 'contestant' | 'points'>

/** What has a figure. */
export interface Figured extends KeptResult {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The results of a case that have a figure, best first. */
export function figuresOf(suite: KeptSuite, name: string): Figured[] {
  return suite.results
    .filter((result): result is Figured => result.case === name && result.median !== null)
    .sort((a, b) => (moreIsBetter(a.unit) ? b.median - a.median : a.median - b.median))
}

/** How many times as fast one is as another, whichever way the unit counts. */
export function timesAsFast(one: Figured, other: Figured): number {
  return moreIsBetter(one.unit) ? one.median / other.median : other.median / one.median
}

export function isOurs(contestant: string): boolean {
  return /^(ours|mapped|threads|processes|heap)(-|$)/.test(contestant)
}

/**
 * Whether a figure may stand beside those of others in a case: who passes on many records at once has no place among
 * those that pass on one, except where all do.
 */
export function isLikeWithLike({ case: name, contestant }: KeptResult): boolean {
  return !contestant.endsWith('-batch') || name.endsWith('-batch')
}

/** Those that stand for this package, where they take part: what a user gets who chooses nothing. */
const CHAMPIONS = [
  'ours-wasm',
  'ours-adaptive',
  'ours-busy',
  'ours-kernel',
  'ours-lease',
  'mapped-processes',
  'threads-library',
]

/** The figure that others are set against: our champion's, or else that of the first of ours. */
export function championOf(suite: KeptSuite, name: string): Figured | undefined {
  const figures = figuresOf(suite, name)
  const champion = CHAMPIONS.find((known) => figures.some(({ contestant }) => contestant === known))
  const ours =
    champion ??
    suite.results.find(
      (result) => result.case === name && isOurs(result.contestant) && result.median !== null,
    )?.contestant
  return figures.find(({ contestant }) => contestant === ours)
}
