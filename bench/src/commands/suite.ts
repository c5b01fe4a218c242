/** `npm run bench -- core`: one suite, as tables. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Choice } from '../choice.js'
import { judgeSuite, verdictLine } from '../doctor/suite.js'
import { formatResult } from '../kept.js'
import { openProgress } from '../progress.js'
import { hasFailures, measure, prepare } from '../run-suite.js'
import type { Length } from '../suites.js'
import { printTables } from '../table.js'

export interface SuiteOptions extends Choice {
  readonly check: boolean
  readonly json?: string
}

const USAGE_ERROR = 2

export async function runSuite(name: string, length: Length, options: SuiteOptions): Promise<number> {
  const prepared = await prepare(name, length, options)
  for (const { contestant, reason } of prepared.absent) console.error(`without ${contestant}: ${reason}`)
  if (prepared.entries.length === 0 && prepared.absent.length === 0) {
    console.error(`nothing of the suite ${name} was chosen`)
    return USAGE_ERROR
  }
  const progress = openProgress(prepared.seconds)
  const result = await measure(prepared, progress).finally(() => progress.stop())
  printTables(result, result.cases)
  console.log(verdictLine(judgeSuite(result.results, result.machine.compared)))
  if (options.json !== undefined) {
    // npm runs scripts in the folder of the package; FILE is meant from where npm was called.
    const { INIT_CWD: calledFrom = process.cwd() } = process.env
    writeFileSync(resolve(calledFrom, options.json), formatResult(result))
  }
  const missed = options.check && result.bars.some(({ met }) => met !== true)
  return hasFailures(result) || missed ? 1 : 0
}
