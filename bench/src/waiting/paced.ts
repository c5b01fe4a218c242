/**
 * So many records a second, evenly, and a consumer that is woken for them by some policy.
 *
 *   producer worker (cpu0) ──number, time──► ring ──► consumer worker (cpu1)
 *
 * The producer keeps time by looking at the clock without pause, for no sleep is as short as the time between two
 * records. So its own cpu time says nothing; what counts is the time that it spends inside the ring, which contains
 * the wake-ups it sends (and one look at the clock a record). Of the consumer everything counts.
 */
import type { Measured } from '../contestant.js'
import { SequenceCheck } from '../sequence.js'
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
import type { PacedConsumer, PacedMeasurement, PacedProducer } from './measurements.js'
import { threadCpuMs } from './thread-cpu.js'

/** The delay of so many records a second is taken, at most: of one in so many, where there are more. */
const DELAYS_PER_SECOND = 20_000

interface Produced {
  /** ns a record, after the warm-up. */
  readonly producerNs: number
}

interface Consumed {
  readonly perSecond: number
  readonly consumerNs: number
  /** A million records. */
  readonly wakeups: number
  readonly elided: number
  readonly spurious: number
  readonly us: readonly number[]
}

export async function measurePaced(measurement: PacedMeasurement, run: ThreadRun): Promise<Measured> {
  const crew = new Crew(run, measurement.share())
  const [consumed, produced, pinned] = await Promise.all([
    crew.hireConsumer<Consumed>(),
    crew.hireProducers<Produced>(),
    crew.start(),
  ])
  const { perSecond, consumerNs, wakeups, elided, spurious, us } = consumed
  const producerNs = produced[0]?.producerNs ?? Number.NaN
  if (!Number.isFinite(consumerNs)) throw new Error('this system does not tell the cpu time of a thread')
  const extra = {
    kPerSecond: perSecond / 1e3,
    consumerNs,
    producerNs,
    wakeups,
    elided,
    spurious,
    p50Us: quantile(us, 0.5),
    p99Us: quantile(us, 0.99),
  }
  return { value: consumerNs + producerNs, pinned, extra }
}

export function producePaced(side: PacedProducer, rate: number, task: WorkerTask): Produced {
  const { control, warmUpSeconds } = task
  const start = sharedNow()
  const countFrom = start + warmUpSeconds * 1e3
  let sent = 0
  let counted = 0
  let insideMs = 0
  while (Atomics.load(control, STOP) === 0) {
    const now = sharedNow()
    const due = Math.floor(((now - start) * rate) / 1e3)
    if (sent >= due) continue
    const before = sent
    while (sent < due && side.send(sent, now)) sent++
    if (now < countFrom) continue
    insideMs += sharedNow() - now
    counted += sent - before
  }
  side.end()
  enterProduced(control, sent)
  return { producerNs: (insideMs * 1e6) / counted }
}

export async function consumePaced(side: PacedConsumer, rate: number, task: WorkerTask): Promise<Consumed> {
  const { control, warmUpSeconds, seconds } = task
  const check = new SequenceCheck()
  const every = Math.max(1, Math.round(rate / DELAYS_PER_SECOND))
  const us: number[] = []
  const from = sharedNow() + warmUpSeconds * 1e3
  const reading = () => ({
    at: sharedNow(),
    cpuMs: threadCpuMs(),
    received: check.received,
    ...side.counters(),
  })
  let opened: ReturnType<typeof reading> | undefined
  let closed: ReturnType<typeof reading> | undefined
  await side.run(
    (sequence, stamp) => {
      check.take(sequence)
      if (opened !== undefined && closed === undefined && sequence % every === 0) {
        us.push((sharedNow() - stamp) * 1e3)
      }
    },
    () => {
      const now = sharedNow()
      if (opened === undefined) {
        if (now >= from) opened = reading()
      } else if (closed === undefined && now >= opened.at + seconds * 1e3) {
        closed = reading()
        Atomics.store(control, STOP, 1)
      }
    },
  )
  awaitProducers(control, 1)
  mustBeComplete(check.received, control)
  if (opened === undefined || closed === undefined) throw new Error('the run ended before its time')
  const records = closed.received - opened.received
  const perMillion = (before: number, after: number) => ((after - before) * 1e6) / records
  return {
    perSecond: (records * 1e3) / (closed.at - opened.at),
    consumerNs: ((closed.cpuMs - opened.cpuMs) * 1e6) / records,
    wakeups: perMillion(opened.wakeups, closed.wakeups),
    elided: perMillion(opened.elided, closed.elided),
    spurious: perMillion(opened.spurious, closed.spurious),
    us,
  }
}
