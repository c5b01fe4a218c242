/**
 * The long check of overwrite mode: `node .build/test/overwrite/main.js --seconds 60 --producers 3 --json`
 *
 *   P1 ─┐                                  ┌─► a reader that follows, and stops now and then
 *   P2 ─┼─► ring that overwrites itself ───┤
 *   P3 ─┘   (one page, 64 KiB, 1 MiB)      └─► an observer in a thread of its own, by snapshots
 *
 * Every record that is returned is checked to the last byte, and in its producer's order; at the end,
 * returned and lost are what was submitted, exactly.
 */
import { cpus } from 'node:os'
import { formatBytes } from 'bpf-ringbuf'
import { Command, InvalidArgumentError } from 'commander'
import { again } from '../ring/support/again.js'
import { runScenario, type Scenario, type ScenarioResult } from './scenario.js'

const options = new Command('overwrite')
  .option('--seconds <n>', 'seconds in all', positive, 60)
  .option('--producers <n>', 'producer threads', wholeNumber, 3)
  .option('--seed <n>', 'what the records are drawn from', wholeNumber, Date.now() % 2 ** 31)
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{ seconds: number; producers: number; seed: number; json: boolean }>()

const scenarios: Scenario[] = []
for (const ringBytes of [4096, 65_536, 2 ** 20]) {
  for (const engine of ['wasm', 'js'] as const) {
    // With one producer the count of lost records is checked at every record.
    for (const producers of new Set([1, options.producers])) {
      scenarios.push({ engine, ringBytes, producers, seed: options.seed, seconds: 0 })
    }
  }
}

const started = performance.now()
const results: ScenarioResult[] = []
let failure: string | undefined
let told = 0
for (const [i, scenario] of scenarios.entries()) {
  const name = `${scenario.engine} ${formatBytes(scenario.ringBytes)}, producers: ${scenario.producers}`
  const progress = (returned: number, lost: number, now = performance.now()) => {
    if (now - told < 2000) return
    told = now
    const part = `${i + 1} of ${scenarios.length}`
    process.stderr.write(`${seconds()} s, ${part}, ${name}: ${returned} returned, ${lost} lost\n`)
  }
  try {
    results.push(await runScenario({ ...scenario, seconds: options.seconds / scenarios.length }, progress))
  } catch (error) {
    const { seconds, producers, seed } = options
    failure = `${name}: ${error instanceof Error ? error.message : error}\n${again('overwrite', { seconds, producers, seed })}`
    break
  }
}

for (const { engine, ringBytes, producers, submitted, returned, lost, gaps, observer } of results) {
  const label = `${engine.padEnd(4)} ${formatBytes(ringBytes).padStart(7)} ${producers} producers`
  const looked = `${observer.snapshots} snapshots of ${observer.records} records, ${observer.empty} empty`
  process.stdout.write(
    `ok  ${label}  ${submitted} submitted = ${returned} + ${lost} lost in ${gaps} gaps; ${looked}\n`,
  )
}
if (failure) process.stdout.write(`FAILED  ${failure}\n`)
if (options.json) {
  const sum = (count: (result: ScenarioResult) => number) =>
    results.reduce((total, result) => total + count(result), 0)
  const figures = {
    submitted: sum(({ submitted }) => submitted),
    returned: sum(({ returned }) => returned),
    lost: sum(({ lost }) => lost),
    snapshots: sum(({ observer }) => observer.snapshots),
    emptySnapshots: sum(({ observer }) => observer.empty),
    seconds: Number(seconds()),
    seed: options.seed,
    cores: cpus().length,
  }
  process.stdout.write(`${JSON.stringify({ ok: !failure, ...figures, failure, scenarios: results })}\n`)
}
process.exit(failure ? 1 : 0)

function seconds(): string {
  return ((performance.now() - started) / 1000).toFixed(1)
}

function positive(text: string): number {
  const value = Number(text)
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value
  throw new InvalidArgumentError('It must be a number above 0.')
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('It must be a whole number from 1.')
}
