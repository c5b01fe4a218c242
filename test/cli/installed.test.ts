import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { home, mustHash, ringbuf } from './support/command.js'
import { Tree } from './support/tree.js'

/** Copies the package, and nothing that it was built with, to a place below the tree. */
function install(tree: Tree, place: string): string {
  cpSync(`${home}dist`, join(tree.path, place, 'dist'), { recursive: true })
  cpSync(`${home}package.json`, join(tree.path, place, 'package.json'))
  return join(tree.path, place, 'dist/bin/ringbuf.js')
}

describe('away from this project', () => {
  test('the command needs no other package; as a dependency it hashes the packages around it', async () => {
    using tree = new Tree()
    tree.add('node_modules/some-package/index.js', 'content')
    const bin = install(tree, 'node_modules/bpf-ringbuf')
    const summary = await mustHash([], { bin, cwd: tree.path })
    assert.equal(summary.path, join(tree.path, 'node_modules'))
    assert.ok(summary.records > 10)
  })

  test('with no packages around, it asks for a path', async () => {
    using tree = new Tree()
    const bin = install(tree, 'alone')
    const result = await ringbuf(['demo'], { bin })
    assert.equal(result.code, 2)
    assert.match(
      result.stderr,
      /^ringbuf: there is no node_modules directory in '.*': name a path to hash\n$/,
    )
    await mustHash([tree.path], { bin })
  })
})
