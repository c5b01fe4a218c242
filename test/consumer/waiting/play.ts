import { setTimeout } from 'node:timers/promises'
import type { TimeLimit } from 'bpf-ringbuf'
import type { Stagehand, Step } from '../support/stagehand.js'
import type { Combination, Limit } from './combination.js'
import { type End, isShort, type Prediction, predict } from './prediction.js'
import { FLAGS, type Scene } from './scene.js'

/** So long that whoever ends after it was not woken, but ran out of time. */
const LONG_MS = 60_000
const SHORT_MS = 8
/** Who is still waiting then was not woken. */
const HOPELESS_MS = 2000
/** Who is still waiting then has not ended too early. */
const PATIENT_MS = 4

/** What the stagehand marks. */
const MARK_EVENT = 1
const MARK_RESCUED = 2

/** Plays one row of the table. Answers what is wrong; undefined if nothing is. */
export async function play(
  row: Combination,
  scene: Scene,
  stagehand: Stagehand,
  turn: number,
): Promise<string | undefined> {
  const ring = turn % scene.rings.length
  const predicted = predict(row, ring)
  for (let shortMs = SHORT_MS; ; shortMs *= 5) {
    const { actual, took, happened, records } = await stage(row, scene, stagehand, turn, predicted, shortMs)
    // A machine that was busy elsewhere: it ran out of time before anything could happen, or just then.
    const ranOut = !happened || (predicted.end === 'the event' && took >= shortMs - 1.1)
    if (isShort(row.limit) && ranOut && shortMs < 1000) continue
    // Or it came between saying that it sleeps and its last look, which finds what nobody would wake it for.
    const foundLast =
      predicted.end === 'its time' && row.event === 'record, NO_WAKEUP' && took < shortMs - 1.1
    if (isShort(row.limit) && foundLast && shortMs < 1000) continue
    if (actual.answer !== predicted.answer) return `answered ${actual.answer}, not ${predicted.answer}`
    if (actual.end !== predicted.end) return `was ended by ${actual.end}, not by ${predicted.end}`
    if (predicted.end === 'its time' && isShort(row.limit) && took < shortMs - 1.1) {
      return `ended after ${took} ms of ${shortMs}`
    }
    const left = recordsLeft(row, predicted)
    return records === left ? undefined : `left ${records} records, not ${left}`
  }
}

interface Staged {
  readonly actual: Prediction
  readonly took: number
  /** Whether it came as far as the event. */
  readonly happened: boolean
  /** Those that were there after it ended. */
  readonly records: number
}

async function stage(
  row: Combination,
  scene: Scene,
  stagehand: Stagehand,
  turn: number,
  predicted: Prediction,
  shortMs: number,
): Promise<Staged> {
  const { event, moment } = row
  const ring = turn % scene.rings.length
  const during = moment === 'while it waits'
  const flushing = during ? undefined : happenBefore(row, scene, ring)
  const playing = stagehand.play(...(during ? eventSteps(row, ring, turn) : []), {
    step: 'rescue',
    ring,
    afterMs: predicted.end === 'the rescue' ? PATIENT_MS : HOPELESS_MS,
    mark: MARK_RESCUED,
  })
  const closing = during && event === 'waiter is closed' ? closeLater(scene, stagehand, turn % 3) : undefined
  const started = performance.now()
  const answer = await scene.wait(limitOf(row.limit, shortMs))
  const took = performance.now() - started
  const { mark } = stagehand
  stagehand.tellEnded()
  await closing
  if (event === 'waiter is closed') scene.open()
  let records = scene.clear()
  await playing
  await flushing
  records += scene.clear()
  if (event === 'ring is closed') scene.replaceRing(ring)
  const happened = !during || mark >= MARK_EVENT
  return { actual: { answer, end: endOf(mark, predicted.end, during) }, took, happened, records }
}

/** What ended it, as far as the marks tell. */
function endOf(mark: number, predicted: End, during: boolean): End {
  if (mark === MARK_RESCUED) return 'the rescue'
  if (predicted === 'its time') return 'its time'
  if (mark === MARK_EVENT) return 'the event'
  return during ? 'its time' : 'at once'
}

function happenBefore({ event }: Combination, scene: Scene, ring: number): Promise<boolean> | undefined {
  if (event === 'ring is closed') scene.rings[ring]?.close()
  else if (event === 'waiter is closed') scene.closeWaiter()
  else if (event !== 'nothing') scene.output(ring, FLAGS[event] as number)
  if (event.endsWith('flush')) return scene.rings[ring]?.flushAsync({ timeoutMs: HOPELESS_MS * 2 })
  return undefined
}

function eventSteps({ event, strategy }: Combination, ring: number, turn: number): Step[] {
  // Who never sleeps has begun soon after; the others may be between their steps, or asleep.
  const settle: Step = { step: 'settle', ring, mostMs: strategy === 'busy' ? 1 : 200 }
  const pause: Step = { step: 'pause', ms: (turn % 4) / 10 }
  if (event === 'waiter is closed') return []
  const steps: Step[] = [settle, pause, { step: 'mark', mark: MARK_EVENT }]
  if (event === 'ring is closed') steps.push({ step: 'close', ring })
  else if (event !== 'nothing') steps.push({ step: 'output', ring, flags: FLAGS[event] as number })
  if (event.endsWith('flush')) steps.push({ step: 'flush', ring })
  return steps
}

/** Records that the wait itself does not take: pollers do, if they see them. */
function recordsLeft({ event, way }: Combination, { end }: Prediction): number {
  const sent = (event.startsWith('record') ? 1 : 0) + (end === 'the rescue' ? 1 : 0)
  const polled = way.startsWith('poll') && end !== 'its time'
  return polled ? 0 : sent
}

function limitOf(limit: Limit, shortMs: number): TimeLimit {
  if (limit === 'timeout 0') return { timeoutMs: 0 }
  const ms = isShort(limit) ? shortMs : LONG_MS
  if (limit.endsWith('timeout')) return limit === 'no timeout' ? {} : { timeoutMs: ms }
  return { deadline: limit.endsWith('Date') ? new Date(Date.now() + ms) : performance.now() + ms }
}

async function closeLater(scene: Scene, stagehand: Stagehand, ms: number): Promise<void> {
  await setTimeout(ms)
  stagehand.mark = MARK_EVENT
  scene.closeWaiter()
}
