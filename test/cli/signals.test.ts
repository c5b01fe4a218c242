import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { after, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { mustKeepPromises, mustParse, type RunOptions, ringbuf } from './support/command.js'
import { bushyTree } from './support/tree.js'

const tree = bushyTree()
after(() => tree[Symbol.dispose]())

/** Every file takes so long that the work is certainly not done when the signal comes. */
const slow = { TROUBLE: 'slow', TROUBLE_FILE: '' }

/** One worker sleeps for a minute at this file, and hears nothing. */
const asleep = { TROUBLE: 'sleep', TROUBLE_FILE: 'file 333' }

/** Does something once, when the output so far says that it is time. */
function when(
  isTime: (output: { stdout: string; stderr: string }) => boolean,
  act: (child: ChildProcess) => unknown,
): NonNullable<RunOptions['onOutput']> {
  let done = false
  return (output, child) => {
    if (done || !isTime(output)) return
    done = true
    act(child)
  }
}

/** The first file is listed: the work has begun. */
const begun = ({ stdout }: { stdout: string }) => stdout !== ''

describe('a signal ends it with what was done so far', { concurrency: true }, () => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    for (const size of ['4096', '1 MiB']) {
      test(`${signal}, ring of ${size}`, async () => {
        const result = await ringbuf(['demo', '--list', '--json', '--ring-size', size, tree.path], {
          trouble: slow,
          onOutput: when(begun, (child) => child.kill(signal)),
        })
        assert.equal(result.code, code)
        assert.match(
          result.stderr,
          new RegExp(`\nringbuf: ended by ${signal}; done so far: \\d+ of \\d+ files\n$`),
        )
        const summary = mustParse(result)
        mustKeepPromises(summary)
        assert.equal(summary.interrupted, true)
        assert.ok(summary.found <= 701)
        assert.ok(summary.records > 0 && summary.records < 701, `${summary.records} records`)
      })
    }
  }

  test('the table comes without --json too', async () => {
    const result = await ringbuf(['demo', '--list', tree.path], {
      trouble: slow,
      onOutput: when(begun, (child) => child.kill('SIGINT')),
    })
    assert.equal(result.code, 130)
    assert.match(result.stdout, /│ all +│/)
    assert.match(result.stdout, /\ndigest [0-9a-f]{64}\n$/)
  })

  test('twice at once, as from a terminal and from npm, counts as once', async () => {
    const result = await ringbuf(['demo', '--list', '--json', tree.path], {
      trouble: slow,
      onOutput: when(begun, async (child) => {
        child.kill('SIGINT')
        await setTimeout(5)
        child.kill('SIGINT')
      }),
    })
    assert.equal(result.code, 130)
    assert.equal(mustParse(result).interrupted, true)
  })
})

describe('a worker that cannot listen', () => {
  test('the second signal ends the process at once', async () => {
    const started = performance.now()
    const result = await ringbuf(['demo', '--json', tree.path], {
      trouble: asleep,
      onOutput: when(
        ({ stderr }) => stderr.includes('asleep'),
        async (child) => {
          child.kill('SIGINT')
          await setTimeout(500)
          child.kill('SIGINT')
        },
      ),
    })
    assert.equal(result.code, 130)
    assert.equal(result.stdout, '')
    assert.ok(performance.now() - started < 10_000, 'it waited for the worker')
  })
})
