import type { ChildProcess } from 'node:child_process'
import { identityHolds, type RingCounters } from 'bpf-ringbuf'
import { createMappedRing } from 'bpf-ringbuf/mapped'
import type { Random } from '../ring/support/random.js'
import { Judge } from './judge.js'
import type { Ledger } from './ledger.js'
import { kill, Spares } from './spare.js'

export interface KillConsumersOptions {
  readonly name: string
  readonly ledger: Ledger
  readonly kills: number
  readonly spares: number
  readonly random: Random
  /** Called after each. */
  readonly killed: () => void
}

export interface ConsumersReport {
  readonly failure: string | undefined
  readonly records: number
  /** Records that came twice: the first time they had been shown, and not released. */
  readonly repeated: number
  readonly counters: RingCounters
}

/** A consumer consumes for so long at most, before it is killed. */
const LIFE_MS = 40

/** Consumers that are killed at random moments, and producers that lose nothing by it. */
export async function killConsumers(options: KillConsumersOptions): Promise<ConsumersReport> {
  const { name, ledger, kills, random } = options
  using ring = createMappedRing({ size: '64 KiB', file: name })
  const judge = new Judge()
  let repeated = 0
  let batch: Batch | undefined
  const accept = (done: Batch | undefined) => {
    for (const [life, number] of done?.records ?? []) judge.take(life as number, number as number)
  }
  const takeBatches = (text: string) => {
    for (const next of batchesOf(text)) {
      if (next.wrong) judge.fail(next.wrong)
      // The consumer died behind what it told, before it released it: the same comes again.
      if (batch && next.start === batch.start) repeated += batch.records.length
      else accept(batch)
      batch = next
    }
  }
  const producers = new Spares('producer', name, 2)
  const consumers = new Spares('consumer', name, options.spares)
  try {
    const alive = [await producers.next(), await producers.next()]
    for (let i = 0; i < kills && !judge.failure; i++) {
      const consumer = await consumers.next()
      const told = textOf(consumer)
      await new Promise((resolve) => setTimeout(resolve, random.below(LIFE_MS)))
      await kill(consumer)
      takeBatches(await told)
      options.killed()
    }
    for (const child of alive) await kill(child)
    ring.recover()
    ring.close()
    takeBatches(await textOf(await consumers.next()))
    accept(batch)
    judge.compare(ledger, producers.lives)
    const counters = ring.counters()
    if (!identityHolds(counters)) judge.fail(`the identity does not hold: ${JSON.stringify(counters)}`)
    if (counters.submitted !== judge.seen || counters.consumed !== judge.seen) {
      judge.fail(`${counters.submitted} submitted, ${counters.consumed} consumed, ${judge.seen} seen`)
    }
    return { failure: judge.failure, records: judge.seen, repeated, counters }
  } finally {
    producers.killAll()
    consumers.killAll()
    ring.unlink()
  }
}

/** What a consumer told at once. */
interface Batch {
  readonly start: number
  readonly records: number[][]
  readonly wrong: string | undefined
}

/** The batches that were told to the end: what comes behind the last was not released. */
function batchesOf(text: string): Batch[] {
  return text
    .split('\n.\n')
    .slice(0, -1)
    .map((part) => {
      const lines = part.split('\n')
      const records = lines.filter((line) => /^\d/.test(line)).map((line) => line.split(' ').map(Number))
      const start = Number(lines.find((line) => line.startsWith('@'))?.slice(1))
      return { start, records, wrong: lines.find((line) => line.startsWith('!')) }
    })
}

async function textOf({ stdout }: ChildProcess): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stdout as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString()
}
