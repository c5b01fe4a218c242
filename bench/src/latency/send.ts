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
 * Sends record after record, each when it is due, until it is over; answers how many. Who is late makes up for it as
 * fast as it can, and every record says how late it was.
 */
export function sendEvenly(side: DueProducer, rate: number, isOver: () => boolean): number {
  const intervalNs = 1e9 / rate
  const start = nowNs()
  let sent = 0
  while (!isOver()) {
    const due = nsAfter(start, sent * intervalNs)
    while (nsBetween(due, nowNs()) < 0);
    while (!side.send(sent, due)) {
      if (isOver()) return sent
    }
    sent++
  }
  return sent
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
