/**
 * So many records a second are offered, and what finds no room is lost. The counterpart of native/offered.h.
 *
 *   producer worker (cpu0) ──64 B, evenly or in bursts, never again──► ring ──► consumer worker (cpu1), works on each
 *
 * The producer looks at the clock and offers what has become due. What it could not offer in time, because it was taken
 * off its cpu or because the rate is beyond it, is never offered: events that nobody could report do not pile up. The
 * figure is the share of the offered records that was lost, in percent; how many were offered stands beside it.
 *
 * One thread plays all producers of a load, so that their schedules are kept on two cpus.
 */
import type { HandOffProducer, HandOffShared, Measured } from '../contestant.js'
import { firstSequence } from '../sequence.js'
import { DONE, enterProduced, mustBeComplete, type ThreadRun, type WorkerTask } from '../threads/control.js'
import { Crew } from '../threads/crew.js'
import { GapsCheck } from './gaps-check.js'
import { dueUntil, type Load, mostAtOnce } from './schedule.js'
import { workOf } from './work.js'

export const OFFERED_BYTES = 64
/** Of one visit: the consumer gives room back after that many at the latest. */
const DRAIN_LIMIT = 64
/** Empty turns after the producer ended until records count as lost. */
const EMPTY_TURNS_AT_END = 1000

export interface OfferedMeasurement<Shared = unknown> {
  readonly kind: 'offered'
  readonly load: Load
  /** What the consumer works on each record. */
  readonly workNs: number
  share(): HandOffShared<Shared>
  /** Of each producer in the load; a push that answers false is a loss. */
  producers(shared: Shared): readonly HandOffProducer[]
  consumer(shared: Shared): OfferedConsumer
}

export interface OfferedConsumer {
  /**
   * Takes what is ready, at most `limit` records, and passes each to `look`: its words are `words[at]` and those behind.
   * Must look at the record's length, and throw when it is another; may pause for some microseconds if it found little.
   */
  drain(look: (words: Int32Array, at: number) => void, limit: number): number
}

interface Offered {
  readonly lostPercent: number
  readonly offeredMPerSecond: number
  readonly mPerSecond: number
}

export async function measureOffered(measurement: OfferedMeasurement, run: ThreadRun): Promise<Measured> {
  const crew = new Crew(run, measurement.share())
  const [, offered, pinned] = await Promise.all([
    crew.hireConsumer(),
    crew.hireProducers<Offered>(),
    crew.start(),
  ])
  const { lostPercent, ...extra } = offered[0] as Offered
  if (!Number.isFinite(lostPercent)) throw new Error('nothing was offered in the measured time')
  return { value: lostPercent, pinned, extra }
}

export function produceOffered(
  sides: readonly HandOffProducer[],
  load: Load,
  { control, warmUpSeconds, seconds }: Pick<WorkerTask, 'control' | 'warmUpSeconds' | 'seconds'>,
): Offered {
  const books = { attempted: 0, accepted: 0 }
  const queues = sides.map((side, producer) => openQueue(side, firstSequence(producer), books))
  const most = mostAtOnce(load)
  const due = sides.map(() => 0)
  const start = performance.now()
  const opens = start + warmUpSeconds * 1e3
  const closes = opens + seconds * 1e3
  let opened: typeof books & { at: number } = { at: 0, attempted: 0, accepted: 0 }
  let now = start
  for (; now < closes; now = performance.now()) {
    if (opened.at === 0 && now >= opens) opened = { at: now, ...books }
    for (let producer = 0; producer < queues.length; producer++) {
      const count = Math.floor(dueUntil(load, producer, now - start) - (due[producer] as number))
      if (count === 0) continue
      due[producer] = (due[producer] as number) + count
      queues[producer]?.(Math.min(count, most))
    }
  }
  for (const side of sides) side.end?.()
  enterProduced(control, books.accepted)
  const attempted = books.attempted - opened.attempted
  const accepted = books.accepted - opened.accepted
  const perSecond = (count: number) => count / ((now - opened.at) * 1e3)
  return {
    lostPercent: (100 * (attempted - accepted)) / attempted,
    offeredMPerSecond: perSecond(attempted),
    mPerSecond: perSecond(accepted),
  }
}

/** Offers so many records of one producer, each once. */
function openQueue(side: HandOffProducer, first: number, books: { attempted: number; accepted: number }) {
  const payload = side.payload ?? new Uint8Array(OFFERED_BYTES)
  const words = new Int32Array(payload.buffer, payload.byteOffset, OFFERED_BYTES / 4)
  for (let i = 1; i < words.length; i++) words[i] = 0x4000_0000 + i
  let sequence = first
  return (count: number) => {
    let accepted = 0
    for (let i = 0; i < count; i++) {
      words[0] = sequence++
      if (side.push(payload)) accepted++
    }
    books.attempted += count
    books.accepted += accepted
  }
}

export function consumeOffered(
  side: OfferedConsumer,
  { load, workNs }: Pick<OfferedMeasurement, 'load' | 'workNs'>,
  { control }: WorkerTask,
  ready: () => void,
): void {
  const check = new GapsCheck(load.producers)
  const work = workOf(workNs, OFFERED_BYTES)
  const look = (words: Int32Array, at: number) => {
    check.take(words[at] as number)
    work(words, at)
  }
  ready()
  for (let empty = 0; empty < EMPTY_TURNS_AT_END; ) {
    const ended = Atomics.load(control, DONE) > 0
    if (side.drain(look, DRAIN_LIMIT) === 0 && ended) empty++
  }
  mustBeComplete(check.received, control)
}
