/**
 * What a flood does to the event loop of the thread that consumes it.
 *
 *   producer worker (cpu0) ──as fast as it can──► ring ──► main thread (cpu1): event loop, timers watched
 *
 * The main thread consumes here, because that is where event loops matter. The delay is that of a timer of 1 ms
 * (perf_hooks), less that millisecond; all of the flood counts, its warm-up as well.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as after } from 'node:timers/promises'
import type { Measured } from '../contestant.js'
import { consumeByLoop } from '../hand-off/consumer.js'
import { Window } from '../hand-off/window.js'
import { CONSUMER_CPU, pinThisThread } from '../pin.js'
import type { ThreadRun } from '../threads/control.js'
import { Crew } from '../threads/crew.js'
import type { EventLoopMeasurement } from './measurements.js'

const RESOLUTION_MS = 1
/** Before and after the flood, so that the delay of its first and of its last turn is seen. */
const QUIET_MS = 5

export async function measureEventLoop(measurement: EventLoopMeasurement, run: ThreadRun): Promise<Measured> {
  const shares = measurement.share()
  const crew = new Crew(run, shares)
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  let perSecond = Number.NaN
  let pinned = false
  let mainPinned = false

  const consume = async () => {
    const consumer = await measurement.consumer(shares.consumer)
    pinned = await crew.start(async () => {
      mainPinned = pinThisThread(CONSUMER_CPU)
      delay.enable()
      await after(QUIET_MS)
    })
    const window = new Window(run.warmUpSeconds, run.seconds)
    await consumeByLoop(consumer, crew.control, window, measurement.rings ?? 1)
    perSecond = window.perSecond
    await after(QUIET_MS)
    delay.disable()
  }
  await Promise.all([crew.hireProducers(), consume()])

  const beyond = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
  const extra = {
    p50Ms: beyond(delay.percentile(50)),
    maxMs: beyond(delay.max),
    samples: delay.count,
    mPerSecond: perSecond / 1e6,
  }
  return { value: beyond(delay.percentile(99)), pinned: pinned && mainPinned, extra }
}
