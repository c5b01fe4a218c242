// Runs all compiled tests, and says what was skipped and why. Where CI is set, nothing may be skipped:
// there everything that a test needs has been installed.
//
// Arguments are handed to node --test, or name tests: `npm test -- ring/contract`.
import { spawnSync } from 'node:child_process'
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

const folder = mkdtempSync(join(tmpdir(), 'ringbuf-tests-'))
const tap = join(folder, 'tap')
const { status } = spawnSync(
  process.execPath,
  [
    '--test',
    // A test that waits for what never comes shall fail, and not hold up the others.
    // Whole files count, too: the longest takes a minute on a quiet machine.
    `--test-timeout=${400_000 * Math.max(1, Number(process.env.RINGBUF_EFFORT ?? 1))}`,
    ...(process.stdout.isTTY ? ['--test-reporter=spec'] : ['--test-reporter=dot']),
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${tap}`,
    ...options,
    ...files,
  ],
  { stdio: 'inherit', cwd: root },
)
const report = readFileSync(tap, 'utf8')
rmSync(folder, { recursive: true })

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
process.stdout.write(
  `${report
    .split('\n')
    .filter((line) => /^# (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(line))
    .join('\n')}\n`,
)
if (status === 0 && skipped.length > 0 && process.env.CI) {
  process.stdout.write('CI: nothing may be skipped here\n')
  process.exit(1)
}
process.exit(status ?? 1)
