/** The command line of the benchmarks: exit codes, and who is told what where. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(import.meta.resolve('bpf-ringbuf-bench/main.js'))

function bench(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('what cannot be meant is refused with 2 and a sentence', () => {
  for (const [args, says] of [
    [[], /missing required argument 'suite'/],
    [['no-such-suite'], /Allowed choices are core,/],
    [['core', '--quick', '--smoke'], /cannot be used with/],
    [['all', '--case', 'x'], /unknown option '--case'/],
    [['doctor', '--seconds', '-1'], /a number above 0 is needed/],
    [['core', '--chart', 'cpu'], /nothing of the suite core was chosen/],
    [['report', 'extra'], /too many arguments/],
  ] as const) {
    const { status, stdout, stderr } = bench(...args)
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, says)
    assert.equal(stdout, '')
  }
})

test('--help names all commands and suites', () => {
  const { status, stdout } = bench('--help')
  assert.equal(status, 0)
  for (const name of ['all', 'report', 'doctor', 'core', 'latency'])
    assert.match(stdout, new RegExp(`\\b${name}\\b`))
})

test('the doctor says whether to believe, and its exit code says the same', () => {
  const { status, stdout } = bench('doctor', '--seconds', '0.3')
  assert.match(stdout, status === 0 ? /fit to be believed now/ : /Do not believe what is measured here now/)
  assert.ok(status === 0 || status === 1)
})

test('a suite prints its tables, says how far to believe them, and keeps every run', (context) => {
  const file = `${process.env['TMPDIR'] ?? '/tmp'}/ringbuf-bench-${process.pid}.json`
  context.after(() => spawnSync('rm', ['-f', file]))
  const options = ['--smoke', '--case', 'throughput-1p1c-64B', '--contestant', 'ringbuf.js', '--json', file]
  const { status, stdout, stderr } = bench('peers', ...options)
  assert.equal(status, 0, stderr)
  assert.match(stdout, /ringbuf\.js/)
  assert.match(stdout, /1 run; set aside: .*too few to tell how they vary/)
  assert.match(stderr, /peers, round 1 of 1; \d+ s left/)
  const result = JSON.parse(readFileSync(file, 'utf8'))
  assert.equal(result.length, 'smoke')
  assert.deepEqual(
    result.contestants.map(({ name }: { name: string }) => name),
    ['ringbuf.js'],
  )
  assert.ok(result.results[0].median > 0)
})
