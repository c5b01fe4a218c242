/** What the tests do where there is no fault: whether they pass, how long they take, and what they run. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Coverage, readCoverage } from './coverage.js'
import { hashOf } from './mutant.js'
import { runTest } from './run-test.js'
import { SOURCES } from './sources.js'
import { KEPT, type Workshop } from './workshop.js'

export interface Baseline {
  readonly test: string
  readonly ms: number
  readonly passes: boolean
  readonly coverage: Coverage
}

const FILE = join(KEPT, 'baseline.json')
const LONGEST_MS = 300_000

/** Runs every test once whose name contains a text, unless that was done before and neither the test nor what is mutated has changed. */
export async function baselines(
  workshop: Workshop,
  only: string,
  progress: (text: string) => void,
): Promise<Baseline[]> {
  const known = read()
  const sources = SOURCES.map((file) => workshop.read(file))
  const found: Baseline[] = []
  const tests = workshop.tests().filter((test) => test.includes(only))
  for (const [i, test] of tests.entries()) {
    const key = hashOf(test, readFileSync(join(workshop.root, '.build/test', test), 'utf8'), ...sources)
    let baseline = known[key]
    if (!baseline) {
      progress(`${i} of ${tests.length} tests run once, without a fault: ${test}`)
      baseline = await measure(workshop, test)
      // One that fails is tried again the next time: it may have been unlucky.
      if (baseline.passes) known[key] = baseline
      mkdirSync(KEPT, { recursive: true })
      writeFileSync(FILE, JSON.stringify(known))
    }
    found.push(baseline)
  }
  return found
}

async function measure({ root }: Workshop, test: string): Promise<Baseline> {
  const folder = mkdtempSync(join(tmpdir(), 'ringbuf-coverage-'))
  try {
    const { outcome, ms } = await runTest(root, test, LONGEST_MS, { NODE_V8_COVERAGE: folder })
    return { test, ms, passes: outcome === 'passes', coverage: readCoverage(folder, root) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function read(): Record<string, Baseline> {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'))
  } catch {
    return {}
  }
}
