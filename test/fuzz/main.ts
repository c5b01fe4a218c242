/**
 * The fuzzer: a hostile peer writes into the memory of rings, and whoever uses them reports it or goes on.
 * `npm run fuzz -- --corruptions 10000000 --json`
 *
 *   for each build, in a process of its own:
 *     at rest     in series: a word is damaged, the ring is used, and so on; then all is repaired, and it must work
 *     meanwhile   one peer damages words while two others use the ring
 *
 * A corruption is a word that was damaged. `--replay SEED:NUMBER` does one series at rest again, and says what was done.
 */
import { cpus } from 'node:os'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { AtRest, Story } from './at-rest.js'
import { FUZZ_BUILDS, type FuzzBuild } from './builds.js'
import { fuzzBuild, type Outcome } from './watch.js'

const options = new Command('fuzz')
  .option('--corruptions <n>', 'in all, half of them at rest', wholeNumber, 200_000)
  .option('--seed <n>', 'what they are drawn from', wholeNumber, Date.now() % 2 ** 31)
  .option('--only <build>', 'builds whose names contain this')
  .option('--jobs <n>', 'processes at once', wholeNumber, cpus().length)
  .option('--replay <seed:number>', 'do this series at rest again')
  .option('--list', 'name the builds', false)
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{
    corruptions: number
    seed: number
    only?: string
    jobs: number
    replay?: string
    list: boolean
    json: boolean
  }>()

const wanted = FUZZ_BUILDS.flatMap(({ name }, i) => (name.includes(options.only ?? '') ? [i] : []))
if (options.list) process.stdout.write(`${FUZZ_BUILDS.map(({ name }) => name).join('\n')}\n`)
else if (options.replay !== undefined) await replay(options.replay)
else if (wanted.length === 0) throw new Error(`no build is called '${options.only}': see --list`)
else await fuzz()

async function fuzz(): Promise<void> {
  const { corruptions, seed, jobs } = options
  const each = Math.ceil(corruptions / 2 / wanted.length)
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value} of {total} corruptions | {name}',
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: 10_000,
    hideCursor: true,
  })
  bar.start(2 * each * wanted.length, 0, { name: '' })
  const started = performance.now()
  const outcomes: Outcome[] = []
  const left = [...wanted]
  let done = 0
  const work = async () => {
    for (let build = left.shift(); build !== undefined; build = left.shift()) {
      let seen = 0
      const outcome = await fuzzBuild({ build, seed, atRest: each, meanwhile: each }, (now, name) => {
        done += now - seen
        seen = now
        bar.update(done, { name })
      })
      outcomes.push(outcome)
      if (outcome.failure) left.length = 0
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  bar.stop()
  report(outcomes, (performance.now() - started) / 1000)
}

function report(outcomes: readonly Outcome[], seconds: number): void {
  for (const { name, atRest, meanwhile, tally } of outcomes) {
    const answers = Object.entries(tally).map(([what, times]) => `${what} ${times}`)
    process.stdout.write(
      `${name}: ${atRest} at rest, ${meanwhile} meanwhile\n  ${answers.sort().join(', ')}\n`,
    )
  }
  const failures = outcomes.flatMap(({ failure }) => failure ?? [])
  for (const failure of failures) process.stdout.write(`FAILED  ${failure}\n`)
  if (options.json) {
    const atRest = outcomes.reduce((sum, outcome) => sum + outcome.atRest, 0)
    const meanwhile = outcomes.reduce((sum, outcome) => sum + outcome.meanwhile, 0)
    const perSecond = Math.round((atRest + meanwhile) / seconds)
    const figures = { corruptions: atRest + meanwhile, atRest, meanwhile, seconds, perSecond }
    const ok = failures.length === 0
    process.stdout.write(
      `${JSON.stringify({ ok, seed: options.seed, ...figures, failures, builds: outcomes })}\n`,
    )
  }
  process.exitCode = failures.length === 0 ? 0 : 1
}

async function replay(text: string): Promise<void> {
  const [seed, number] = text.split(':').map(Number) as [number, number]
  const build = FUZZ_BUILDS[number % FUZZ_BUILDS.length] as FuzzBuild
  const story = new Story((line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${build.name}\n`)
  await new AtRest(build).corrupt(seed, number, story)
  process.stdout.write('ok\n')
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: true, build: build.name })}\n`)
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('It must be a whole number from 1.')
}
