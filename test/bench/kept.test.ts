/** Results that are kept, and what is on the page for them. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { commitOfSources } from 'bpf-ringbuf-bench/commit.js'
import { formatResult, isUpToDate, KEPT, keep, readKept } from 'bpf-ringbuf-bench/kept.js'
import { Estimate, formatLeft } from 'bpf-ringbuf-bench/progress.js'
import { renderPage } from 'bpf-ringbuf-bench/report/page.js'
import { writeReport } from 'bpf-ringbuf-bench/report/write.js'
import type { SuiteResult } from 'bpf-ringbuf-bench/results.js'
import { SUITES } from 'bpf-ringbuf-bench/suites.js'
import { made, madeSuite } from './made-up.js'

const result = madeSuite('core', [made('throughput-1p1c-64B', 'ours-wasm', 1 / 3)]) as SuiteResult

/** A folder for one test, with a slash at its end. */
function folderFor(context: { after(work: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringbuf-kept-'))
  context.after(() => rmSync(folder, { recursive: true }))
  return `${folder}/`
}

test('a result is a line, with six digits, and bytes are whole', () => {
  const suite = madeSuite('core', [made('a', 'b', 1 / 3), made('a', 'c', 123456789)])
  const text = formatResult(suite as SuiteResult)
  assert.equal(text.split('\n').filter((line) => line.includes('"contestant":')).length, 2)
  assert.match(text, /"median":0\.333333,/)
  assert.match(text, /"median":123456789,/)
  assert.deepEqual(JSON.parse(text).cases, suite.cases)
})

test('what is kept is read again, and a half-written file never takes its place', (context) => {
  const folder = folderFor(context)
  assert.equal(readKept(`${folder}not-there/`).size, 0)
  keep(result, folder)
  writeFileSync(`${folder}peers.json.part`, '{"suite"')
  assert.deepEqual(readdirSync(folder).sort(), ['core.json', 'peers.json.part'])
  const kept = readKept(folder)
  assert.deepEqual([...kept.keys()], ['core'])
  assert.equal(kept.get('core')?.results[0]?.median, 0.333333)
})

test('a suite is measured again unless sources and plan are the same', () => {
  const at = (commit: string | null) => ({ ...result, machine: { ...result.machine, commit } })
  assert.equal(isUpToDate(undefined, result.plan), false)
  assert.equal(isUpToDate(at(null), result.plan), false)
  assert.equal(isUpToDate(at('abc1234+changes'), result.plan), false)
  assert.equal(isUpToDate(at('0000000'), result.plan), false)
  assert.equal(isUpToDate(at('HEAD'), { ...result.plan, rounds: 99 }), false)
  const untouched = commitOfSources()?.endsWith('+changes') === false
  assert.equal(isUpToDate(at('HEAD'), result.plan), untouched)
})

test('the report is written, and charts that it no longer has are taken away', (context) => {
  const folder = folderFor(context)
  const places = { results: `${folder}results/`, page: `${folder}page.md`, charts: `${folder}charts/` }
  keep(result, places.results)
  writeReport(places)
  assert.match(readFileSync(places.page, 'utf8'), /benchmarks\/headline\.svg/)
  writeFileSync(`${places.charts}of-another-time.svg`, '<svg></svg>')
  writeReport(places)
  assert.deepEqual(readdirSync(places.charts), ['headline.svg'])
})

const kept = [...readKept(KEPT.results).values()]

test('docs/benchmarks.md and its charts are what the renderer makes of the results that are kept', (context) => {
  if (kept.length === 0) return context.skip('no results are kept: npm run bench -- all')
  const { markdown, charts } = renderPage(kept, Object.keys(SUITES))
  const again = 'run "npm run bench -- report"'
  assert.ok(existsSync(KEPT.page), `${KEPT.page} is missing: ${again}`)
  assert.equal(readFileSync(KEPT.page, 'utf8'), markdown, again)
  const drawn = readdirSync(KEPT.charts).filter((file) => file.endsWith('.svg'))
  assert.deepEqual(drawn.sort(), charts.map(({ file }) => file).sort(), again)
  for (const { file, svg } of charts) assert.equal(readFileSync(`${KEPT.charts}${file}`, 'utf8'), svg, again)
})

test('time that is left follows what was planned, and how well it was kept to', () => {
  let now = 0
  const estimate = new Estimate(100, () => now)
  assert.equal(estimate.leftSeconds, 100)
  now = 20_000
  estimate.done(10)
  assert.equal(estimate.share, 0.1)
  assert.equal(estimate.leftSeconds, 180)
  estimate.done(200)
  assert.equal(estimate.share, 1)
  assert.equal(estimate.leftSeconds, 0)
})

test('time that is left reads well', () => {
  assert.deepEqual([0, 45, 600, 3900].map(formatLeft), [
    '0 s left',
    '45 s left',
    '10 min left',
    '1 h 5 min left',
  ])
})
