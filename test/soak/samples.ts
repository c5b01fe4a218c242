/** What a process has, and whether it has more and more of it. */
import { readdirSync, readFileSync } from 'node:fs'

const MIB = 2 ** 20

/**
 * What is watched, and by how much its fit may grow over the second half of a run, however long that is. Counts
 * must not grow; memory may move a little, with when garbage is collected and what the allocator keeps.
 */
export const MOST_GROWTH = {
  rss: 24 * MIB,
  heapUsed: 2 * MIB,
  external: 2 * MIB,
  arrayBuffers: 2 * MIB,
  descriptors: 2,
  threads: 2,
  maps: 100,
  resources: 2,
} as const

export type Figure = keyof typeof MOST_GROWTH
export type Sample = Readonly<Record<Figure, number>> & { readonly seconds: number }

export function takeSample(seconds: number): Sample {
  // Twice: what the first leaves to finalizers the second collects.
  globalThis.gc?.()
  globalThis.gc?.()
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
  return {
    seconds,
    rss,
    heapUsed,
    external,
    arrayBuffers,
    descriptors: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
    maps: readFileSync('/proc/self/maps', 'latin1').split('\n').length,
    resources: process.getActiveResourcesInfo().length,
  }
}

export interface Growth {
  readonly figure: Figure
  /** By the fit of the second half. */
  readonly perHour: number
  /** In the second half. */
  readonly growth: number
  readonly limit: number
  readonly last: number
}

/** Fits a line to the second half of the samples. */
export function growthOf(samples: readonly Sample[]): readonly Growth[] {
  const half = samples.slice(samples.length >>> 1)
  const seconds = (half.at(-1) as Sample).seconds - (half[0] as Sample).seconds
  return (Object.keys(MOST_GROWTH) as Figure[]).map((figure) => {
    const slope = slopeOf(half.map((sample) => [sample.seconds, sample[figure]]))
    return {
      figure,
      perHour: slope * 3600,
      growth: slope * seconds,
      limit: MOST_GROWTH[figure],
      last: (half.at(-1) as Sample)[figure],
    }
  })
}

/** By least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (which: 0 | 1) => points.reduce((sum, point) => sum + point[which], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  let [above, below] = [0, 0]
  for (const point of points) {
    above += (point[0] - x) * (point[1] - y)
    below += (point[0] - x) ** 2
  }
  return below === 0 ? 0 : above / below
}
