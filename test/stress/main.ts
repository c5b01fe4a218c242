/**
 * The stress test: producers in worker threads, records of every length, discards, and a check of every
 * byte. `npm run stress -- --records 10000000 --json`
 *
 *   P1 ─┐
 *   P2 ─┼─► ring (one page, or 1 MiB) ─► checker
 *   P3 ─┤
 *   P4 ─┘   for both builds and both orders of reservation
 */
import { cpus } from 'node:os'
import { formatBytes } from 'bpf-ringbuf'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { again } from '../ring/support/again.js'
import { runScenario, type Scenario, type ScenarioResult } from './scenario.js'
import { scenariosOf } from './scenarios.js'

const options = new Command('stress')
  .option('--records <n>', 'records in all', wholeNumber, 1_000_000)
  .option('--producers <n>', 'producer threads', wholeNumber, 4)
  .option('--seed <n>', 'what the records are drawn from', wholeNumber, Date.now() % 2 ** 31)
  .option('--only <name>', "scenarios whose names contain this, like 'wasm claim 4 KiB'", '')
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{ records: number; producers: number; seed: number; only: string; json: boolean }>()

const all = scenariosOf(options)
const scenarios = all.filter((scenario) => nameOf(scenario).includes(options.only))
const records = Math.ceil(options.records / all.length)
const started = performance.now()
const results: ScenarioResult[] = []
let failure: string | undefined
const bar = new SingleBar({
  format: '{bar} {percentage}% | {value} of {total} records | {name}',
  stream: process.stderr,
  noTTYOutput: true,
  notTTYSchedule: 10_000,
  hideCursor: true,
})
bar.start(records * scenarios.length, 0, { name: '' })
let before = 0
for (const scenario of scenarios) {
  const name = nameOf(scenario)
  try {
    results.push(await runScenario({ ...scenario, records }, (seen) => bar.update(before + seen, { name })))
  } catch (error) {
    const { producers, seed } = options
    const line = again('stress', { only: name, records: options.records, producers, seed })
    failure = `${name}: ${error instanceof Error ? error.message : error}\n${line}`
    break
  }
  before += records
  bar.update(before, { name })
}
bar.stop()

for (const { engine, reservations, ringBytes, records, seconds, failures } of results) {
  const rate = (records / seconds / 1e6).toFixed(2)
  const label = `${engine.padEnd(4)} ${reservations.padEnd(5)} ${formatBytes(ringBytes).padStart(7)}`
  process.stdout.write(
    `ok  ${label}  ${records} records, ${rate} million a second, ${failures} failed reservations\n`,
  )
}
if (failure) process.stdout.write(`FAILED  ${failure}\n`)
if (options.json) {
  const records = results.reduce((total, result) => total + result.records, 0)
  const figures = {
    records,
    seconds: (performance.now() - started) / 1000,
    seed: options.seed,
    cores: cpus().length,
  }
  process.stdout.write(`${JSON.stringify({ ok: !failure, ...figures, failure, scenarios: results })}\n`)
}
process.exit(failure ? 1 : 0)

function nameOf({ engine, reservations, ringBytes }: Omit<Scenario, 'records'>): string {
  return `${engine} ${reservations} ${formatBytes(ringBytes)}`
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('It must be a whole number from 1.')
}
