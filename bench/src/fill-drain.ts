/**
 * One thread fills the empty ring, then drains it, again and again.
 *
 *   thread (cpu0) ──fill──► ring (1 MiB) ──drain──► same thread
 *
 * The figure is ns a record while filling, or while draining if the measurement says so; the other is timed apart.
 * The counterpart of native/fill_drain.h.
 */
import type { FillDrainMeasurement, Measured } from './contestant.js'
import { PRODUCER_CPU, pinThisThread } from './pin.js'
import { SequenceCheck } from './sequence.js'

export async function measureFillDrain(
  measurement: FillDrainMeasurement,
  warmUpSeconds: number,
  seconds: number,
): Promise<Measured> {
  const pinned = pinThisThread(PRODUCER_CPU)
  const ring = await measurement.open()
  const check = new SequenceCheck()
  let fillMs = 0
  let drainMs = 0
  let records = 0
  const measureFrom = performance.now() + warmUpSeconds * 1e3
  const end = measureFrom + seconds * 1e3
  for (let before = performance.now(); before < end; ) {
    const first = check.received
    const filled = ring.fill(first)
    const between = performance.now()
    ring.drain(check)
    const after = performance.now()
    if (check.received !== first + filled) {
      throw new Error(`${check.received - first} of ${filled} records came out`)
    }
    if (before >= measureFrom) {
      fillMs += between - before
      drainMs += after - between
      records += filled
    }
    before = after
  }
  const fillNs = (fillMs * 1e6) / records
  const drainNs = (drainMs * 1e6) / records
  return measurement.timed === 'drain'
    ? { value: drainNs, pinned, extra: { fillNs } }
    : { value: fillNs, pinned, extra: { drainNs } }
}
