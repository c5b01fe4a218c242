import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import {
  BPF_F_RB_OVERWRITE,
  createRing,
  type EngineKind,
  identityHolds,
  LostRecord,
  openConsumer,
  type RingCounters,
} from 'bpf-ringbuf'
import { Random } from '../ring/support/random.js'
import type { ObserverReport } from './observer.js'
import type { ProducerData, ProducerReport } from './producer.js'
import { type Found, readRecord } from './record.js'

export interface Scenario {
  readonly engine: EngineKind
  readonly ringBytes: number
  readonly producers: number
  readonly seconds: number
  readonly seed: number
}

export interface ScenarioResult extends Scenario {
  readonly submitted: number
  /** Records that the following reader returned, and that it was told to be lost. */
  readonly returned: number
  readonly lost: number
  readonly gaps: number
  readonly megabytes: number
  readonly observer: ObserverReport
  readonly counters: RingCounters
}

/** The observer begins with these, so that it is looked at in every run. */
const STOPS_MS = [1000, 30, 5]

/**
 * Producers overwrite at full speed; one reader follows, another looks on. Throws unless every record
 * that is returned is whole and in its producer's order, and returned and lost make up what was submitted.
 */
export async function runScenario(
  scenario: Scenario,
  progress: (returned: number, lost: number) => void,
): Promise<ScenarioResult> {
  const { engine, ringBytes, producers, seed, seconds } = scenario
  // Just below 2^32, so that every scenario passes the wrap of its positions.
  const initialPosition = 2 ** 32 - 4 * ringBytes
  const ring = createRing({ size: ringBytes, engine, flags: BPF_F_RB_OVERWRITE, initialPosition })
  const control = new Int32Array(new SharedArrayBuffer(4))
  const longest = Math.min(3000, ringBytes / 8)
  const start = (file: string, id: number) => {
    const workerData: ProducerData = { handle: ring.handle, engine, id, seed, longest, control }
    const worker = new Worker(new URL(file, import.meta.url), { workerData })
    return once(worker, 'message').then(async ([report]) => {
      await worker.terminate()
      return report
    })
  }
  const reports = Array.from(
    { length: producers },
    (_, id) => start('./producer.js', id) as Promise<ProducerReport>,
  )
  const observer = start('./observer.js', producers) as Promise<ObserverReport>
  let failure: unknown
  for (const report of [...reports, observer]) {
    report.catch((error) => {
      failure = error
    })
  }

  const random = new Random(seed)
  const reader = new FollowingReader(producers)
  let consumer = openConsumer(ring, { showLost: true })
  const look = (record: Uint8Array | LostRecord) => reader.take(record)
  try {
    const end = performance.now() + seconds * 1000
    const stops = STOPS_MS.filter((ms) => ms < seconds * 200)
    for (let visits = 1; performance.now() < end; visits++) {
      if (failure) throw failure
      await consumer.waitAsync({ timeoutMs: 100, strategy: { spinUs: visits % 50 } })
      consumer.consume(look, { max: 1 + random.below(random.oneIn(3) ? 20 : 5000) })
      progress(reader.returned, reader.lost)
      if (random.oneIn(200)) await new Promise((resolve) => setTimeout(resolve, random.below(10)))
      const stop = visits % 100 === 0 ? stops.pop() : undefined
      if (stop !== undefined) await new Promise((resolve) => setTimeout(resolve, stop))
      if (random.oneIn(500)) {
        consumer.close()
        consumer = openConsumer(ring, { showLost: true })
      }
    }
  } finally {
    Atomics.store(control, 0, 1)
  }
  const made = await Promise.all(reports)
  const observed = await observer
  ring.close()
  while (consumer.consume(look) > 0);
  consumer.close()
  const counters = ring.counters()
  mustAccount(reader, made, counters)
  return {
    ...scenario,
    submitted: counters.submitted,
    returned: reader.returned,
    lost: reader.lost,
    gaps: reader.gaps,
    megabytes: Math.round(counters.bytes / 1e6),
    observer: observed,
    counters,
  }
}

/** Checks what it is given, record by record, and keeps the books. */
class FollowingReader {
  returned = 0
  lost = 0
  dropped = 0
  gaps = 0
  readonly #next: number[]
  readonly #found: Found = { producer: 0, number: 0 }

  constructor(producers: number) {
    this.#next = Array(producers).fill(0)
  }

  take(record: Uint8Array | LostRecord): void {
    if (record instanceof LostRecord) {
      if (!(record.count > 0)) throw new Error(`a gap of ${record.count} records`)
      if (record.cause === 'dropped') {
        this.dropped += record.count
      } else {
        this.lost += record.count
        this.gaps++
      }
      return
    }
    readRecord(record, 0, record.length, this.#found)
    const { producer, number } = this.#found
    const next = this.#next[producer]
    if (next === undefined) throw new Error(`a record of producer ${producer}, which does not exist`)
    if (number < next) throw new Error(`producer ${producer}: ${number} comes behind ${next - 1}`)
    this.#next[producer] = number + 1
    this.returned++
    // With one producer the count must be right at every record; with more, at the end.
    if (this.#next.length === 1 && this.returned + this.lost !== number + 1) {
      throw new Error(`record ${number}: ${this.returned} were returned, ${this.lost} are said to be lost`)
    }
    if (number > next && this.lost === 0) throw new Error(`producer ${producer}: a gap that nobody told of`)
  }
}

function mustAccount(reader: FollowingReader, made: readonly ProducerReport[], counters: RingCounters): void {
  const total = { submitted: 0, discarded: 0, dropped: 0 }
  for (const { submitted, discarded, dropped } of made) {
    total.submitted += submitted
    total.discarded += discarded
    total.dropped += dropped
  }
  const facts: Record<string, [number, number]> = {
    'returned and lost, and submitted': [reader.returned + reader.lost, total.submitted],
    'submitted, ring and producers': [counters.submitted, total.submitted],
    'discarded, ring and producers': [counters.discarded, total.discarded],
    'dropped, ring and producers': [counters.dropped, total.dropped],
    'dropped, ring and reader': [counters.dropped, reader.dropped],
    'consumed, ring and reader': [counters.consumed, reader.returned],
    'lost, ring and reader': [counters.lost, reader.lost],
    'in flight': [counters.inFlight, 0],
  }
  for (const [fact, [one, other]] of Object.entries(facts)) {
    if (one !== other) throw new Error(`${fact}: ${one} is not ${other}`)
  }
  if (counters.overwritten < counters.lost) throw new Error('more was lost than overwritten')
  if (!identityHolds(counters)) throw new Error(`the identity does not hold: ${JSON.stringify(counters)}`)
}
