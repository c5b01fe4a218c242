/** The little arithmetic that a report needs. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle]
  if (high === undefined) return Number.NaN
  const low = sorted[middle - 1]
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2
}

/** The value below which such a share of the values lies; of no values, not a number. */
export function quantile(values: ArrayLike<number> & Iterable<number>, share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN
}

/** A copy in random order: no contestant is always the one that runs after the slow one. */
export function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items]
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1))
    const moved = result[last] as T
    result[last] = result[other] as T
    result[other] = moved
  }
  return result
}

/** How often each item occurs, most frequent first. */
export function tally<T extends string>(items: readonly T[]): [T, number][] {
  const counts = new Map<T, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])
}

/** How far apart the middle half of the values lies, as a share of their median. */
export function quartileSpread(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const span = between(sorted, 0.75) - between(sorted, 0.25)
  return span === 0 ? 0 : span / Math.abs(median(sorted))
}

/** A quantile of few sorted values: between two of them where it falls between two. */
function between(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place - Math.floor(place))
}
