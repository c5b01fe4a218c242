/**
 * The consumer of producers that are killed, in a thread of its own: the one that starts and kills them is held up by
 * that for longer than anybody by a death.
 */
import type { ChildProcess } from 'node:child_process'
import { Worker, workerData } from 'node:worker_threads'
import { identityHolds, openConsumer, type RingCounters } from 'bpf-ringbuf'
import { openMappedRing } from 'bpf-ringbuf/mapped'
import { type HoldReport, Holds } from './holds.js'
import { Judge } from './judge.js'
import { Ledger } from './ledger.js'
import { Lateness } from './metronome.js'
import { whatIsWrong } from './record.js'

/** What is not recovered at all is held up for ever. */
const FOR_EVER_MS = 5000

export interface ReaderReport {
  readonly failure: string | undefined
  readonly records: number
  readonly holds: HoldReport
  readonly counters: RingCounters
}

/** What the thread is told, in one word. */
const GO_ON = 0
/** Producers come to their end: waits are not measured any more. */
const DRAIN = 1
const END = 2

const MOST_PRODUCERS = 64

interface ReaderData {
  readonly reads: string
  readonly order: Int32Array<SharedArrayBuffer>
  readonly lateness: Float64Array<SharedArrayBuffer>
  /** Processes of those that send now. */
  readonly producers: Int32Array<SharedArrayBuffer>
}

export class Reader {
  readonly #order = new Int32Array(new SharedArrayBuffer(8))
  readonly #producers = new Int32Array(new SharedArrayBuffer(4 * MOST_PRODUCERS))
  readonly #report: Promise<ReaderReport>

  constructor(ring: string, lateness: Lateness) {
    const workerData: ReaderData = {
      reads: ring,
      order: this.#order,
      lateness: lateness.words,
      producers: this.#producers,
    }
    const worker = new Worker(new URL(import.meta.url), { workerData })
    this.#report = new Promise((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    // Whoever asks for the report is told.
    this.#report.catch(() => {})
  }

  /** Whether it has found something wrong, and ended. */
  get failed(): boolean {
    return Atomics.load(this.#order, 1) !== 0
  }

  /** Who sends now. */
  expect(producers: readonly ChildProcess[]): void {
    this.#producers.set(Array.from({ length: MOST_PRODUCERS }, (_, index) => producers[index]?.pid ?? 0))
  }

  drain(): void {
    Atomics.store(this.#order, 0, DRAIN)
  }

  /** All producers are dead; they had so many lives. */
  end(lives: number): Promise<ReaderReport> {
    Atomics.store(this.#order, 1, lives)
    Atomics.store(this.#order, 0, END)
    return this.#report
  }
}

if (workerData?.reads) read(workerData)

async function read({ reads, order, lateness, producers }: ReaderData): Promise<void> {
  const { parentPort } = await import('node:worker_threads')
  const ring = openMappedRing(reads)
  const ledger = Ledger.open(reads)
  const judge = new Judge()
  const holds = new Holds(new Lateness(lateness), producers)
  const consumer = openConsumer(ring)
  const { u32 } = consumer.memory
  const take = (_: Uint8Array, offset: number, length: number) => {
    const at = offset >>> 2
    const wrong = whatIsWrong(u32, at, length >>> 2)
    if (wrong) judge.fail(wrong)
    judge.take(u32[at] as number, u32[at + 1] as number)
  }
  const told = () => Atomics.load(order, 0)
  while (told() === GO_ON && !judge.failure) {
    const outcome =
      judge.seen === 0
        ? consumer.wait({ timeoutMs: 100 })
        : holds.during(() => consumer.wait({ timeoutMs: FOR_EVER_MS }))
    if (outcome === 'timeout' && judge.seen > 0 && told() === GO_ON) {
      judge.fail(`nothing came for ${FOR_EVER_MS} ms: ${JSON.stringify(consumer.stall())}`)
    }
    consumer.consumeRaw(take, { max: 4096 })
  }
  if (judge.failure) Atomics.store(order, 1, 1)
  while (told() !== END) {
    consumer.wait({ timeoutMs: 10 })
    consumer.consumeRaw(take)
  }
  ring.recover()
  consumer.consumeRaw(take)
  judge.compare(ledger, Atomics.load(order, 1))
  const counters = ring.counters()
  if (!identityHolds(counters)) judge.fail(`the identity does not hold: ${JSON.stringify(counters)}`)
  if (counters.inFlight !== 0) judge.fail(`${counters.inFlight} records are still in flight`)
  if (counters.submitted !== judge.seen || counters.consumed !== judge.seen) {
    judge.fail(`${counters.submitted} submitted, ${counters.consumed} consumed, ${judge.seen} seen`)
  }
  const { failure, seen } = judge
  const report: ReaderReport = { failure, records: seen, holds: holds.report, counters }
  parentPort?.postMessage(report)
}
