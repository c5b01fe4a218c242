import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Result, Summary } from '#dist/cli/bench/summary.js'
import { NO_BPF, NO_DOOR } from '../system/support/door.js'
import { type Result as Ended, type RunOptions, ringbuf } from './support/command.js'

function summaryOf({ stdout, stderr }: Ended): Summary {
  assert.ok(stdout.endsWith('}\n'), `stdout ends in no JSON: ${stdout.slice(-200)}\n${stderr}`)
  return JSON.parse(stdout.trimEnd()) as Summary
}

async function mustMeasure(words: readonly string[], options: RunOptions = {}): Promise<Summary> {
  const ended = await ringbuf(['bench', '--json', ...words], options)
  assert.equal(ended.code, 0, ended.stderr)
  const summary = summaryOf(ended)
  assert.equal(summary.ok, true)
  assert.equal(summary.interrupted, false)
  for (const result of summary.results) mustAddUp(result, summary.results)
  return summary
}

/** What holds of every result that has a figure. */
function mustAddUp(result: Result, results: readonly Result[]): void {
  const { value, min, max, runs, unit, ratio, records, errors } = result
  const what = JSON.stringify(result)
  assert.ok(value !== null && min !== null && max !== null, what)
  assert.ok(min > 0 && min <= value && value <= max, what)
  assert.equal(min, Math.min(...runs))
  assert.equal(max, Math.max(...runs))
  assert.equal(unit === 'us', result.p99 !== null, what)
  assert.ok(result.p99 === null || result.p99 >= value, what)
  assert.ok(Number.isInteger(records) && records > 0, what)
  assert.deepEqual(errors, [])
  const other = results.find((one) => one.case === result.case && one.contestant === result.yardstick)
  if (!other?.value) assert.equal(ratio, null)
  else assert.equal(ratio, unit === 'us' ? other.value / value : value / other.value)
}

/** A length of time that no other run of anybody has, so that its processes can be told apart. */
const UNUSUAL_SECONDS = 7.531

/** Command lines of the processes that produce for such a run. */
function unusualProcesses(): string[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return []
    try {
      const line = readFileSync(`/proc/${entry}/cmdline`, 'utf8')
      return line.includes('bench-process') && line.includes(`${UNUSUAL_SECONDS * 1e3}`) ? [line] : []
    } catch {
      return []
    }
  })
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 10_000
  while (!condition() && performance.now() < end) await setTimeout(20)
}

describe('ringbuf bench', () => {
  test('measures everybody who can run here, and says who cannot', async () => {
    const { results, absent, settings, machine, seconds } = await mustMeasure([
      '--quick',
      '--seconds',
      '0.02',
    ])
    const cases = new Set(results.map((result) => result.case))
    assert.deepEqual([...cases], ['single', 'many', 'large', 'process', 'wake-up', 'steady'])
    assert.deepEqual(settings, { rounds: 1, warmUpMs: 10, measuredMs: 20, ringBytes: 2 ** 20 })
    assert.ok(machine.cpus >= 1 && machine.node === process.version)
    assert.ok(seconds > 0)
    const missing = [...(NO_DOOR ? ['mapped'] : []), ...(NO_BPF ? ['kernel'] : [])]
    assert.deepEqual(absent.map(({ contestant }) => contestant).sort(), missing.sort())
    const many = results.filter((result) => result.case === 'many')
    assert.ok(many.every(({ producers }) => producers === 4))
    const large = results.filter((result) => result.case === 'large')
    assert.ok(large.length > 0 && large.every(({ bytes }) => bytes === 1024))
  })

  test('only who is named, by contestants and by cases; each has its settings', async () => {
    const words = ['--only', 'ring', 'postMessage', 'many', 'wake-up', '--producers', '2', '--size', '128']
    const { results, settings } = await mustMeasure([...words, '--seconds', '0.03', '--ring-size', '64 KiB'])
    assert.deepEqual(
      results.map(({ case: name, contestant, producers, bytes }) => [name, contestant, producers, bytes]),
      [
        ['many', 'ring', 2, 128],
        ['many', 'postMessage', 2, 128],
        ['wake-up', 'ring', 1, 128],
        ['wake-up', 'postMessage', 1, 128],
      ],
    )
    assert.equal(settings.ringBytes, 65536)
    assert.ok(results.every(({ runs }) => runs.length === 3))
    // Of two contestants of the same round one is the yardstick: its ratio is 1, exactly.
    assert.ok(results.every(({ contestant, ratio }) => contestant === 'ring' || ratio === 1))
  })

  test('tables are plain text where there is no terminal, and what is missing is told once', async () => {
    const words = ['bench', '--quick', '--seconds', '0.03', '--only', 'steady', 'ring', 'postMessage']
    const { code, stdout, stderr } = await ringbuf(words)
    assert.equal(code, 0, stderr)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    assert.doesNotMatch(stdout + stderr, /[\x00-\x09\x0b-\x1f\x7f]/)
    assert.match(stdout, /^ring +█+ +[\d.,]+ +[\d.,]+ +<?[\d.,]+ x$/m)
    assert.match(stdout, /^postMessage +█+ +[\d.,]+ +[\d.,]+ +1\.0 x$/m)
    assert.match(stdout, /^✓ [\d,]+ records in \d+ s, each one checked/m)
    assert.match(stderr, /^1 case, 2 runs: about 1 second\n/)
    assert.ok(stdout.split('\n').every((line) => line.length <= 80))
  })

  test('a message that is lost has no figure, is told, and the exit code is 1', async () => {
    const preload = new URL('./support/lossy-messages.js', import.meta.url).href
    const words = [
      'bench',
      '--json',
      '--quick',
      '--seconds',
      '0.3',
      '--only',
      'single',
      'ring',
      'postMessage',
    ]
    const ended = await ringbuf(words, { env: { NODE_OPTIONS: `--import=${preload}` } })
    assert.equal(ended.code, 1)
    assert.match(ended.stderr, /ringbuf: failed: single, postMessage: record 500 .* came out, 499 was due\n/)
    const { ok, results } = summaryOf(ended)
    assert.equal(ok, false)
    const [ring, postMessage] = results
    assert.deepEqual([postMessage?.value, postMessage?.runs, postMessage?.errors.length], [null, [], 1])
    assert.ok(ring?.value && ring.ratio === null && ring.errors.length === 0)
  })
})

