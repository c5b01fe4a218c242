/**
 * The races and the stress test in a browser: headless Chromium, here, with the very sources that run in Node.
 * `npm run browsers -- --json`
 *
 *   races    every actor in a worker; in a worker that may never block, as an AudioWorklet; and in the page
 *   stress   producers in workers, and a consumer in a worker; in the page, with one more producer; and where nobody may block
 */
import { cpus } from 'node:os'
import { formatBytes } from 'bpf-ringbuf'
import { Command, InvalidArgumentError } from 'commander'
import { BROKEN, RACES } from '../outcomes/cases/index.js'
import type { Race } from '../outcomes/race.js'
import { type Counts, forbidden, missing, type Place } from '../outcomes/run-race.js'
import { outcomeTable } from '../outcomes/table.js'
import { again } from '../ring/support/again.js'
import { type Build, THREAD_BUILDS } from '../ring/support/builds.js'
import { scenariosOf } from '../stress/scenarios.js'
import { bundle } from './bundle.js'
import { type Cast, castsOf } from './casts.js'
import { launchChromium, NO_CHROMIUM } from './chromium.js'
import { Stage } from './remote-stage.js'
import { serveIsolated } from './server.js'

const options = new Command('browsers')
  .option('--rounds <n>', 'rounds of each race, with each cast, on each build; 0: none', wholeNumber, 300)
  .option('--records <n>', 'records of the stress test, in all; 0: none', wholeNumber, 400_000)
  .option('--producers <n>', 'producers of the stress test', wholeNumber, 4)
  .option('--seed <n>', 'what all is drawn from', wholeNumber, Date.now() % 2 ** 31)
  .option('--only <name>', 'races whose names contain this', '')
  .option('--quick', 'each cast, and each place of a consumer, on one build only', false)
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{
    rounds: number
    records: number
    producers: number
    seed: number
    only: string
    quick: boolean
    json: boolean
  }>()

/** Where the consumer of the stress test is, and so whether its producers may block. */
const CONSUMERS: Readonly<Record<string, Place>> = {
  'and a producer in the page': 'here',
  'in a worker': 'thread',
  'where nobody may block': 'unblocking thread',
}
/** The fault of a twin shows in some rounds of many, and not in each try. */
const TWIN_ROUNDS = 2000
const TWIN_TRIES = 20

if (NO_CHROMIUM) {
  process.stderr.write(`${NO_CHROMIUM}\n`)
  process.exit(1)
}
const started = performance.now()
const server = await serveIsolated(await bundle(), () => '<!doctype html><title>stage</title>')
const browser = await launchChromium()
const page = await browser.newPage()
await page.goto(server.origin)
const stage = new Stage(page)

/** Thrown where a page has failed that may be stuck. */
const END = new Error('the page has failed')
const failures: string[] = []
const figures = { races: 0, rounds: 0, never: 0, scenarios: 0, records: 0 }
try {
  if (options.rounds > 0) {
    for (const [i, race] of wanted(RACES).entries()) await playAll(race, i)
    for (const race of wanted(BROKEN)) await mustFail(race)
  }
  if (options.records > 0) await stress()
} catch (error) {
  if (error !== END) throw error
} finally {
  await browser.close()
  server.close()
}
for (const failure of failures) process.stdout.write(`FAILED  ${failure}\n`)
if (options.json) {
  const ok = failures.length === 0
  const { seed } = options
  const seconds = (performance.now() - started) / 1000
  const machine = { browser: `Chromium ${browser.version()}`, cores: cpus().length }
  process.stdout.write(`${JSON.stringify({ ok, seed, ...figures, seconds, ...machine, failures })}\n`)
}
process.exit(failures.length === 0 ? 0 : 1)

/** But not those with a dead thread: nobody can tell that here. */
function wanted(races: readonly Race[]): readonly Race[] {
  return races.filter(({ name, dead }) => name.includes(options.only) && !dead)
}

/** A race with each cast, on each build, or on another one for each. */
async function playAll(race: Race, turn: number): Promise<void> {
  const suiting = THREAD_BUILDS.filter((build) => race.suits?.(build) ?? true)
  const columns = []
  for (const [i, cast] of castsOf(race).entries()) {
    const builds = options.quick ? suiting.slice((turn + i) % suiting.length).slice(0, 1) : suiting
    const counts: Record<string, number> = {}
    for (const build of builds) {
      for (const [outcome, times] of Object.entries(await play(race, build, cast, options.rounds))) {
        counts[outcome] = (counts[outcome] ?? 0) + times
      }
    }
    figures.never += missing(race, counts).length
    columns.push({ head: cast.name, counts })
  }
  figures.races++
  process.stdout.write(outcomeTable(race, columns))
}

async function play(race: Race, build: Build, { name, places }: Cast, rounds: number): Promise<Counts> {
  const what = `${race.name}, ${name}, ${build.name}`
  process.stderr.write(`${what}\n`)
  const { seed } = options
  try {
    const counts = await stage.race({ race: race.name, build, rounds, seed, cast: places })
    figures.rounds += rounds
    if (!BROKEN.includes(race)) {
      for (const outcome of forbidden(race, counts))
        fail(`${what}: '${outcome}' came ${counts[outcome]} times`, race)
    }
    return counts
  } catch (error) {
    throw fail(`${what}: ${messageOf(error)}`, race)
  }
}

/** A twin with a fault: if that does not show, nothing would. */
async function mustFail(race: Race): Promise<void> {
  const [workers] = castsOf(race) as [Cast]
  const build = THREAD_BUILDS.find(({ name }) => name === 'js, claim') as Build
  for (let tries = 0; tries < TWIN_TRIES; tries++) {
    if (forbidden(race, await play(race, build, workers, TWIN_ROUNDS)).length > 0) return
  }
  fail(`${race.name}: nothing was noticed`, race)
}

async function stress(): Promise<void> {
  const { producers, seed, quick } = options
  const scenarios = scenariosOf({ producers, seed })
  const runs = Object.entries(CONSUMERS).flatMap(([name, consumer], place) =>
    scenarios.filter((_, i) => !quick || i % 4 === place).map((scenario) => ({ name, consumer, scenario })),
  )
  const records = Math.ceil(options.records / runs.length)
  for (const { name, consumer, scenario } of runs) {
    const { engine, reservations, ringBytes } = scenario
    const what = `${engine.padEnd(4)} ${reservations.padEnd(5)} ${formatBytes(ringBytes).padStart(7)}, consumer ${name}`
    process.stderr.write(`${what}\n`)
    try {
      const producerKind = consumer === 'unblocking thread' ? consumer : 'thread'
      const result = await stage.stress({ scenario: { ...scenario, records, producerKind }, consumer })
      figures.scenarios++
      figures.records += result.records
      const rate = (result.records / result.seconds / 1e6).toFixed(2)
      process.stdout.write(
        `ok  ${what}: ${result.records} records, ${rate} million a second, ${result.failures} failed reservations\n`,
      )
    } catch (error) {
      throw fail(`${what}: ${messageOf(error)}`)
    }
  }
}

/** Notes it, with the line that does it again. */
function fail(what: string, race?: Race): typeof END {
  const { seed, rounds, records, producers, quick } = options
  const line = again('browsers', {
    ...(race ? { only: race.name, rounds, records: 0 } : { rounds: 0, records, producers }),
    seed,
    quick,
  })
  failures.push(`${what}\n        ${line}`)
  return END
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It must be a whole number.')
}
