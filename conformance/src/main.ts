/** `npm run conformance -- --plugin kernel --json`: see conformance/README.md. */
import { writeFileSync } from 'node:fs'
import { type Case, CaseError } from './case.js'
import { coveragePage } from './coverage.js'
import { loadCases, ROOT } from './load.js'
import { readOptions } from './options.js'
import { commandOf, PLUGINS } from './plugins.js'
import { type Outcome, tryCases, tryOperations, type Work } from './work.js'

const options = readOptions()

try {
  process.exitCode = await main()
} catch (error) {
  // Also a judge that cannot be started here.
  process.stderr.write(`${error instanceof CaseError ? error.message : (error as Error).stack}\n`)
  process.exitCode = 2
}

async function main(): Promise<number> {
  const all = loadCases()
  const cases = all.filter((one) => wordsOf(one).includes(options.only))
  if (cases.length === 0) {
    process.stderr.write(`no case has '${options.only}'\n`)
    return 2
  }
  if (options.writeCoverage) writeFileSync(`${ROOT}conformance/COVERAGE.md`, coveragePage(all))
  else if (options.list) process.stdout.write(cases.map((one) => `${wordsOf(one)}\n`).join(''))
  else if (options.random !== undefined) return await doAll(tryOperations(options.random, options))
  else return await doAll(tryCases(cases, options))
  return 0
}

async function doAll(work: Work): Promise<number> {
  const isAll = options.all || options.plugin.length === 0
  const names = isAll ? Object.keys(PLUGINS) : options.plugin
  const outcomes: Outcome[] = []
  const absent: { name: string; reason: string }[] = []
  for (const name of names) {
    const command = tryCommand(name)
    if (typeof command === 'string') {
      absent.push({ name, reason: command })
      process.stdout.write(`absent  ${name}: ${command}\n`)
      continue
    }
    const outcome = await work(name, command, names.length === 1)
    outcomes.push(outcome)
    process.stdout.write(outcome.text)
  }
  // Whoever names a plug-in wants it; and where CI is set everything has been installed.
  const mayBeAbsent = isAll && !process.env['CI']
  const ok = outcomes.every((outcome) => outcome.ok) && (absent.length === 0 || mayBeAbsent)
  if (options.json) {
    const plugins = outcomes.map(({ figures }) => figures)
    process.stdout.write(`${JSON.stringify({ ok, figures: { plugins, absent } })}\n`)
  }
  return ok ? 0 : 1
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
