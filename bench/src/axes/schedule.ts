/**
 * When records are due that are offered at a rate: evenly, or in bursts. The counterpart of native/offered.h.
 *
 *   even     ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
 *   bursts   █         █              ten times the rate, in the first millisecond of ten
 */

export interface Load {
  /** Records a second, of all producers together. */
  readonly rate: number
  /** Each gets an equal share of the rate. Bursts of several come one after the other. */
  readonly producers: number
  readonly bursts: boolean
}

export const BURST_MS = 1
export const BURST_FACTOR = 10
const PERIOD_MS = BURST_MS * BURST_FACTOR

/** How many records of one producer are due in the first so many milliseconds; not a whole number. */
export function dueUntil({ rate, producers, bursts }: Load, producer: number, ms: number): number {
  const perMs = rate / producers / 1e3
  if (!bursts) return perMs * ms
  const shift = (PERIOD_MS * producer) / producers
  return perMs * (burstTime(ms + PERIOD_MS - shift) - burstTime(PERIOD_MS - shift))
}

/** Milliseconds of even load that bursts have made up for by then. */
function burstTime(ms: number): number {
  const periods = Math.floor(ms / PERIOD_MS)
  return periods * PERIOD_MS + Math.min(ms - periods * PERIOD_MS, BURST_MS) * BURST_FACTOR
}

/** Of the records that have become due, those of so many milliseconds are still offered, and so many more. */
const LATE_MS = 0.02
const LATE_RECORDS = 16

/** More than that, at one look at the clock, have become due while the producer was not there: nobody offers them. */
export function mostAtOnce({ rate, producers, bursts }: Load): number {
  const peak = ((rate / producers) * (bursts ? BURST_FACTOR : 1)) / 1e3
  return Math.floor(peak * LATE_MS) + LATE_RECORDS
}
