import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { mustHash, mustKeepPromises, mustParse, ringbuf } from './support/command.js'
import { smallTree, Tree } from './support/tree.js'

describe('what is no regular file', () => {
  test('links are not followed, pipes and sockets not read', async () => {
    using tree = smallTree()
    symlinkSync('0/file-0', join(tree.path, 'link'))
    symlinkSync('..', join(tree.path, '1/up'))
    symlinkSync('nowhere', join(tree.path, 'dangling'))
    assert.equal(spawnSync('mkfifo', [join(tree.path, 'pipe')]).status, 0)
    const server = createServer().listen(join(tree.path, 'socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    const summary = await mustHash([tree.path])
    server.close()
    assert.equal(summary.records, 100)
    assert.equal(summary.symlinks, 3)
    assert.equal(summary.special, 2)
  })

  test('the path itself may be a link', async () => {
    using tree = smallTree()
    using other = new Tree()
    symlinkSync(tree.path, join(other.path, 'link'))
    const summary = await mustHash([join(other.path, 'link')])
    assert.equal(summary.records, 100)
  })
})

describe('odd names', () => {
  test('bytes that are no UTF-8, control characters, and all scripts', async () => {
    using tree = new Tree()
    mkdirSync(join(tree.path, 'Ω'))
    const names = [
      '\xff\xfe',
      'a\nb',
      '\x1b[31mred',
      'back\\slash',
      ' ',
      '-',
      '\xf0\x9f\x90\x9d',
      '\xce\xa9/\xe9',
    ]
    for (const name of names) writeBytes(tree.path, name)
    const result = await ringbuf(['demo', '--list', '--json', tree.path])
    const summary = mustParse(result)
    mustKeepPromises(summary)
    assert.equal(summary.records, names.length)
    assert.equal(summary.discarded, 0)
    for (const text of ['  a\\x0ab\n', '  \\x1b[31mred\n', '  back\\\\slash\n', '  🐝\n']) {
      assert.ok(result.stdout.includes(text), JSON.stringify(text))
    }
  })

  test('two names that look the same as text have digests of their own', async () => {
    const digests: string[] = []
    for (const name of ['\xff', '\xfe']) {
      using tree = new Tree()
      writeBytes(tree.path, name)
      digests.push((await mustHash([tree.path])).digest)
    }
    assert.notEqual(digests[0], digests[1])
  })

  test('a path longer than the smallest ring has room for: one digest for all rings', async () => {
    using tree = new Tree()
    // Relative, step by step: as one path it would be longer than the system takes from here.
    const script = `
      const fs = require('fs')
      for (let i = 0; i < 19; i++) { const d = String(i % 10).repeat(200); fs.mkdirSync(d); process.chdir(d) }
      fs.writeFileSync('x'.repeat(${4094 - 19 * 201} - process.argv[1].length - 1), 'deep')
      fs.writeFileSync('short', 'short')`
    const made = spawnSync(process.execPath, ['-e', script, tree.path], { cwd: tree.path, encoding: 'utf8' })
    assert.equal(made.status, 0, made.stderr)
    const digests = new Set<string>()
    for (const size of ['4096', '8192', '1 MiB']) {
      const result = await ringbuf(['demo', '--list', '--json', '--ring-size', size, tree.path])
      const summary = mustParse(result)
      mustKeepPromises(summary)
      assert.equal(summary.records, 2)
      assert.equal(summary.discarded, 0)
      assert.match(result.stdout, /x+\.\.\.sha256:[0-9a-f]{64}\n/)
      digests.add(summary.digest)
    }
    assert.equal(digests.size, 1)
  })
})

/** Makes a file whose name is these bytes, one character each. */
function writeBytes(directory: string, name: string): void {
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name, 'latin1')]), 'content')
}
