/** `npm run conformance -- --plugin kernel --json`: see conformance/README.md. */
import { writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { type Case, CaseError } from './case.js'
import { coveragePage } from './coverage.js'
import { loadCases, ROOT } from './load.js'
import { commandOf, PLUGINS } from './plugins.js'
import { describeResult, figuresOf, isGood } from './report.js'
import { type Result, runCases } from './run.js'

interface Options {
  readonly plugin: readonly string[]
  readonly all: boolean
  readonly only: string
  readonly list: boolean
  readonly writeCoverage: boolean
  readonly timeLimit: number
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
  process.exitCode = (await runAll()) ? 0 : 1
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

async function runAll(): Promise<boolean> {
  const names = options.all || options.plugin.length === 0 ? Object.keys(PLUGINS) : options.plugin
  const results: Result[] = []
  const absent: { name: string; reason: string }[] = []
  for (const name of names) {
    const command = tryCommand(name)
    if (Array.isArray(command)) {
      const result = await runCases(command, cases, { limitMs: options.timeLimit })
      results.push(result)
      process.stdout.write(describeResult(result, names.length === 1))
    } else {
      const reason = command as string
      absent.push({ name, reason })
      process.stdout.write(`absent  ${name}: ${reason}\n`)
    }
  }
  // Whoever names a plug-in wants it; and where CI is set everything has been installed.
  const mayBeAbsent = options.all && !process.env['CI']
  const ok = results.every(isGood) && (absent.length === 0 || mayBeAbsent)
  if (options.json) {
    const figures = { cases: cases.length, plugins: results.map(figuresOf), absent }
    process.stdout.write(`${JSON.stringify({ ok, figures })}\n`)
  }
  return ok
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
