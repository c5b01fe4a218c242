import { type Combination, isOfOneRing, isPoller, type Limit } from './combination.js'

/**
 * What ends a wait:
 *
 * - `at once`: what happened before it began
 * - `the event`: what happened while it waited
 * - `its time`: not before its time was over
 * - `the rescue`: nothing of all that: a record that is sent when it has waited long enough
 */
export type End = 'at once' | 'the event' | 'its time' | 'the rescue'

export interface Prediction {
  readonly end: End
  /** What the wait answers, in words: see Scene. */
  readonly answer: string
}

export function isShort(limit: Limit): boolean {
  return limit.startsWith('short')
}

/** How a wait must end. `ring` is the one that it happens to. */
export function predict(row: Combination, ring: number): Prediction {
  const { way, limit, event, moment, strategy } = row
  // A consumer looks at its records; whoever waits for many knows of wake-ups only.
  const looks = isOfOneRing(way) && (moment === 'before' || strategy === 'busy')
  const seen = event !== 'nothing' && (event !== 'record, NO_WAKEUP' || looks)
  if (seen) return { end: moment === 'before' ? 'at once' : 'the event', answer: answerTo(row, ring) }
  const quiet = event === 'record, NO_WAKEUP'
  if (limit === 'timeout 0' || isShort(limit)) {
    if (isOfOneRing(way)) return { end: 'its time', answer: quiet ? 'ready' : 'timeout' }
    return { end: 'its time', answer: isPoller(way) ? '0 records' : 'no events' }
  }
  const rescue = 'the rescue'
  if (isOfOneRing(way)) return { end: rescue, answer: 'ready' }
  if (isPoller(way)) return { end: rescue, answer: `${quiet ? 2 : 1} records` }
  return { end: rescue, answer: `ring ${ring}` }
}

/** What it answers when the event was seen. */
function answerTo({ way, event, moment }: Combination, ring: number): string {
  if (event === 'waiter is closed') {
    if (moment === 'before' || way === 'waitAsync') return 'ERR_CONSUMER_CLOSED'
    return isPoller(way) ? '0 records' : 'no events'
  }
  const closed = event === 'ring is closed'
  if (isOfOneRing(way)) return closed ? 'closed' : 'ready'
  if (isPoller(way)) return closed ? '0 records' : '1 records'
  return `ring ${ring}${closed ? ' closed' : ''}`
}
