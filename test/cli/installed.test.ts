import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Summary as Bench } from '#dist/cli/bench/summary.js'
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

  test('it measures with its threads and processes, and says what it would need for more', async () => {
    using tree = new Tree()
    const bin = install(tree, 'node_modules/bpf-ringbuf')
    const words = [
      '--only',
      'process',
      'single',
      'ring',
      'mapped',
      'pipe',
      'kernel',
      '--quick',
      '--seconds',
      '0.02',
    ]
    const { code, stdout, stderr } = await ringbuf(['bench', '--json', ...words], { bin, cwd: tree.path })
    assert.equal(code, 0, stderr)
    const { ok, results, absent } = JSON.parse(stdout) as Bench
    assert.equal(ok, true)
    const measured = results.map(({ contestant }) => contestant)
    for (const { contestant, reason } of absent) {
      assert.match(reason, /koffi|Linux|CAP_BPF/)
      assert.match(stderr, new RegExp(`^ringbuf: left out: .*\\b${contestant}\\b`, 'm'))
    }
    const all = [...measured, ...absent.map(({ contestant }) => contestant)]
    assert.deepEqual(all.sort(), ['kernel', 'mapped', 'pipe', 'ring'])
    assert.ok(measured.includes('ring') && measured.includes('pipe'))
    // Nothing is installed here beside the package: without koffi these Nodes cannot call the system.
    if (Number.parseInt(process.versions.node, 10) < 26) assert.deepEqual(measured.sort(), ['pipe', 'ring'])
  })
})
