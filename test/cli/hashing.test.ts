import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { mustHash, mustParse, ringbuf } from './support/command.js'
import { bushyTree, Tree } from './support/tree.js'

const tree = bushyTree()
after(() => tree[Symbol.dispose]())

describe('every file, once', () => {
  test('--list prints the digest of every file, as it is', async () => {
    const { stdout, code } = await ringbuf(['demo', '--list', '--json', '--workers', '3', tree.path])
    assert.equal(code, 0)
    const lines = stdout.trimEnd().split('\n').slice(0, -1).sort()
    const expected = [...tree.files].map(([path, digest]) => `${digest}  ${path}`).sort()
    assert.deepEqual(lines, expected)
  })

  test('one digest for every number of workers and every size of ring', async () => {
    const digests = new Set<string>()
    for (const workers of ['2', '3', '5']) {
      for (const size of ['4096', '64 KiB', '1MiB']) {
        const summary = await mustHash(['--workers', workers, '--ring-size', size, tree.path])
        assert.equal(summary.files, tree.files.size)
        assert.equal(summary.bytes, tree.bytes)
        assert.equal(summary.workers.length, Number(workers))
        digests.add(summary.digest)
      }
    }
    assert.equal(digests.size, 1, [...digests].join(' '))
  })

  test('a ring of one page, and many workers: reservations fail, and no record is lost', async () => {
    const summary = await mustHash(['--workers', '8', '--ring-size', '4096', tree.path])
    assert.ok(summary.counters.dropped > 0, 'the ring was never full')
    assert.equal(summary.records, tree.files.size)
    assert.ok(summary.counters.highWaterBytes <= 4096)
  })

  test('more workers than the ring has counters for', async () => {
    const summary = await mustHash(['--workers', '60', '--ring-size', '4096', tree.path])
    assert.equal(summary.records, tree.files.size)
  })

  test('the default: two workers or more, and the packages of this project', async () => {
    const summary = await mustHash([])
    assert.match(summary.path, /node_modules$/)
    assert.ok(summary.workers.length >= 2)
    assert.ok(summary.records > 500)
    assert.equal(summary.ring.size, 2 ** 20)
  })

  test('a single file', async () => {
    const summary = await mustHash([join(tree.path, 'big')])
    assert.equal(summary.files, 1)
    assert.deepEqual(summary.largest, { path: basename(join(tree.path, 'big')), bytes: 700_001 })
  })

  test('an empty directory', async () => {
    using empty = new Tree()
    const summary = await mustHash([empty.path])
    assert.equal(summary.files, 0)
    assert.equal(summary.largest, null)
  })
})

describe('the digest of all digests', () => {
  test('is that of the tree, wherever it lies', async () => {
    using one = new Tree()
    using other = new Tree()
    // Not in the same order, so that the directories differ.
    for (const name of ['a', 'b/c']) one.add(name, name)
    for (const name of ['b/c', 'a']) other.add(name, name)
    const { digest } = await mustHash([one.path])
    assert.equal((await mustHash([other.path])).digest, digest)
    assert.equal((await mustHash([`${other.path}/`])).digest, digest, 'with a slash at the end')
  })

  test('changes with a content, with a name, with who has which content, and with a missing file', async () => {
    using small = new Tree()
    small.add('a', 'one')
    small.add('b', 'two')
    const digests = [(await mustHash([small.path])).digest]
    const changes = [
      () => writeFileSync(join(small.path, 'b'), 'TWO'),
      () => {
        writeFileSync(join(small.path, 'a'), 'two')
        writeFileSync(join(small.path, 'b'), 'one')
      },
      () => {
        rmSync(join(small.path, 'b'))
        writeFileSync(join(small.path, 'c'), 'one')
      },
      () => rmSync(join(small.path, 'c')),
    ]
    for (const change of changes) {
      change()
      digests.push((await mustHash([small.path])).digest)
    }
    assert.equal(new Set(digests).size, changes.length + 1)
  })
})

test('--json has what it promises, and is all there is on stdout', async () => {
  const result = await ringbuf(['demo', '--json', tree.path])
  assert.equal(result.stdout.split('\n').length, 2)
  const summary = mustParse(result)
  for (const name of [
    'files',
    'records',
    'discarded',
    'bytes',
    'seconds',
    'recordsPerSecond',
    'lost',
  ] as const) {
    assert.equal(typeof summary[name], 'number', name)
  }
  assert.equal(summary.outOfOrder, 0)
  assert.equal(summary.identityHolds, true)
  assert.match(summary.digest, /^[0-9a-f]{64}$/)
  const { attempted, submitted, discarded, inFlight, dropped, refused } = summary.counters
  assert.equal(attempted, submitted + discarded + inFlight + dropped + refused)
  assert.ok(summary.seconds > 0)
  assert.ok(Math.abs(summary.recordsPerSecond * summary.seconds - summary.records) < 1e-6)
})
