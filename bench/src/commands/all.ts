/**
 * `npm run bench -- all`: every suite, one after the other, and then the report.
 *
 * A suite is kept as soon as it is done. Whoever is interrupted goes on with --resume.
 */
import { judgeSuite, verdictLine } from '../doctor/suite.js'
import { isUpToDate, KEPT, keep, readKept, SMOKED } from '../kept.js'
import { openProgress } from '../progress.js'
import { writeReport } from '../report/write.js'
import { hasFailures, measure, type Prepared, prepare } from '../run-suite.js'
import { type Length, planOf, SUITES } from '../suites.js'

export async function runAll(length: Length, { resume }: { readonly resume: boolean }): Promise<number> {
  const places = length === 'smoke' ? SMOKED : KEPT
  const prepared = await prepareAll(length, resume, places.results)
  const progress = openProgress(prepared.reduce((sum, { seconds }) => sum + seconds, 0))
  let failed = false
  try {
    for (const suite of prepared) {
      const result = await measure(suite, progress)
      keep(result, places.results)
      failed ||= hasFailures(result)
      progress.say(`${suite.suite}: ${verdictLine(judgeSuite(result.results, result.machine.compared))}`)
      for (const { contestant, case: name, errors } of result.results) {
        for (const error of errors) progress.say(`FAILED: ${contestant} in ${name}: ${error}`)
      }
    }
  } finally {
    progress.stop()
  }
  writeReport(places)
  return failed ? 1 : 0
}

async function prepareAll(length: Length, resume: boolean, folder: string): Promise<Prepared[]> {
  const kept = readKept(folder)
  const prepared: Prepared[] = []
  for (const [name, suite] of Object.entries(SUITES)) {
    if (resume && isUpToDate(kept.get(name), planOf(suite, length))) {
      console.error(`${name}: kept from the same sources and plan, not measured again`)
      continue
    }
    prepared.push(await prepare(name, length))
  }
  return prepared
}
