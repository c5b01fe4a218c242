/**
 * The command line of the benchmarks:
 *
 *   npm run bench -- SUITE [--quick | --smoke] [--json FILE] [--check] [--case NAME] [--chart NAME] [--contestant NAME]
 *
 * Exit code 0: measured. 1: a run failed its check; or, with --check, a bar was not met. 2: used wrongly.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Argument, Command, CommanderError, Option } from 'commander'
import { CHART_NAMES } from './axes/charts.js'
import type { Case } from './cases.js'
import { type Choice, chosenCases, chosenContestants } from './choice.js'
import type { Contestant } from './contestant.js'
import { CONTESTANT_NAMES, loadContestant } from './contestants/index.js'
import { type Absent, summarise } from './results.js'
import { enter, runRounds } from './rounds.js'
import { SMOKE, SUITES, type Suite } from './suites.js'
import { printTables } from './table.js'

interface Options extends Choice {
  readonly quick: boolean
  readonly smoke: boolean
  readonly check: boolean
  readonly json?: string
}

const USAGE_ERROR = 2
const CASE_NAMES = [...new Set(Object.values(SUITES).flatMap(({ cases }) => cases.map(({ name }) => name)))]

async function runSuite(name: string, options: Options): Promise<number> {
  const suite = SUITES[name] as Suite
  const planName = options.smoke ? 'smoke' : options.quick ? 'quick' : 'full'
  const plan = planName === 'smoke' ? SMOKE : suite[planName]
  const cases = chosenCases(suite, planName, options)
  if (cases.length === 0) {
    console.error(`nothing of the suite ${name} was chosen`)
    return USAGE_ERROR
  }
  const contestantNames = chosenContestants(suite, planName, options) ?? CONTESTANT_NAMES
  const { contestants, absent } = await gather(cases, contestantNames)
  for (const { contestant, reason } of absent) console.error(`without ${contestant}: ${reason}`)

  const entries = enter(cases, contestants)
  await runRounds(entries, plan, (line) => console.error(line))
  const result = summarise(name, options.quick || options.smoke, entries, absent)
  printTables(result, cases)
  if (options.json !== undefined) {
    // npm runs scripts in the folder of the package; FILE is meant from where npm was called.
    const { INIT_CWD: calledFrom = process.cwd() } = process.env
    writeFileSync(resolve(calledFrom, options.json), `${JSON.stringify(result, null, 2)}\n`)
  }
  const failed = entries.some(({ errors }) => errors.length > 0)
  const missed = options.check && result.bars.some(({ met }) => met !== true)
  return failed || missed ? 1 : 0
}

/** Those who take part in one of the cases, apart from those who cannot run here. */
async function gather(
  cases: readonly Case[],
  names: readonly string[],
): Promise<{ contestants: Contestant[]; absent: Absent[] }> {
  const contestants: Contestant[] = []
  const absent: Absent[] = []
  for (const name of CONTESTANT_NAMES.filter((known) => names.includes(known))) {
    const contestant = await loadContestant(name)
    if (!cases.some((item) => item.name in contestant.cases)) continue
    const reason = contestant.absent()
    if (reason === null) contestants.push(contestant)
    else absent.push({ contestant: name, reason })
  }
  return { contestants, absent }
}

const command = new Command('bench')
  .description('Measures bpf-ringbuf against its peers.')
  .addArgument(new Argument('<suite>', 'what to measure').choices(Object.keys(SUITES)))
  .option('--quick', 'few short rounds, for a first look', false)
  .option('--smoke', 'one very short round: does everything still run?', false)
  .option('--check', 'exit with 1 when a bar is not met, or could not be judged', false)
  .option('--json <file>', 'write the results to this file as well')
  .addOption(new Option('--case <names...>', 'only these cases').choices(CASE_NAMES))
  .addOption(new Option('--chart <names...>', 'only these charts of the suite axes').choices(CHART_NAMES))
  .addOption(new Option('--contestant <names...>', 'only these contestants').choices(CONTESTANT_NAMES))
  .exitOverride()
  .action(async (suite: string, options: Options) => {
    process.exitCode = await runSuite(suite, options)
  })

try {
  await command.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR
}
