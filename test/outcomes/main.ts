/**
 * Small races, over and over: two to four threads (processes, over mapped memory) act on one ring at the same moment,
 * and every outcome must be one of those that the race allows. `npm run outcomes -- --json`
 *
 * Shows how often which came, and which never did. A twin with a fault must show what is forbidden.
 */
import { cpus } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { again } from '../ring/support/again.js'
import { BUILDS, type Build, THREAD_BUILDS } from '../ring/support/builds.js'
import { BROKEN, RACES } from './cases/index.js'
import type { Race } from './race.js'
import { type Counts, forbidden, missing, runRace } from './run-race.js'
import { outcomeTable } from './table.js'

const options = new Command('outcomes')
  .option('--rounds <n>', 'rounds of each race on each build', wholeNumber, 3000)
  .option('--seed <n>', 'what the hesitations are drawn from', wholeNumber, Date.now() % 2 ** 31)
  .option('--only <name>', 'races whose names contain this', '')
  .option('--threads', 'only rings of threads', false)
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{ rounds: number; seed: number; only: string; threads: boolean; json: boolean }>()

interface Result {
  readonly race: string
  readonly build: string
  readonly counts: Counts
  readonly forbidden: readonly string[]
  readonly missing: readonly string[]
}

/** The builds on which a twin is tried: until its fault shows, but so many times at most. */
const TWIN_BUILDS: readonly Build[] = THREAD_BUILDS.filter(({ engine }) => engine === 'js')
const TWIN_ROUNDS = 2000
const TWIN_TRIES = 20

const started = performance.now()
const builds = options.threads ? THREAD_BUILDS : BUILDS
const results: Result[] = []
const twins: Result[] = []
for (const race of wanted(RACES)) {
  const suiting = builds.filter((build) => race.suits?.(build) ?? true)
  for (const build of suiting) results.push(await judge(race, build, options.rounds))
  show(race, results.slice(-suiting.length))
}
for (const race of wanted(BROKEN)) {
  for (let tries = 0; tries < TWIN_TRIES; tries++) {
    const build = TWIN_BUILDS[tries % TWIN_BUILDS.length] as Build
    const result = await judge(race, build, Math.max(TWIN_ROUNDS, options.rounds))
    twins.push(result)
    if (result.forbidden.length > 0) break
  }
  show(race, twins.slice(-1))
}

const failures = [
  ...results.flatMap(({ race, build, forbidden, counts }) =>
    forbidden.map(
      (outcome) => `${race}, ${build}: '${outcome}' came ${counts[outcome]} times\n${lineFor(race)}`,
    ),
  ),
  ...wanted(BROKEN).flatMap(({ name }) =>
    twins.some(({ race, forbidden }) => race === name && forbidden.length > 0)
      ? []
      : [`${name}: nothing was noticed\n${lineFor(name)}`],
  ),
]
for (const failure of failures) process.stdout.write(`FAILED  ${failure}\n`)
if (options.json) {
  const rounds = [...results, ...twins].reduce((sum, { counts }) => sum + total(counts), 0)
  const never = results.flatMap(({ race, build, missing }) =>
    missing.map((outcome) => `${race}, ${build}: ${outcome}`),
  )
  const seconds = (performance.now() - started) / 1000
  const figures = { rounds, races: results.length, never: never.length, seconds, cores: cpus().length }
  const ok = failures.length === 0
  process.stdout.write(
    `${JSON.stringify({ ok, seed: options.seed, ...figures, failures, neverCame: never })}\n`,
  )
}
process.exit(failures.length === 0 ? 0 : 1)

function lineFor(only: string): string {
  const { rounds, seed, threads } = options
  return again('outcomes', { only, rounds, seed, threads })
}

function wanted(races: readonly Race[]): readonly Race[] {
  return races.filter(({ name }) => name.includes(options.only))
}

async function judge(race: Race, build: Build, rounds: number): Promise<Result> {
  process.stderr.write(`${race.name}, ${build.name}\n`)
  const counts = await runRace(race, build, rounds, options.seed)
  return {
    race: race.name,
    build: build.name,
    counts,
    forbidden: forbidden(race, counts),
    missing: missing(race, counts),
  }
}

function show(race: Race, results: readonly Result[]): void {
  if (results.length === 0) return
  const columns = results.map(({ build, counts }) => ({ head: build, counts }))
  process.stdout.write(outcomeTable(race, columns))
}

function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('It must be a whole number from 1.')
}
