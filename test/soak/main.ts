/**
 * The soak: everything at full speed for long, and nothing may become more and more.
 * `npm run soak -- --seconds 3600 --json`
 *
 *   P1 ─┐                  ┌─► consumer, closed and opened again
 *   P2 ─┼─► ring (threads) ┘        and the same with a ring between processes,
 *   P3 ─┘                           with threads that come and go,
 *   attach, detach                  and with rings that are made and dropped
 */
import { SingleBar } from 'cli-progress'
import Table from 'cli-table3'
import { Command, InvalidArgumentError } from 'commander'
import { again } from '../ring/support/again.js'
import { MAPPED_BUILDS, THREAD_BUILDS } from '../ring/support/builds.js'
import type { AnyRing } from '../ring/support/rings.js'
import { churn } from './churn.js'
import { RingUnderLoad } from './ring-under-load.js'
import { growthOf, type Sample, takeSample } from './samples.js'

const options = new Command('soak')
  .option('--seconds <n>', 'how long', wholeNumber, 3600)
  .option('--producers <n>', 'producer threads of each ring', wholeNumber, 2)
  .option('--leak', 'gives some rings up too late: this must fail', false)
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{ seconds: number; producers: number; leak: boolean; json: boolean }>()

const SAMPLES = 120
const LEAST_INTERVAL_S = 0.25
/** How long one consumer lives. */
const TURN_MS = 50
/** Records that threads send which come and go. */
const SHORT_RECORDS = 2000

const bar = new SingleBar({
  format: '{bar} {percentage}% | {value} of {total} s | {name}',
  stream: process.stderr,
  noTTYOutput: true,
  notTTYSchedule: 30_000,
  hideCursor: true,
})
bar.start(options.seconds, 0, { name: '' })
const started = performance.now()
const elapsed = () => (performance.now() - started) / 1000
const builds = [THREAD_BUILDS[0], THREAD_BUILDS[3], ...MAPPED_BUILDS.slice(0, 1)].flatMap(
  (build) => build ?? [],
)
const loads = builds.map((build) => new RingUnderLoad(build, options.producers))
const samples: Sample[] = []
const leaked: AnyRing[] = []
const interval = Math.max(LEAST_INTERVAL_S, options.seconds / SAMPLES)
let records = 0
let rounds = 0
let failure: string | undefined
try {
  for (; elapsed() < options.seconds; rounds++) {
    await Promise.all(loads.map((load) => load.consume(TURN_MS)))
    records += await churn((ring) => options.leak && leaked.push(ring) > 0)
    if (rounds % 4 === 0) await comeAndGo(rounds)
    if (elapsed() >= samples.length * interval) samples.push(takeSample(elapsed()))
    const total = records + loads.reduce((sum, load) => sum + load.records, 0)
    bar.update(Math.min(options.seconds, Math.floor(elapsed())), { name: `${total} records` })
  }
  for (const load of loads) await load.end()
} catch (error) {
  failure = error instanceof Error ? (error.stack ?? error.message) : String(error)
}
bar.stop()
for (const load of loads) records += load.records

const growth = samples.length < 8 ? [] : growthOf(samples)
failure ??= samples.length < 8 ? `only ${samples.length} samples: let it run longer` : undefined
failure ??= growth
  .filter(({ growth, limit }) => growth > limit)
  .map(({ figure, growth, limit }) => `${figure} grew by ${Math.round(growth)}, more than ${limit}`)
  .join('; ')
const table = new Table({
  head: ['', 'at the end', 'growth in the second half', 'may be', 'per hour'],
  style: { head: [], border: [] },
})
for (const { figure, last, growth: grown, limit, perHour } of growth) {
  table.push([figure, last, grown.toFixed(1), limit, perHour.toFixed(1)])
}
const { seconds, producers, leak } = options
if (failure) failure += `\n${again('soak', { seconds, producers, leak })}`
process.stdout.write(`${table}\n${failure ? `FAILED  ${failure}\n` : ''}`)
if (options.json) {
  const figures = { seconds: elapsed(), samples: samples.length, records, rounds, growth }
  process.stdout.write(`${JSON.stringify({ ok: !failure, failure: failure || undefined, ...figures })}\n`)
}
process.exit(failure ? 1 : 0)

/** A ring whose producers end by themselves. */
async function comeAndGo(round: number): Promise<void> {
  const build = THREAD_BUILDS[round % THREAD_BUILDS.length]
  if (!build) return
  const load = new RingUnderLoad(build, 2, SHORT_RECORDS)
  while (load.records < 2 * SHORT_RECORDS) await load.consume(TURN_MS)
  await load.end()
  records += load.records
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('It must be a whole number from 1.')
}
