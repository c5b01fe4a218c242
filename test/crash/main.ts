/**
 * The crash test: processes that are killed with SIGKILL at random moments, and what must hold all the same.
 * `npm run crash -- --kills 10000 --json`
 *
 *   P1 ─┐  killed, and started again
 *   P2 ─┼─► ring between processes ─► consumer, in this process:
 *   P3 ─┤                              every record intact, in order, none missing
 *   P4 ─┘
 *
 * Then the same with a consumer that is killed, in a process of its own.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { identityHolds, openConsumer } from 'bpf-ringbuf'
import { createMappedRing } from 'bpf-ringbuf/mapped'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { Crew, LIFE_MS, pause, start } from './crew.js'
import { Judge } from './judge.js'
import { whatIsWrong } from './record.js'

const options = new Command('crash')
  .option('--kills <n>', 'producers to kill', wholeNumber, 200)
  .option('--consumer-kills <n>', 'consumers to kill (default: a tenth)', wholeNumber)
  .option('--producers <n>', 'producer processes', wholeNumber, 4)
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{ kills: number; consumerKills?: number; producers: number; json: boolean }>()
const consumerKills = options.consumerKills ?? Math.ceil(options.kills / 10)

/**
 * Recovering takes no longer than 20 ms (docs/protocol.md) once a process is given a CPU; all share few here,
 * with the start of others. What is not recovered at all is held up for ever.
 */
const STALL_MS = 2000

const bar = new SingleBar({
  format: '{bar} {percentage}% | {value} of {total} kills | {name}',
  stream: process.stderr,
  noTTYOutput: true,
  notTTYSchedule: 10_000,
  hideCursor: true,
})
const started = performance.now()
bar.start(options.kills + consumerKills, 0, { name: 'producers' })
const path = `bpf-ringbuf-crash-${process.pid}`
const producers = await killProducers()
const consumers = producers.failure ? undefined : await killConsumers()
bar.stop()
const failure = producers.failure ?? consumers?.failure
const seconds = (performance.now() - started) / 1000
process.stdout.write(
  failure ? `FAILED  ${failure}\n` : `ok  ${options.kills} producers and ${consumerKills} consumers killed\n`,
)
if (options.json) {
  const ok = failure === undefined
  process.stdout.write(`${JSON.stringify({ ok, failure, seconds, producers, consumers })}\n`)
}
process.exit(failure ? 1 : 0)

async function killProducers() {
  using ring = createMappedRing({ size: '64 KiB', file: path, lostRecords: true })
  const judge = new Judge()
  const crew = new Crew(ring, options.producers)
  let longestStallMs = 0
  let kills = 0
  try {
    using consumer = openConsumer(ring)
    let last = performance.now()
    const killing = (async () => {
      await crew.begin()
      last = performance.now()
      while (kills < options.kills && !judge.failure) {
        await crew.killOne()
        bar.update(++kills)
      }
      await crew.end()
    })()
    let over = false
    const ended = killing.finally(() => {
      over = true
      ring.wake()
    })
    while (!over) {
      if ((await consumer.waitAsync({ timeoutMs: 100 })) !== 'ready') {
        if (performance.now() - last > STALL_MS && crew.alive > 0 && kills > 0) {
          judge.fail(`nothing came for ${STALL_MS} ms: ${JSON.stringify(consumer.stall())}`)
          break
        }
        continue
      }
      consumer.consume((record) => take(judge, record), { max: 4096 })
      if (kills > 0) longestStallMs = Math.max(longestStallMs, performance.now() - last)
      last = performance.now()
    }
    await Promise.race([ended, judge.failure ? Promise.resolve() : ended])
    ring.recover()
    consumer.consume((record) => take(judge, record))
    const counters = ring.counters()
    if (!identityHolds(counters)) judge.fail(`the identity does not hold: ${JSON.stringify(counters)}`)
    if (counters.inFlight !== 0) judge.fail(`${counters.inFlight} records are still in flight`)
    if (counters.submitted !== judge.seen || counters.consumed !== judge.seen) {
      judge.fail(`${counters.submitted} submitted, ${counters.consumed} consumed, ${judge.seen} seen`)
    }
    return { failure: judge.failure, kills, records: judge.seen, longestStallMs, counters }
  } finally {
    crew.killAll()
    ring.unlink()
  }
}

async function killConsumers() {
  bar.update({ name: 'consumers' })
  using ring = createMappedRing({ size: '64 KiB', file: path })
  const judge = new Judge()
  const crew = new Crew(ring, 2)
  let kills = 0
  let repeated = 0
  let batch: Batch | undefined
  const accept = (done: Batch | undefined) => {
    for (const [producer, life, number] of done?.records ?? []) {
      judge.take(producer as number, life as number, number as number)
    }
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
  try {
    await crew.begin()
    while (kills < consumerKills && !judge.failure) {
      const consumer = start('consumer', ring)
      const all = textOf(consumer)
      await once(consumer.stdout as NodeJS.ReadableStream, 'readable')
      await pause(Math.random() * LIFE_MS)
      consumer.kill('SIGKILL')
      takeBatches(await all)
      bar.update(options.kills + ++kills)
    }
    await crew.end()
    ring.recover()
    ring.close()
    takeBatches(await textOf(start('consumer', ring)))
    accept(batch)
    const counters = ring.counters()
    if (!identityHolds(counters)) judge.fail(`the identity does not hold: ${JSON.stringify(counters)}`)
    if (counters.submitted !== judge.seen || counters.consumed !== judge.seen) {
      judge.fail(`${counters.submitted} submitted, ${counters.consumed} consumed, ${judge.seen} seen`)
    }
    return { failure: judge.failure, kills, records: judge.seen, repeated, counters }
  } finally {
    crew.killAll()
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

function take(judge: Judge, record: Uint8Array<ArrayBuffer>): void {
  const words = new Uint32Array(record.buffer)
  const wrong = whatIsWrong(words)
  if (wrong) judge.fail(wrong)
  judge.take(words[0] as number, words[1] as number, words[2] as number)
}

async function textOf({ stdout }: ChildProcess): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stdout as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString()
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It must be a whole number.')
}
