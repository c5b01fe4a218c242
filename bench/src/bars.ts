/** The goals of a suite: most are ratios of two medians of the same run. */
import type { CaseName } from './cases.js'
import type { Result } from './results.js'

/** A goal: a ratio of two medians of the same run of the suite, or a median. */
export interface Bar {
  readonly name: string
  readonly relation: '>=' | '<=' | '<'
  readonly target: number
  /** Null when it could not be measured. */
  readonly value: number | null
  readonly met: boolean | null
}

export interface Goal extends Pick<Bar, 'relation' | 'target'> {
  readonly name: CaseName
  readonly what: string
  readonly against: string
  /** The case in which the other was measured, if it was another. */
  readonly againstIn?: CaseName
}

/** The bar of a goal; none if its case was not measured. */
export function judgeRatio(results: readonly Result[], goal: Goal): readonly Bar[] {
  const { name, what, against, againstIn = name, relation, target } = goal
  if (!results.some((result) => result.case === name)) return []
  const value = ratioOf(results, name, what, against, againstIn)
  const met = value === null ? null : holds(value, relation, target)
  const other = againstIn === name ? against : `${against} in ${againstIn}`
  return [{ name: `${name}: ${what} / ${other}`, relation, target, value, met }]
}

/** The bar of a goal for a figure itself, in the unit of its case; none if its case was not measured. */
export function judgeFigure(
  results: readonly Result[],
  { name, what, relation, target }: Pick<Goal, 'name' | 'what' | 'relation' | 'target'>,
): readonly Bar[] {
  const result = results.find((other) => other.case === name && other.contestant === what)
  if (result === undefined) return []
  const value = result.median
  const met = value === null ? null : holds(value, relation, target)
  return [{ name: `${name}: ${what} in ${result.unit}`, relation, target, value, met }]
}

/** Ratio of two medians, mostly of one case, as they are: of times, less is better. */
export function ratioOf(
  results: readonly Result[],
  name: CaseName,
  what: string,
  against: string,
  againstIn: CaseName = name,
): number | null {
  const medianOf = (contestant: string, where: CaseName) =>
    results.find((result) => result.case === where && result.contestant === contestant)?.median ?? null
  const value = medianOf(what, name)
  const yardstick = medianOf(against, againstIn)
  return value === null || yardstick === null || yardstick === 0 ? null : value / yardstick
}

function holds(value: number, relation: Bar['relation'], target: number): boolean {
  if (relation === '>=') return value >= target
  return relation === '<=' ? value <= target : value < target
}
