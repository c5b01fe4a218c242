import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import {
  createRing,
  type EngineKind,
  identityHolds,
  type ReservationOrder,
  type WaitStrategy,
} from 'bpf-ringbuf'
import { Random } from '../ring/support/random.js'
import type { RoundOrder, RoundReport } from './producer.js'
import { openSleeper, SLEEPERS, type Sleeper, Taker } from './sleeper.js'

/** One way to shake hands, many times. */
export interface Phase {
  readonly engine: EngineKind
  readonly reservations: ReservationOrder
  /** Whether the consumer blocks its thread. */
  readonly blocking: boolean
  readonly rings: number
  readonly handshakes: number
  readonly seed: number
  /** Longer than that nobody may wait for what was promised, not counting waits for a processor. */
  readonly mostStallMs: number
}

export interface PhaseResult extends Phase {
  readonly seconds: number
  readonly stallsUs: Float32Array<ArrayBuffer>
  /** The longest time in a stall for which one of the two had no processor; no part of the stall. */
  readonly starvedMs: number
  readonly records: number
  readonly wakeups: number
  readonly elided: number
  readonly spurious: number
}

/** Handshakes with the same rings, before they are closed and others are made. */
const ROUND = 2000
/** Who has not been woken after so long never will be. */
const HOPELESS_MS = 10_000

/** Waits of a restless consumer last so long at most. */
const SHORT_US = 200
const ABORTED = new Error('the wait was aborted')

/** Mostly asleep: that is what this is about. */
const STRATEGIES: readonly WaitStrategy[] = ['park', { spinUs: 5 }, 'park', 'adaptive', 'park', 'yield']

/** Throws when a record is lost, or a wake-up. */
export async function runPhase(phase: Phase, progress: (done: number) => void): Promise<PhaseResult> {
  const worker = new Worker(new URL('./producer.js', import.meta.url), { workerData: { handshakes: true } })
  const random = new Random(phase.seed)
  const started = performance.now()
  const stallsUs = new Float32Array(phase.handshakes)
  let starvedMs = 0
  const sums = { records: 0, wakeups: 0, elided: 0, spurious: 0 }
  try {
    for (let done = 0, round = 0; done < phase.handshakes; round++) {
      const handshakes = Math.min(ROUND, phase.handshakes - done)
      const { report, ...counts } = await runRound(phase, worker, random, round, handshakes)
      starvedMs = Math.max(starvedMs, report.starvedMs)
      stallsUs.set(report.stallsUs, done)
      for (const name of ['records', 'wakeups', 'elided', 'spurious'] as const) sums[name] += counts[name]
      done += handshakes
      progress(done)
    }
  } finally {
    await worker.terminate()
  }
  return { ...phase, seconds: (performance.now() - started) / 1000, stallsUs, starvedMs, ...sums }
}

interface Round {
  readonly report: RoundReport
  readonly records: number
  readonly wakeups: number
  readonly elided: number
  readonly spurious: number
}

async function runRound(
  { engine, reservations, rings: count, blocking, mostStallMs }: Phase,
  worker: Worker,
  random: Random,
  round: number,
  handshakes: number,
): Promise<Round> {
  const rings = Array.from({ length: count }, () => createRing({ size: 4096, engine, reservations }))
  const takers = rings.map((_, i) => new Taker(i, random))
  const kinds = SLEEPERS.filter((kind) => count === 1 || kind !== 'consumer')
  const kind = kinds[round % kinds.length] as (typeof SLEEPERS)[number]
  const strategy = random.pick(STRATEGIES)
  // One round in three races with its own impatience; in the others nothing but a wake-up ends a wait.
  const restless = round % 3 === 2
  const order: RoundOrder = {
    handles: rings.map(({ handle }) => handle),
    engine,
    handshakes,
    seed: random.word(),
    hopelessMs: HOPELESS_MS,
  }
  worker.postMessage(order)
  const reported = once(worker, 'message').then(([report]) => report as RoundReport)
  {
    using sleeper = openSleeper(kind, rings, takers, strategy)
    if (blocking && restless) while (sleeper.block(random.below(SHORT_US) / 1000));
    else if (blocking) while (sleeper.block());
    // A producer that fails closes nothing: then its failure ends the round.
    else await Promise.race([consumeAll(sleeper, restless ? random : undefined), failureOf(reported)])
  }
  const report = await reported
  const what = `${kind}, ${JSON.stringify(strategy)}${restless ? ', restless' : ''}, round ${round}`
  if (report.lost) throw new Error(`${what}: nobody woke up for ${report.lost}`)
  const longestMs = report.stallsUs.reduce((most, us) => Math.max(most, us), 0) / 1000
  if (longestMs > mostStallMs) throw new Error(`${what}: a stall of ${longestMs.toFixed(1)} ms`)
  const result = { records: 0, wakeups: 0, elided: 0, spurious: 0 }
  for (const [i, ring] of rings.entries()) {
    const counters = ring.counters()
    const taken = takers[i]?.taken
    if (taken !== report.sent[i]) throw new Error(`${what}: ring ${i}: ${taken} records of ${report.sent[i]}`)
    if (!identityHolds(counters)) throw new Error(`${what}: ring ${i}: ${JSON.stringify(counters)}`)
    result.records += taken ?? 0
    result.wakeups += counters.wakeups
    result.elided += counters.elided
    result.spurious += counters.spurious
  }
  return { report, ...result }
}

/** Ends only if this fails. */
function failureOf(promise: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => promise.catch(reject))
}

async function consumeAll(sleeper: Sleeper, restless?: Random): Promise<void> {
  if (restless) while (await waitRestlessly(sleeper, restless));
  else while (await sleeper.wait());
}

/** One wait that most likely is aborted, or runs out of time, in the moment in which something comes. */
async function waitRestlessly(sleeper: Sleeper, random: Random): Promise<boolean> {
  if (random.oneIn(2)) return await sleeper.wait(random.below(SHORT_US) / 1000)
  const controller = new AbortController()
  const abort = () => controller.abort(ABORTED)
  const timer = setTimeout(abort, random.below(2))
  try {
    return await sleeper.wait(undefined, controller.signal)
  } catch (error) {
    if (error !== ABORTED) throw error
    return true
  } finally {
    clearTimeout(timer)
  }
}
