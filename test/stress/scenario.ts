import { identityHolds, openConsumer, type RingCounters } from 'bpf-ringbuf'
import { nextTurn } from '#dist/memory/sleep.js'
import { type PeerKind, startPeer } from '../mapped/support/peer.js'
import type { Build } from '../ring/support/builds.js'
import { makeRing } from '../ring/support/rings.js'
import { Checker } from './checker.js'
import { type ProducerData, type ProducerReport, produce } from './produce.js'

const PRODUCER = new URL('./producer.js', import.meta.url)

/** One way to run the stress test. */
export interface Scenario extends Omit<Build, 'name'> {
  readonly ringBytes: number
  readonly producers: number
  readonly records: number
  readonly seed: number
  /** What the producers are. Default: threads. */
  readonly producerKind?: PeerKind
  /** Whether the first of them is in the same thread as the consumer, which then may not block. */
  readonly firstIsHere?: boolean
}

export interface ScenarioResult extends Omit<Scenario, 'records'> {
  readonly records: number
  readonly seconds: number
  readonly failures: number
  readonly counters: RingCounters
}

/**
 * Runs producers in threads of their own against a consumer in this one, and throws unless every record
 * arrived whole, once, and in its producer's order, and every attempt is accounted for.
 */
export async function runScenario(
  scenario: Scenario,
  progress: (seen: number) => void,
): Promise<ScenarioResult> {
  const { engine, reservations, producers, seed } = scenario
  // Just below 2^32, so that every scenario passes the wrap of its positions (R28).
  const ring = makeRing(
    { name: '', ...scenario },
    { size: scenario.ringBytes, initialPosition: 2 ** 32 - 65536 },
  )
  using consumer = openConsumer(ring)
  const checker = new Checker(seed, producers, ring.largestPayload)
  const each = Math.floor(scenario.records / producers)
  const started = performance.now()
  const reports: Promise<ProducerReport>[] = []
  for (let producer = 0; producer < producers; producer++) {
    const data: ProducerData = { handle: ring.handle, engine, producer, seed, records: each }
    if (producer === 0 && scenario.firstIsHere) reports.push(nextTurn(true).then(() => produce(data)))
    else
      reports.push(
        startPeer(PRODUCER, data, scenario.producerKind ?? 'thread').told as Promise<ProducerReport>,
      )
  }
  const done = Promise.all(reports).finally(() => ring.close())
  // Its failure is thrown below; until then it must not count as unhandled.
  done.catch(() => {})

  let visits = 0
  for (;;) {
    const outcome = await consumer.waitAsync({ timeoutMs: 30_000, strategy: { spinUs: visits % 5 } })
    if (outcome === 'closed') break
    if (outcome === 'timeout') throw new Error(`no record for 30 s after ${checker.seen}`)
    consumer.consumeRaw((memory, offset, length) => checker.take(memory, offset, length), {
      max: 10_000,
      store: visits++ % 7 === 0 ? 'record' : 'batch',
    })
    progress(checker.seen)
  }
  const seconds = (performance.now() - started) / 1000
  const totals = sum(await done)
  checker.finish(each)
  const counters = ring.counters()
  mustAccount(counters, totals, checker.seen, each * producers)
  return {
    engine,
    reservations,
    ringBytes: ring.size,
    producers,
    seed,
    records: each * producers,
    seconds,
    failures: totals.failures,
    counters,
  }
}

function sum(reports: readonly ProducerReport[]): ProducerReport {
  const total = { submitted: 0, discarded: 0, failures: 0 }
  for (const report of reports) {
    total.submitted += report.submitted
    total.discarded += report.discarded
    total.failures += report.failures
  }
  return total
}

/** The ring's books must agree with themselves, with the producers' and with the consumer's. */
function mustAccount(counters: RingCounters, totals: ProducerReport, seen: number, records: number): void {
  const facts: Record<string, [number, number]> = {
    'submitted, ring and producers': [counters.submitted, totals.submitted],
    'discarded, ring and producers': [counters.discarded, totals.discarded],
    'dropped, ring and producers': [counters.dropped, totals.failures],
    'consumed, ring and checker': [counters.consumed, seen],
    'consumed and submitted': [counters.consumed, counters.submitted],
    'skipped and discarded': [counters.skipped, counters.discarded],
    'submitted and discarded, and planned': [counters.submitted + counters.discarded, records],
    'in flight': [counters.inFlight, 0],
    refused: [counters.refused, 0],
  }
  for (const [fact, [one, other]] of Object.entries(facts)) {
    if (one !== other) throw new Error(`${fact}: ${one} is not ${other}`)
  }
  if (!identityHolds(counters)) throw new Error(`the identity does not hold: ${JSON.stringify(counters)}`)
}
