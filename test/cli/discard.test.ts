import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { home, mustHash, mustParse, ringbuf } from './support/command.js'
import { smallTree, Tree } from './support/tree.js'

describe('what cannot be read is discarded', () => {
  for (const [trouble, reason] of [
    ['vanish', 'no such file or directory'],
    ['grow', 'its size is 10, but 14 bytes were read'],
  ] as const) {
    for (const size of ['4096', '1 MiB']) {
      test(`a file that must ${trouble}, ring of ${size}`, async () => {
        using tree = smallTree()
        const summary = await mustHash(['--ring-size', size, tree.path], {
          trouble: { TROUBLE: trouble, TROUBLE_FILE: 'file-42' },
        })
        assert.equal(summary.discarded, 1)
        assert.equal(summary.records, 99)
        assert.equal(summary.problems.length, 1)
        assert.match(summary.problems[0] as string, new RegExp(`/2/file-42: ${reason}`))
      })
    }
  }

  test('the others of the tree count as if it were not there', async () => {
    using tree = smallTree()
    const { digest } = await mustHash([tree.path], {
      trouble: { TROUBLE: 'vanish', TROUBLE_FILE: 'file-42' },
    })
    assert.equal((await mustHash([tree.path])).digest, digest)
  })

  test('the only file: nothing could be done, exit code 1', async () => {
    using tree = new Tree()
    tree.add('only', 'content')
    const trouble = { TROUBLE: 'vanish', TROUBLE_FILE: 'only' }
    const result = await ringbuf(['demo', '--json', tree.path], { trouble })
    assert.equal(result.code, 1)
    assert.match(
      result.stderr,
      /only: no such file or directory \(ENOENT\)\nringbuf: nothing could be read\n/,
    )
    assert.equal(mustParse(result).discarded, 1)
  })

  test('more than can be told are counted', async () => {
    using tree = smallTree()
    // Every file-9x: ten are opened and gone.
    const result = await ringbuf(['demo', '--json', '--workers', '1', tree.path], {
      trouble: { TROUBLE: 'vanish', TROUBLE_FILE: '9' },
    })
    assert.equal(result.code, 0)
    assert.equal(mustParse(result).discarded, 10)
  })
})

describe('as a user without rights', () => {
  /** A copy of the command for a user who may not look into the directory of this one. */
  const copy = new Tree()
  after(() => copy[Symbol.dispose]())
  chmodSync(copy.path, 0o755)
  cpSync(`${home}dist`, join(copy.path, 'dist'), { recursive: true })
  cpSync(`${home}package.json`, join(copy.path, 'package.json'))
  const asRoot = process.getuid?.() === 0
  const nobody = { bin: join(copy.path, 'dist/bin/ringbuf.js'), ...(asRoot && { uid: 65534, gid: 65534 }) }
  const works = spawnSync(process.execPath, [nobody.bin, '--version'], nobody).status === 0
  const skip = works ? false : 'user 65534 may not run this Node: install it where all users may, like /usr'

  test('a file and a directory that are forbidden', { skip }, async () => {
    using tree = smallTree()
    chmodSync(tree.path, 0o755)
    chmodSync(join(tree.path, '3/file-13'), 0)
    tree.add('closed/file', 'never seen')
    chmodSync(join(tree.path, 'closed'), 0)
    const summary = await mustHash([tree.path], nobody)
    chmodSync(join(tree.path, 'closed'), 0o755)
    assert.equal(summary.discarded, 1)
    assert.equal(summary.records, 99)
    assert.equal(summary.unreadableDirectories, 1)
    assert.deepEqual([...summary.problems].sort(), [
      `${tree.path}/3/file-13: permission denied (EACCES)`,
      `${tree.path}/closed: permission denied (EACCES)`,
    ])
  })

  test('a path that is forbidden: exit code 1, and the reason', { skip }, async () => {
    using tree = smallTree()
    chmodSync(tree.path, 0o700)
    if (!asRoot) chmodSync(tree.path, 0)
    const result = await ringbuf(['demo', '--json', tree.path], nobody)
    chmodSync(tree.path, 0o700)
    assert.equal(result.code, 1)
    assert.equal(result.stdout, '')
    assert.equal(result.stderr, `ringbuf: cannot read '${tree.path}': permission denied (EACCES)\n`)
  })
})