describe('what ends it from outside', { skip: process.platform !== 'linux' && 'looks into /proc' }, () => {
  for (const who of ['ring', 'postMessage', 'mapped', 'process.send', 'pipe', 'kernel']) {
    const skip = (who === 'kernel' && NO_BPF) || (who === 'mapped' && NO_DOOR)
    test(`Ctrl-C while ${who} runs: threads and processes end, what was done is told`, { skip }, async () => {
      const place = ['mapped', 'process.send', 'pipe'].includes(who) ? 'process' : 'single'
      const words = ['bench', '--json', '--seconds', `${UNUSUAL_SECONDS}`, '--only', place, who]
      const started = performance.now()
      const ended = await ringbuf(words, {
        onOutput: onceAnnounced((child) => {
          globalThis.setTimeout(() => child.kill('SIGINT'), 600)
        }),
      })
      assert.equal(ended.code, 130, ended.stderr)
      assert.ok(performance.now() - started < 5000)
      assert.match(ended.stderr, /\nringbuf: ended by SIGINT; done so far: 0 of 3 runs\n$/)
      const { ok, interrupted, results } = summaryOf(ended)
      assert.deepEqual([ok, interrupted], [false, true])
      assert.deepEqual(
        results.map(({ contestant, value, errors }) => [contestant, value, errors]),
        [[who, null, []]],
      )
      assert.deepEqual(unusualProcesses(), [])
    })
  }

  for (const who of ['mapped', 'process.send', 'pipe']) {
    test(`the process that produces for ${who} does not outlive its parent`, {
      skip: who === 'mapped' && NO_DOOR,
    }, async () => {
      const words = ['bench', '--seconds', `${UNUSUAL_SECONDS}`, '--only', 'process', who]
      let seen = 0
      // Ended by SIGKILL, which ringbuf() takes for a command that hangs; so it is told before.
      await assert.rejects(
        ringbuf(words, {
          onOutput: onceAnnounced(async (child) => {
            await until(() => unusualProcesses().length > 0)
            seen = unusualProcesses().length
            child.kill('SIGKILL')
          }),
        }),
        /it hung/,
      )
      assert.equal(seen, 1)
      await until(() => unusualProcesses().length === 0)
      assert.deepEqual(unusualProcesses(), [])
    })
  }
})

/** Acts when the first line has come: the work has begun. */
function onceAnnounced(
  act: (child: Parameters<NonNullable<RunOptions['onOutput']>>[1]) => unknown,
): NonNullable<RunOptions['onOutput']> {
  let done = false
  return ({ stderr }, child) => {
    if (done || !stderr.includes('about')) return
    done = true
    act(child)
  }
}
