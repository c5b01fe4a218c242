/**
 * What the benchmark prints: hits and drops a second, as the mean of the intervals that the measured time is cut into,
 * and how much the intervals deviate from it. The original's intervals are seconds; here they are a tenth of a run.
 */

/** Intervals of a run. The same as in native/ringbufs_samples.h. */
export const INTERVALS = 10

/** Since the beginning. */
export interface Counts {
  readonly hits: number
  readonly drops: number
}

export interface Rate {
  readonly mean: number
  /** Of a sample: with one degree of freedom less than there are values. */
  readonly deviation: number
}

export function rateOf(values: readonly number[]): Rate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) }
}

const nobody = new Int32Array(new SharedArrayBuffer(4))

/** Blocks the thread. */
function sleepUntil(time: number): void {
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) {
    Atomics.wait(nobody, 0, 0, left)
  }
}

/** Reads the counts at the end of the warm-up and of each interval. In millions a second. */
export function sample(
  read: () => Counts,
  warmUpSeconds: number,
  seconds: number,
): { readonly hits: Rate; readonly drops: Rate } {
  const hits: number[] = []
  const drops: number[] = []
  sleepUntil(performance.now() + warmUpSeconds * 1e3)
  let before = performance.now()
  let last = read()
  for (let interval = 1; interval <= INTERVALS; interval++) {
    // From where the last one really ended: among many threads this one may be late.
    sleepUntil(before + (seconds * 1e3) / INTERVALS)
    const now = performance.now()
    const counts = read()
    const microseconds = (now - before) * 1e3
    hits.push((counts.hits - last.hits) / microseconds)
    drops.push((counts.drops - last.drops) / microseconds)
    before = now
    last = counts
  }
  return { hits: rateOf(hits), drops: rateOf(drops) }
}
