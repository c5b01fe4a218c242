import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Board } from '#dist/cli/demo/board.js'
import { LONGEST_PATH_BYTES, pathField } from '#dist/cli/demo/file-record.js'
import { openProgress } from '#dist/cli/demo/progress.js'
import { formatCounted, printable } from '#dist/cli/text.js'
import { Sink } from './support/world.js'

describe('Board', () => {
  test('gives out every file and every directory once, directories first', () => {
    const board = new Board()
    board.addDirectory('')
    assert.deepEqual(board.take(), { kind: 'list', directory: '' })
    const files = Array.from({ length: 100 }, (_, i) => `${i}`)
    board.addListing('', { directories: ['a', 'b'], files, symlinks: 0, special: 0 })
    assert.equal(board.found, 100)
    assert.deepEqual(
      [board.take(), board.take()].map((order) => order?.kind),
      ['list', 'list'],
    )
    board.addListing('a', { directories: [], files: ['x'], symlinks: 0, special: 0 })
    const taken: string[] = []
    for (let order = board.take(); order; order = board.take()) {
      assert.ok(order.kind === 'hash')
      for (const name of order.names) taken.push(`${order.directory}/${name}`)
    }
    assert.deepEqual(taken.sort(), [...files.map((name) => `/${name}`), 'a/x'].sort())
    assert.equal(board.take(), undefined)
  })

  test('with very many files waiting, hashes some before it lists more', () => {
    const board = new Board()
    board.addListing('', { directories: ['a'], files: Array(100_000).fill('x'), symlinks: 0, special: 0 })
    assert.equal(board.take()?.kind, 'hash')
    assert.equal(board.take()?.kind, 'list')
  })
})

describe('the path in a record', () => {
  test('is as it is, up to the limit', () => {
    const path = 'é'.repeat(LONGEST_PATH_BYTES)
    assert.equal(pathField(path).toString('latin1'), path)
    assert.equal(pathField(`${path}x`).length <= LONGEST_PATH_BYTES, true)
  })

  test('when cut, still differs from every other, and cuts no character', () => {
    const long = Buffer.from('🐝'.repeat(2000)).toString('latin1')
    const one = pathField(`${long}1`).toString('utf8')
    const other = pathField(`${long}2`).toString('utf8')
    assert.notEqual(one, other)
    assert.match(one, /^(🐝)+\.\.\.sha256:[0-9a-f]{64}$/u)
  })
})

test('progress without a terminal: a line a second, and one at the end', () => {
  const stream = new Sink()
  let now = 0
  const progress = openProgress(stream, () => now)
  for (now = 0; now <= 2500; now += 100) progress.update({ done: now, found: 2500, bytes: now * 1024 })
  progress.stop()
  assert.deepEqual(stream.text.split('\n'), [
    '1,000 of 2,500 files, 1000 KiB',
    '2,000 of 2,500 files, 2.0 MiB',
    '2,500 of 2,500 files, 2.4 MiB',
    '',
  ])
})

test('text for people', () => {
  assert.equal(formatCounted(1, 'file'), '1 file')
  assert.equal(formatCounted(1234567, 'file'), '1,234,567 files')
  assert.equal(printable('a\x1b[2J\n\\é\x9b'), 'a\\x1b[2J\\x0a\\\\é\\x9b')
})
