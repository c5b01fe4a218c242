/** `npm run conformance -- --plugin kernel --json`: see conformance/README.md. */
import { writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { type Case, CaseError } from './case.js'
import { coveragePage } from './coverage.js'
import { loadCases, ROOT } from './load.js'
import { commandOf, PLUGINS } from './plugins.js'
import { compareRandomly } from './random/compare.js'
import { describeComparison, describeResult, figuresOf, isGood } from './report.js'
import { runCases } from './run.js'

interface Options {
  readonly plugin: readonly string[]
  readonly all: boolean
  readonly only: string
  readonly list: boolean
  readonly writeCoverage: boolean
  readonly timeLimit: number
  readonly random: number | undefined
  readonly judge: string
  readonly seed: number
  readonly json: boolean
}

const options = new Command('conformance')
  .description('Runs cases on rings, each a plug-in.')
  .option(
    '--plugin <command>',
    `one of ${Object.keys(PLUGINS).join(', ')}, or any command; may be repeated`,
    collect,
    [],
  )
  .option('--all', 'all plug-ins of this repository that run here; all of them, where CI is set', false)
  .option('--only <text>', 'cases with this in their title, file or requirements', '')
  .option('--list', 'print the cases, and run none', false)
  .option('--write-coverage', 'write conformance/COVERAGE.md, and run none', false)
  .option(
    '--random <operations>',
    'no cases: so many random operations, judged by another plug-in',
    wholeNumber,
  )
  .option('--judge <command>', 'whose answers to random operations are right', 'kernel')
  .option('--seed <n>', 'what they are drawn from', wholeNumber, Date.now() % 2 ** 31)
  .option('--time-limit <ms>', 'how long an answer may take', wholeNumber, 10_000)
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<Options>()

const cases = mustLoad().filter((one) => wordsOf(one).includes(options.only))
if (cases.length === 0) {
  process.stderr.write(`no case has '${options.only}'\n`)
  process.exitCode = 2
} else if (options.writeCoverage) {
  writeFileSync(`${ROOT}conformance/COVERAGE.md`, coveragePage(mustLoad()))
} else if (options.list) {
  for (const one of cases) process.stdout.write(`${wordsOf(one)}\n`)
} else {
  const work = options.random === undefined ? runCasesOn : compareOn(options.random)
  process.exitCode = (await runAll(work)) ? 0 : 1
}

function mustLoad(): Case[] {
  try {
    return loadCases()
  } catch (error) {
    if (!(error instanceof CaseError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}

/** What one plug-in has come to: for people, and for programs. */
interface Outcome {
  readonly ok: boolean
  readonly text: string
  readonly figures: object
}

async function runAll(
  work: (command: readonly string[], alone: boolean) => Promise<Outcome>,
): Promise<boolean> {
  const names = options.all || options.plugin.length === 0 ? Object.keys(PLUGINS) : options.plugin
  const outcomes: Outcome[] = []
  const absent: { name: string; reason: string }[] = []
  for (const name of names) {
    const command = tryCommand(name)
    if (typeof command === 'string') {
      absent.push({ name, reason: command })
      process.stdout.write(`absent  ${name}: ${command}\n`)
      continue
    }
    const outcome = await work(command, names.length === 1)
    outcomes.push(outcome)
    process.stdout.write(outcome.text)
  }
  // Whoever names a plug-in wants it; and where CI is set everything has been installed.
  const mayBeAbsent = options.all && !process.env['CI']
  const ok = outcomes.every((outcome) => outcome.ok) && (absent.length === 0 || mayBeAbsent)
  if (options.json) {
    const plugins = outcomes.map(({ figures }) => figures)
    const figures = options.random === undefined ? { cases: cases.length } : { seed: options.seed }
    process.stdout.write(`${JSON.stringify({ ok, figures: { ...figures, plugins, absent } })}\n`)
  }
  return ok
}

async function runCasesOn(command: readonly string[], alone: boolean): Promise<Outcome> {
  const result = await runCases(command, cases, { limitMs: options.timeLimit })
  return { ok: isGood(result), text: describeResult(result, alone), figures: figuresOf(result) }
}

function compareOn(operations: number) {
  const judge = commandOf(options.judge)
  return async (command: readonly string[]): Promise<Outcome> => {
    const { seed, timeLimit: limitMs } = options
    const comparison = await compareRandomly([judge, command], { operations, seed, limitMs })
    return {
      ok: comparison.difference === undefined,
      text: describeComparison(comparison),
      figures: comparison,
    }
  }
}

/** Or why there is none. */
function tryCommand(name: string): readonly string[] | string {
  try {
    return commandOf(name)
  } catch (error) {
    return (error as Error).message
  }
}

function wordsOf({ place, title, requirements, needs }: Case): string {
  const all = needs.length > 0 ? `, needs ${needs.join(' ')}` : ''
  return `${place.file}:${place.line}: ${title} (${requirements.join(' ')}${all})`
}

function collect(one: string, others: readonly string[]): readonly string[] {
  return [...others, one]
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('must be a whole number above 0')
}
