/**
 * The command line of the benchmarks:
 *
 *   npm run bench -- SUITE [--quick | --smoke] [--json FILE] [--check] [--case NAME] [--chart NAME] [--contestant NAME]
 *   npm run bench -- all [--quick | --smoke] [--resume]
 *   npm run bench -- report
 *   npm run bench -- doctor [--seconds N]
 *
 * Exit code 0: measured. 1: a run failed its check; with --check, a bar was not met; doctor: too noisy to measure.
 * 2: used wrongly.
 */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { CHART_NAMES } from './axes/charts.js'
import { runAll } from './commands/all.js'
import { runSuite, type SuiteOptions } from './commands/suite.js'
import { CONTESTANT_NAMES } from './contestants/index.js'
import { runDoctor } from './doctor/command.js'
import { KEPT } from './kept.js'
import { writeReport } from './report/write.js'
import { type Length, SUITES } from './suites.js'

const USAGE_ERROR = 2
const CASE_NAMES = [...new Set(Object.values(SUITES).flatMap(({ cases }) => cases.map(({ name }) => name)))]

interface LengthOptions {
  readonly quick: boolean
  readonly smoke: boolean
}

const lengthOf = ({ quick, smoke }: LengthOptions): Length => (smoke ? 'smoke' : quick ? 'quick' : 'full')
const quick = () => new Option('--quick', 'few short rounds, for a first look').default(false)
const smoke = () =>
  new Option('--smoke', 'one very short round: does everything still run?').default(false).conflicts('quick')

/** The commands that are no suite would be taken for one otherwise; so a suite is what has no name of its own. */
const program = new Command('bench')
  .description('Measures bpf-ringbuf against its peers.')
  .usage('<suite or command> [options]')
  .addHelpText('after', `\nSuites: ${Object.keys(SUITES).join(', ')}; each has a --help of its own.`)

program
  .command('suite', { isDefault: true, hidden: true })
  .usage(`<${Object.keys(SUITES).join(' | ')}> [options]`)
  .description('measures one suite and prints its tables')
  .addArgument(new Argument('<suite>', 'what to measure').choices(Object.keys(SUITES)))
  .addOption(quick())
  .addOption(smoke())
  .option('--check', 'exit with 1 when a bar is not met, or could not be judged', false)
  .option('--json <file>', 'write the results to this file as well')
  .addOption(new Option('--case <names...>', 'only these cases').choices(CASE_NAMES))
  .addOption(new Option('--chart <names...>', 'only these charts of the suite axes').choices(CHART_NAMES))
  .addOption(new Option('--contestant <names...>', 'only these contestants').choices(CONTESTANT_NAMES))
  .action(async (suite: string, options: SuiteOptions & LengthOptions) => {
    process.exitCode = await runSuite(suite, lengthOf(options), options)
  })

program
  .command('all')
  .description('measures all suites, keeps their results and writes docs/benchmarks.md')
  .addOption(quick())
  .addOption(smoke())
  .option('--resume', 'leave out what is kept from the same sources and plan', false)
  .action(async (options: LengthOptions & { resume: boolean }) => {
    process.exitCode = await runAll(lengthOf(options), options)
  })

program
  .command('report')
  .description('writes docs/benchmarks.md from the results that are kept')
  .action(() => writeReport(KEPT))

program
  .command('doctor')
  .description('says whether this machine is fit to be believed now; exit code 1: too noisy')
  .option('--seconds <seconds>', 'how long to look', positive, 10)
  .action(async (options: { seconds: number }) => {
    process.exitCode = await runDoctor(options)
  })

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number above 0 is needed')
  return value
}

for (const command of [program, ...program.commands]) command.exitOverride()
try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR
}
