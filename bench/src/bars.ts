/** The goals of a suite: ratios of two medians of the same run. */
import type { CaseName } from './cases.js'
import type { Result } from './results.js'

/** A goal: a ratio of two medians of the same run of the suite. */
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
}

/** The bar of a goal; none if its case was not measured. */
export function judgeRatio(results: readonly Result[], goal: Goal): readonly Bar[] {
  const { name, what, against, relation, target } = goal
  if (!results.some((result) => result.case === name)) return []
  const value = ratioOf(results, name, what, against)
  const met = value === null ? null : holds(value, relation, target)
  return [{ name: `${name}: ${what} / ${against}`, relation, target, value, met }]
}

/** Ratio of two medians of one case, as they are: of times, less is better. */
export function ratioOf(
  results: readonly Result[],
  name: CaseName,
  what: string,
  against: string,
): number | null {
  const medianOf = (contestant: string) =>
    results.find((result) => result.case === name && result.contestant === contestant)?.median ?? null
  const value = medianOf(what)
  const yardstick = medianOf(against)
  return value === null || yardstick === null || yardstick === 0 ? null : value / yardstick
}

function holds(value: number, relation: Bar['relation'], target: number): boolean {
  if (relation === '>=') return value >= target
  return relation === '<=' ? value <= target : value < target
}
