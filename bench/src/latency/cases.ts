/** The cases of the suite `latency`: how long records wait, alone and while others are under way. */
import type { Case } from '../cases.js'
import { IDLE_WAKE_UP } from '../waiting/cases.js'

/** Records a second. The last is about half of what this package carries between two threads of such records. */
export const LOADED_RATES = { '10k': 10_000, '100k': 100_000, '1M': 1_000_000, '5M': 5_000_000 } as const

export type LatencyCaseName = `loaded-latency-${keyof typeof LOADED_RATES}`

/**
 *   producer (cpu0) ──16 B, so many a second, evenly──► transport ──► consumer (cpu1)
 *
 * From when a record was due until the consumer has it. A producer that is held up is late for all that were due
 * meanwhile, and that counts: no omission is coordinated. Who cannot carry so many gets ever later; what it carried
 * stands in the notes.
 */
export const LOADED_CASES: readonly Case[] = (Object.keys(LOADED_RATES) as (keyof typeof LOADED_RATES)[]).map(
  (rate): Case => ({
    name: `loaded-latency-${rate}`,
    unit: 'us',
    about: `${rate} records a second, evenly: from when one was due to its consumption, 99th percentile`,
    yardsticks: ['c-kernel', 'c-kernel-paced'],
    stretch: 2,
  }),
)

export const LATENCY_CASES: readonly Case[] = [...LOADED_CASES, IDLE_WAKE_UP]
