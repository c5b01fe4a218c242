/**
 * How long records wait while many are under way: the counterpart of native/loaded.h.
 *
 * Each record carries the time at which it was due, not at which it was sent. All that happens to a record in the
 * measured time has happened before, in the warm-up, and on the same paths: V8 throws optimised code away when it comes
 * to a branch that it has never seen taken, and compiles anew, on the two cpus that are being measured.
 */
import type { HandOffShared, Measured } from '../contestant.js'
import { SequenceCheck } from '../sequence.js'
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
import type { OnRecord } from '../waiting/measurements.js'
import type { AwayProducer } from './away.js'
import { nowNs, nsAfter, nsBetween } from './clock.js'
import { bucketsOf, countDelays, delayFigures, delayUs } from './histogram.js'
import { type DueProducer, mostSent, sendEvenly } from './send.js'

export interface LoadedMeasurement<Shared = unknown> {
  readonly kind: 'loaded'
  /** Records a second. */
  readonly rate: number
  share(): HandOffShared<Shared>
  producer(shared: Shared): LoadedProducer | Promise<LoadedProducer>
  consumer(shared: Shared): LoadedConsumer | Promise<LoadedConsumer>
}

export type LoadedProducer = DueProducer | AwayProducer

export interface LoadedConsumer {
  /** Takes records until the producer has ended. Calls `turn` after each visit. */
  run(onRecord: OnRecord, turn: () => void): void | Promise<void>
}

/** nowNs wraps: a delay is told apart from its opposite for so many seconds, and none is longer than the run. */
const LONGEST_SECONDS = 2
/** Room for what still comes while the producer is being stopped. */
const SECONDS_BEHIND = 0.5

/** The beginning of the measured time is rehearsed, in this part of the warm-up. */
const REHEARSAL = 0.25

interface Delays {
  readonly ns: Int32Array
  readonly perSecond: number
}

export async function measureLoaded(measurement: LoadedMeasurement, run: ThreadRun): Promise<Measured> {
  if (run.warmUpSeconds + run.seconds > LONGEST_SECONDS) {
    throw new Error(`a run of more than ${LONGEST_SECONDS} s has delays that its clock cannot tell`)
  }
  const crew = new Crew(run, measurement.share())
  const [{ ns, perSecond }, , pinned] = await Promise.all([
    crew.hireConsumer<Delays>(),
    crew.hireProducers(),
    crew.start(),
  ])
  if (ns.length === 0) throw new Error('no record came in the measured time')
  const delays = countDelays(ns)
  const extra = { kPerSecond: perSecond / 1e3, ...delayFigures(delays) }
  return { value: delayUs(delays, 99), pinned, extra, histogram: bucketsOf(delays) }
}

export async function produceLoaded(
  side: LoadedProducer,
  rate: number,
  { control, warmUpSeconds }: WorkerTask,
): Promise<void> {
  if ('sendUntil' in side) {
    return enterProduced(control, await side.sendUntil(control, ['evenly', rate, warmUpSeconds]))
  }
  const sent = sendEvenly(side, rate, warmUpSeconds, () => isStopped(control))
  side.end()
  enterProduced(control, sent)
}

export async function consumeLoaded(
  side: LoadedConsumer,
  rate: number,
  { control, warmUpSeconds, seconds }: WorkerTask,
): Promise<Delays> {
  const check = new SequenceCheck()
  // By record number. Written to once, so that the pages are there when they are needed.
  const delaysNs = new Int32Array(mostSent(rate, warmUpSeconds + seconds + SECONDS_BEHIND)).fill(-1)
  // Asked once a visit, millions of times a second: by the clock that leaves no garbage.
  const began = nowNs()
  const turningPoints = [REHEARSAL * warmUpSeconds, warmUpSeconds, warmUpSeconds + seconds].map((at) =>
    nsAfter(began, at * 1e9),
  )
  /** How many records had come at each of them. */
  const passed: number[] = []
  let next = turningPoints[0] as number
  await side.run(
    (sequence, due) => {
      const now = nowNs()
      check.take(sequence)
      delaysNs[sequence] = nsBetween(due, now)
    },
    () => {
      if (passed.length === turningPoints.length || nsBetween(next, nowNs()) < 0) return
      passed.push(check.received)
      if (passed.length === turningPoints.length) stop(control)
      else next = turningPoints[passed.length] as number
    },
  )
  awaitProducers(control, 1)
  mustBeComplete(check.received, control)
  const [, opened = 0, closed = 0] = passed
  return { ns: delaysNs.slice(opened, closed), perSecond: (closed - opened) / seconds }
}
