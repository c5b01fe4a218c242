/** docs/promises.md: whatever it names is there, and every requirement and every law has its place in it. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { PROPERTIES } from '../properties/index.js'
import { ROOT, readText } from './repository.js'

const REQUIREMENTS = 46
const text = readText('docs/promises.md')
const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> }

interface Section {
  readonly heading: string
  readonly body: string
}

const sections: Section[] = text
  .split(/^## /m)
  .slice(1)
  .map((part) => {
    const end = part.indexOf('\n')
    return { heading: part.slice(0, end), body: part.slice(end) }
  })

/** Tests and laws that a text links to: their names, and the files that they are in. */
function proofsIn(markdown: string): { name: string; file: string }[] {
  const links = markdown.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g)
  return [...links].map(([, name = '', file = '']) => ({ name, file }))
}

/** Whether a source has a test of this name, as it is written there, or a law. */
function hasTest(source: string, name: string): boolean {
  const quoted = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?:\\w\\(|\\blaw:)\\s*(['\`])${quoted}\\1`).test(source)
}

describe('every test that is named exists', () => {
  for (const { name, file } of proofsIn(text)) {
    test(`${file}: ${name}`, () => {
      assert.ok(existsSync(join(ROOT, file)), `there is no ${file}`)
      assert.ok(hasTest(readText(file), name), `${file} has no test of that name`)
    })
  }
})

test('a test that was renamed is missed, and so is a word that is no test', () => {
  const source = "test('it holds', () => assert.equal('it is so', 1))\nlaw: 'it always holds',"
  assert.ok(hasTest(source, 'it holds'))
  assert.ok(hasTest(source, 'it always holds'))
  assert.ok(!hasTest(source, 'it hold'))
  assert.ok(!hasTest(source, 'always holds'))
  assert.ok(!hasTest('// it holds', 'it holds'))
})

test('every promise is one sentence, and something shows that it is kept', () => {
  for (const { heading, body } of sections.slice(0, -2)) {
    assert.match(body, /^\n\n\*\*[^*]+[.`]\*\*\n/, heading)
    assert.ok(proofsIn(body).length >= 2, heading)
  }
})

test('every command that is named exists', () => {
  const commands = [...text.matchAll(/`npm run ([\w:-]+)/g)].map(([, command = '']) => command)
  assert.ok(commands.length > 5)
  for (const command of commands) assert.ok(scripts[command], `package.json has no ${command}`)
})

test('every requirement is promised, or is not ours to promise; none is both', () => {
  const places = new Map<string, string[]>()
  for (const { heading, body } of sections) {
    // What the names of tests say is not meant.
    for (const [requirement] of body.replaceAll(/\[[^\]]*\]/g, '').matchAll(/\bR\d+\b/g)) {
      places.set(requirement, [...(places.get(requirement) ?? []), heading])
    }
  }
  for (let i = 1; i <= REQUIREMENTS; i++)
    assert.equal(places.get(`R${i}`)?.length, 1, `R${i}: ${places.get(`R${i}`)}`)
  assert.equal(places.size, REQUIREMENTS)
})

test('every law stands below the promise that it belongs to', () => {
  for (const { name, law, promise } of PROPERTIES) {
    const section = sections.find(({ heading }) => heading === promise)
    assert.ok(section, `there is no promise '${promise}'`)
    assert.ok(section.body.includes(`law _${name}_ | [${law}](`), `${name} is not below ${promise}`)
  }
})
