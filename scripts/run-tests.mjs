// Runs all compiled tests, and says what was skipped and why. Where CI is set, nothing may be skipped:
// there everything that a test needs has been installed.
//
// Arguments are handed to node --test, or name tests: `npm test -- ring/contract`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const compiled = join(root, '.build/test')
const sources = join(root, 'test')
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'))
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))

// By the sources, because a compiled test may be left of one that is gone.
const files = readdirSync(sources, { recursive: true })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)))
  .map((file) => join(compiled, file.replace(/\.ts$/, '.js')))
  .sort()
if (files.length === 0) {
  process.stderr.write(`no test matches ${wanted.join(' ')}\n`)
  process.exit(2)
}

/**
 * Folders whose tests only compute: no other thread, no clock, nothing of the system. They run beside the others, which
 * must not disturb each other, and leave a processor idle most of the time.
 */
const COMPUTING = ['explore', 'litmus', 'mutate']

const isComputing = (file) => COMPUTING.some((folder) => file.startsWith(join(compiled, folder, '/')))
const folder = mkdtempSync(join(tmpdir(), 'ringbuf-tests-'))
const lanes = [files.filter((file) => !isComputing(file)), files.filter(isComputing)].filter(
  (lane) => lane.length > 0,
)
const results = await Promise.all(lanes.map(run))
rmSync(folder, { recursive: true })
const status = Math.max(...results.map((result) => result.status))
const report = results.map((result) => result.report).join('\n')

/** Runs these tests, one file after the other. */
async function run(lane, index) {
  const tap = join(folder, `tap-${index}`)
  const child = spawn(
    process.execPath,
    [
      '--test',
      '--test-concurrency=1',
      // A test that waits for what never comes shall fail, and not hold up the others.
      // Whole files count, too: the longest takes a minute on a quiet machine.
      `--test-timeout=${400_000 * Math.max(1, Number(process.env.RINGBUF_EFFORT ?? 1))}`,
      // Of two that write to one screen, neither can be read.
      ...(process.stdout.isTTY && lanes.length === 1 ? ['--test-reporter=spec'] : ['--test-reporter=dot']),
      '--test-reporter-destination=stdout',
      '--test-reporter=tap',
      `--test-reporter-destination=${tap}`,
      ...options,
      ...lane,
    ],
    { stdio: 'inherit', cwd: root },
  )
  const [code] = await once(child, 'exit')
  return { status: code ?? 1, report: readFileSync(tap, 'utf8') }
}

const failed = report.split('\n').filter((line) => /^\s*not ok /.test(line) && !/# TODO/.test(line))
const skipped = [...report.matchAll(/^\s*ok \d+ - (.*?) # SKIP ?(.*)$/gm)]
for (const [, name, reason] of skipped)
  process.stdout.write(`skipped: ${name}: ${reason || 'no reason given'}\n`)
if (status !== 0) {
  process.stdout.write(`${failed.join('\n')}\n`)
  for (const block of report.split(/\n(?=\s*(?:ok|not ok) \d+)/)) {
    if (/^\s*not ok/.test(block) && /error: /.test(block)) process.stdout.write(`${block.slice(0, 3000)}\n`)
  }
}
for (const what of ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo']) {
  const counts = [...report.matchAll(new RegExp(`^# ${what} (\\d+)$`, 'gm'))]
  process.stdout.write(`# ${what} ${counts.reduce((sum, [, count]) => sum + Number(count), 0)}\n`)
}
process.stdout.write(`# seconds ${Math.round(performance.now() / 1000)}\n`)
if (status === 0 && skipped.length > 0 && process.env.CI) {
  process.stdout.write('CI: nothing may be skipped here\n')
  process.exit(1)
}
process.exit(status)
