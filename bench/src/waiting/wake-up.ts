/**
 * How long a lonely record waits for a consumer that sleeps.
 *
 *   producer worker (cpu0) ──number, time──► transport ──wakes──► consumer worker (cpu1), asleep
 *          └─ sleeps 1 to 2 ms ─┘
 *
 * The figure is the median of the time from just before the commit until the consumer has the record. The counterpart
 * of native/wake_up.h.
 */
import type { Measured } from '../contestant.js'
import { checkFor } from '../sequence.js'
import { quantile } from '../statistics.js'
import {
  awaitProducers,
  enterProduced,
  mustBeComplete,
  STOP,
  type ThreadRun,
  type WorkerTask,
} from '../threads/control.js'
import { Crew } from '../threads/crew.js'
import { sharedNow } from './clock.js'
import type { WakeUpConsumer, WakeUpMeasurement, WakeUpProducer } from './measurements.js'

/** While it warms up pauses are short, so that there are many; the last quarter of it is like the measured time. */
const SHORT_PAUSE_MS = 0.05
const SHORT_SHARE = 0.75
/** The shortest pause; the longest is twice as long, and they are drawn, so that nothing falls into step with them. */
const PAUSE_MS = 1

interface Latencies {
  readonly us: readonly number[]
  readonly sleepShare: number | undefined
}

export async function measureWakeUp(measurement: WakeUpMeasurement, run: ThreadRun): Promise<Measured> {
  const crew = new Crew(run, measurement.share())
  const [{ us, sleepShare }, , pinned] = await Promise.all([
    crew.hireConsumer<Latencies>(),
    crew.hireProducers(),
    crew.start(),
  ])
  if (us.length === 0) throw new Error('no record came in the measured time')
  const extra = {
    p90Us: quantile(us, 0.9),
    p99Us: quantile(us, 0.99),
    samples: us.length,
    ...(sleepShare !== undefined && { sleepShare }),
  }
  return { value: quantile(us, 0.5), pinned, extra }
}

export function produceWakeUps(side: WakeUpProducer, { control, warmUpSeconds }: WorkerTask): void {
  const shortUntil = sharedNow() + warmUpSeconds * SHORT_SHARE * 1e3
  let sequence = 0
  while (Atomics.load(control, STOP) === 0) {
    const pause = sharedNow() < shortUntil ? SHORT_PAUSE_MS : PAUSE_MS * (1 + Math.random())
    Atomics.wait(control, STOP, 0, pause)
    side.send(sequence++, sharedNow)
  }
  side.end()
  enterProduced(control, sequence)
}

export async function consumeWakeUps(
  side: WakeUpConsumer,
  { rings = 1 }: { readonly rings?: number },
  task: WorkerTask,
): Promise<Latencies> {
  const { control, warmUpSeconds, seconds } = task
  const check = checkFor(rings)
  const us: number[] = []
  const from = sharedNow() + warmUpSeconds * 1e3
  const end = from + seconds * 1e3
  let sleepsBefore = 0
  let sleeps = 0
  await side.run((sequence, stamp) => {
    const now = sharedNow()
    check.take(sequence)
    if (now >= end) Atomics.store(control, STOP, 1)
    if (now < from || now >= end) return
    if (us.length === 0) sleepsBefore = side.sleeps?.() ?? 0
    us.push((now - stamp) * 1e3)
    sleeps = (side.sleeps?.() ?? 0) - sleepsBefore
  })
  awaitProducers(control, 1)
  mustBeComplete(check.received, control)
  // The first of them had slept before it was counted.
  return { us, sleepShare: side.sleeps && us.length > 1 ? sleeps / (us.length - 1) : undefined }
}
