/**
 * How long a lonely record waits for a consumer that sleeps.
 *
 *   producer (cpu0) ──number, time──► transport ──wakes──► consumer worker (cpu1), asleep
 *        └─ sleeps 1 to 2 ms ─┘
 *
 * The figure is the median of the time from just before the commit until the consumer has the record. The counterpart
 * of native/wake_up.h.
 */
import type { Measured } from '../contestant.js'
import { nowNs, nsBetween } from '../latency/clock.js'
import { bucketsOf, countDelays, delayFigures, delayUs } from '../latency/histogram.js'
import { sendLonely } from '../latency/send.js'
import { checkFor } from '../sequence.js'
import {
  awaitProducers,
  enterProduced,
  isStopped,
  mustBeComplete,
  stop,
  type ThreadRun,
  type WorkerTask,
} from '../threads/control.js'
import { Crew } from '../threads/crew.js'
import type { LonelyProducer, WakeUpConsumer, WakeUpMeasurement } from './measurements.js'

interface Latencies {
  readonly ns: readonly number[]
  readonly sleepShare: number | undefined
}

export async function measureWakeUp(measurement: WakeUpMeasurement, run: ThreadRun): Promise<Measured> {
  const crew = new Crew(run, measurement.share())
  const [{ ns, sleepShare }, , pinned] = await Promise.all([
    crew.hireConsumer<Latencies>(),
    crew.hireProducers(),
    crew.start(),
  ])
  if (ns.length === 0) throw new Error('no record came in the measured time')
  const delays = countDelays(ns)
  const extra = { ...delayFigures(delays), ...(sleepShare !== undefined && { sleepShare }) }
  return { value: delayUs(delays, 50), pinned, extra, histogram: bucketsOf(delays) }
}

export async function produceWakeUps(side: LonelyProducer, task: WorkerTask): Promise<void> {
  const { control, warmUpSeconds } = task
  if ('sendUntil' in side)
    return enterProduced(control, await side.sendUntil(control, ['lonely', warmUpSeconds]))
  const sent = sendLonely(side, warmUpSeconds, () => isStopped(control))
  side.end()
  enterProduced(control, sent)
}

export async function consumeWakeUps(
  side: WakeUpConsumer,
  { rings = 1 }: { readonly rings?: number },
  task: WorkerTask,
): Promise<Latencies> {
  const { control, warmUpSeconds, seconds } = task
  const check = checkFor(rings)
  const ns: number[] = []
  const from = performance.now() + warmUpSeconds * 1e3
  const end = from + seconds * 1e3
  let sleepsBefore = 0
  let sleeps = 0
  await side.run((sequence, stamp) => {
    const delay = nsBetween(stamp, nowNs())
    const now = performance.now()
    check.take(sequence)
    if (now >= end) stop(control)
    if (now < from || now >= end) return
    if (ns.length === 0) sleepsBefore = side.sleeps?.() ?? 0
    ns.push(delay)
    sleeps = (side.sleeps?.() ?? 0) - sleepsBefore
  })
  awaitProducers(control, 1)
  mustBeComplete(check.received, control)
  // The first of them had slept before it was counted.
  return { ns, sleepShare: side.sleeps && ns.length > 1 ? sleeps / (ns.length - 1) : undefined }
}
