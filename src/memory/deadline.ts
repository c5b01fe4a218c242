import { checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { nowMs } from './clock.js'

/** How long something may take. With both, the earlier counts; with neither, there is no limit. */
export interface TimeLimit {
  /** Milliseconds from now. Default: Infinity. */
  readonly timeoutMs?: number
  /** A moment: a Date, or a number on the clock of `performance.now()`, which no clock change moves, and which
   * begins anew in each thread. */
  readonly deadline?: Date | number
}

/** When the time is over, on the clock of `nowMs`. @throws RingbufError ERR_INVALID_ARGUMENT */
export function deadlineOf(limit: TimeLimit): number {
  checkOptions('options', limit)
  const { timeoutMs = Number.POSITIVE_INFINITY, deadline } = limit
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `timeoutMs ${String(timeoutMs)} must be 0 or more`, {
      value: String(timeoutMs),
    })
  }
  if (timeoutMs === Number.POSITIVE_INFINITY && deadline === undefined) return timeoutMs
  const now = nowMs()
  if (deadline === undefined) return now + timeoutMs
  const moment = deadline instanceof Date ? deadline.getTime() - Date.now() + now : deadline
  if (typeof moment !== 'number' || Number.isNaN(moment)) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `deadline ${String(deadline)} is no moment`, {
      value: String(deadline),
    })
  }
  return Math.min(now + timeoutMs, moment)
}
