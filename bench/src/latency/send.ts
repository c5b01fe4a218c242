/** How producers keep time: evenly, however late they are; or each record after a pause of its own. */
import type { WakeUpProducer } from '../waiting/measurements.js'
import { nowNs, nsAfter, nsBetween } from './clock.js'

export interface DueProducer {
  /** Sends a record with its number and with the time at which it was due. False when there is no room now. */
  send(sequence: number, due: number): boolean
  /** Called once after the last record. */
  end(): void
}

/**
 * While it warms up records come at no less than this rate, for most of the time: V8 compiles what has been called tens of
 * thousands of times, and at ten thousand a second that would go on for all of the measured time. The rest of it is
 * already like the measured time.
 */
const WARM_UP_RATE = 100_000
const HURRIED_SHARE = 0.75

/**
 * Sends record after record, each when it is due, until it is over; answers how many. Who is late makes up for it as
 * fast as it can, and every record says how late it was.
 *
 * The due times are added up in whole nanoseconds, because a product of them outgrows a machine word after two seconds:
 * in the middle of the measured time.
 */
export function sendEvenly(
  side: DueProducer,
  rate: number,
  warmUpSeconds: number,
  isOver: () => boolean,
): number {
  const intervalNs = wholeNs(rate)
  const hurriedNs = wholeNs(Math.max(rate, WARM_UP_RATE))
  const hurried = Math.floor((warmUpSeconds * HURRIED_SHARE * 1e9) / hurriedNs)
  let due = nowNs()
  let sent = 0
  while (!isOver()) {
    while (nsBetween(due, nowNs()) < 0);
    while (!side.send(sent, due)) {
      if (isOver()) return sent
    }
    sent++
    due = nsAfter(due, sent <= hurried ? hurriedNs : intervalNs)
  }
  return sent
}

/** The most records that come in so many seconds, the warm-up included. */
export function mostSent(rate: number, seconds: number): number {
  return Math.ceil(Math.max(rate, WARM_UP_RATE) * seconds)
}

/** Between two records. */
function wholeNs(rate: number): number {
  const ns = 1e9 / rate
  if (Number.isInteger(ns)) return ns
  throw new Error(`${rate} records a second are no whole number of nanoseconds apart`)
}

/** While it warms up pauses are short, so that there are many; the last quarter of it is like the measured time. */
const SHORT_PAUSE_MS = 0.05
const SHORT_SHARE = 0.75
/** The shortest pause; the longest is twice as long, and they are drawn, so that nothing falls into step with them. */
const PAUSE_MS = 1

const nobody = new Int32Array(new SharedArrayBuffer(4))

/** Sends lonely records until it is over; answers how many. */
export function sendLonely(side: WakeUpProducer, warmUpSeconds: number, isOver: () => boolean): number {
  const shortUntil = performance.now() + warmUpSeconds * SHORT_SHARE * 1e3
  let sent = 0
  while (!isOver()) {
    const pause = performance.now() < shortUntil ? SHORT_PAUSE_MS : PAUSE_MS * (1 + Math.random())
    Atomics.wait(nobody, 0, 0, pause)
    try {
      side.send(sent, nowNs)
    } catch (error) {
      // Of a ring that was closed meanwhile there is nothing to complain about.
      if (isOver()) break
      throw error
    }
    sent++
  }
  return sent
}
