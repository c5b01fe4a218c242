import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A directory of its own for one test, removed when the test is over. */
export class Tree implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'ringbuf-'))
  /** SHA-256 of every file, by path. */
  readonly files = new Map<string, string>()
  bytes = 0

  /** Adds a file, and the directories it needs. */
  add(name: string, content: string | Buffer): void {
    const path = join(this.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    this.files.set(name, createHash('sha256').update(content).digest('hex'))
    this.bytes += Buffer.byteLength(content)
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** Some hundred files of many lengths: empty ones, equal ones, and one longer than a worker reads at once. */
export function bushyTree(): Tree {
  const tree = new Tree()
  for (let i = 0; i < 700; i++) {
    const directory = ['', 'a/', 'a/b/', `many/${i % 40}/`, `${'long-name-'.repeat(12)}/`][i % 5]
    tree.add(`${directory}file ${i}`, `${i % 7}`.repeat((i * i) % 5000))
  }
  tree.add('big', Buffer.alloc(700_001, 'big'))
  return tree
}

/** A hundred files in five directories. */
export function smallTree(): Tree {
  const tree = new Tree()
  for (let i = 0; i < 100; i++) tree.add(`${i % 5}/file-${i}`, `content ${i}`)
  return tree
}
