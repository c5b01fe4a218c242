/** The labels of atomic operations: each names one place in the source, and docs/protocol.md explains it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filesBelow, readText } from './repository.js'

const LABEL = /\[[A-Z]\d\]/g
const sources = [
  ...filesBelow('src/memory'),
  ...filesBelow('src/ring'),
  ...filesBelow('src/consumer'),
].filter((path) => path.endsWith('.ts') && !path.endsWith('.gen.ts'))
const document = readText('docs/protocol.md')

/** Where each label begins a comment, which is where it is. */
const places = new Map<string, string[]>()
for (const path of sources) {
  for (const [index, line] of readText(path).split('\n').entries()) {
    const label = /^\s*(?:\/\/|\/?\*\*?) (\[[A-Z]\d\])/.exec(line)?.[1]
    if (label) places.set(label, [...(places.get(label) ?? []), `${path}:${index + 1}`])
  }
}

test('there are labels', () => assert.ok(places.size > 15, `only ${[...places.keys()]}`))

for (const [label, where] of places) {
  test(`${label} names one place`, () => assert.equal(where.length, 1, where.join(' ')))
  test(`${label} is explained in docs/protocol.md`, () => assert.ok(document.includes(label)))
}

test('every label that a comment speaks of is somewhere', () => {
  for (const path of sources) {
    for (const [label] of readText(path).matchAll(LABEL)) {
      assert.ok(places.has(label), `${path} speaks of ${label}, which is nowhere`)
    }
  }
})

test('every label that docs/protocol.md speaks of is somewhere', () => {
  for (const [label] of document.matchAll(LABEL)) assert.ok(places.has(label), label)
})

test('where a comment says that two places pair, docs/protocol.md has the pair', () => {
  const rows = document.split('\n').filter((line) => line.startsWith('|'))
  for (const path of sources) {
    const comments = readText(path).replaceAll(/\n\s*\/\/ /g, ' ')
    for (const [, label = '', others = ''] of comments.matchAll(
      /(\[[A-Z]\d\])[^[.]*?[Pp]airs with ((?:\[[A-Z]\d\](?:,| and)? ?)+)/g,
    )) {
      for (const [other] of others.matchAll(LABEL)) {
        const pair = rows.some((row) => row.includes(label) && row.includes(other))
        assert.ok(pair, `${path}: ${label} pairs with ${other}, which no row of the table says`)
      }
    }
  }
})

test('every atomic operation of the algorithm that orders memory has a label near it', () => {
  // Statistics and lookers order nothing: a snapshot may be old.
  const lookers = ['control.ts', 'count.ts', 'words.ts', 'words.as.ts', 'entry.as.ts']
  for (const path of filesBelow('src/ring/algorithm')) {
    if (lookers.some((name) => path.endsWith(`/${name}`))) continue
    const lines = readText(path).split('\n')
    for (const [index, line] of lines.entries()) {
      if (!/\b(atomicStore|compareExchange|exchange)\(view/.test(line)) continue
      const before = lines.slice(Math.max(0, index - 12), index + 1).join('\n')
      assert.match(before, /\[[A-Z]\d\]/, `${path}:${index + 1} has no label: ${line.trim()}`)
    }
  }
})
