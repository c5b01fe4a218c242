/** The cases of the suite `latency`: how long records wait while others are under way. */
import type { Case } from '../cases.js'

/** Records a second. */
export const LOADED_RATES = { '100k': 100_000, '1M': 1_000_000 } as const

export type LatencyCaseName = `loaded-latency-${keyof typeof LOADED_RATES}`

/**
 *   producer thread (cpu0) ──16 B, so many a second, evenly──► ring ──► consumer thread (cpu1)
 *
 * From when a record was due until the consumer has it. A producer that is held up is late for all that were due
 * meanwhile, and that counts: no omission is coordinated.
 */
export const LATENCY_CASES: readonly Case[] = (
  Object.keys(LOADED_RATES) as (keyof typeof LOADED_RATES)[]
).map((rate) => ({
  name: `loaded-latency-${rate}`,
  unit: 'us',
  about: `${rate} records a second, evenly: from when one was due to its consumption, 99th percentile`,
  yardsticks: ['c-kernel', 'c-kernel-paced'],
  stretch: 2,
}))
