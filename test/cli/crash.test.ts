import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mustParse, type Result, ringbuf } from './support/command.js'
import { smallTree, type Tree } from './support/tree.js'

describe('a worker that dies', () => {
  test('by a mistake of ours: told, exit code 1, and its record is discarded', async () => {
    using tree = smallTree()
    for (const size of ['4096', '1 MiB']) {
      const result = await dyingIn(tree, 'throw', size)
      assert.match(
        result.stderr,
        /ringbuf: worker \d crashed: an injected mistake; done so far: \d+ of \d+ files/,
      )
      const summary = mustParse(result)
      assert.match(summary.crash as string, /an injected mistake/)
      assert.equal(summary.lost, 0)
      assert.equal(summary.outOfOrder, 0)
      assert.equal(summary.identityHolds, true)
    }
  })

  test('in the middle of a record: what lies behind it is counted as lost, and nothing hangs', async () => {
    using tree = smallTree()
    for (const size of ['4096', '1 MiB']) {
      const result = await dyingIn(tree, 'exit', size)
      assert.match(result.stderr, /ringbuf: worker \d ended too early, with exit code 7; done so far/)
      const summary = mustParse(result)
      assert.equal(summary.counters.inFlight, 1)
      assert.equal(summary.outOfOrder, 0)
      assert.equal(summary.identityHolds, true)
      assert.equal(summary.lost, summary.counters.submitted - summary.records)
    }
  })

  async function dyingIn(tree: Tree, trouble: string, size: string): Promise<Result> {
    const result = await ringbuf(['demo', '--json', '--ring-size', size, tree.path], {
      trouble: { TROUBLE: trouble, TROUBLE_FILE: 'file-42' },
    })
    assert.equal(result.code, 1)
    return result
  }
})
