/** The cases themselves: what they are written in, and what they cover. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CAPABILITIES, type Capability } from '#conformance/capabilities.js'
import { coveragePage, gapsOf } from '#conformance/coverage.js'
import { loadCases } from '#conformance/load.js'
import { parseCases } from '#conformance/parse.js'
import { readText } from '../repo/repository.js'

const HEAD = 'case   a title\ncovers R1 R2\n'
const only = (text: string) => {
  const [one, ...others] = parseCases('x.ring', HEAD + text)
  assert.ok(one && others.length === 0)
  return one
}
/** Whether the only operation of this case takes an answer. */
const takes = (operation: string, answer: string, ...has: readonly Capability[]) => {
  const [first] = only(operation).operations
  return first?.matches(answer, new Set(has))
}

test('a case is its head and its operations', () => {
  const one = only(
    'needs  headers data\nring   4096 from 8\n  # for people\n\n  reserve b 5 flags 1 -> none\n',
  )
  assert.equal(one.title, 'a title')
  assert.deepEqual(one.requirements, ['R1', 'R2'])
  assert.deepEqual(one.needs, ['headers', 'data'])
  assert.deepEqual(
    one.operations.map(({ request, place }) => [request, place.line]),
    [
      ['create 4096 0 8', 4],
      ['reserve 1 5 1', 7],
    ],
  )
})

test('what is repeated is done as often', () => {
  const { operations } = only('repeat 3\noutput "a"\nconsume -> "a"\nend\nreadable -> no\n')
  assert.deepEqual(
    operations.map(({ request }) => request.split(' ')[0]),
    ['output', 'consume', 'output', 'consume', 'output', 'consume', 'readable'],
  )
})

test('bytes are text, digits, a pattern, or only a number of them', () => {
  const request = (bytes: string) => only(`output ${bytes}\n`).operations[0]?.request
  assert.equal(request('"a b"'), 'output 0 612062')
  assert.equal(request('""'), 'output 0 -')
  assert.equal(request('0x00ff'), 'output 0 00ff')
  assert.equal(request('3~250 no-wakeup'), 'output 1 fa0108')
  assert.equal(request('3'), 'output 0 00070e')
  assert.ok(takes('consume -> "a, b", 2, 2~1', 'records 612c2062 ffff 0108'))
  assert.ok(!takes('consume -> "a, b", 2, 2~1', 'records 612c2062 ffffff 0108'))
  assert.ok(!takes('consume -> "a, b", 2, 2~1', 'records 612c2062 ffff 0109'))
  assert.ok(!takes('consume -> "a, b", 2', 'records 612c2062 ffff 0108'))
  assert.ok(takes('consume -> ""', 'records -'))
  assert.ok(!takes('consume -> nothing', 'records -'))
  assert.ok(takes('consume -> nothing', 'records'))
})

test('whether a commit wakes is looked at where the plug-in can tell', () => {
  assert.ok(takes('submit a -> wake', 'ok wake', 'wakeups'))
  assert.ok(!takes('submit a -> wake', 'ok quiet', 'wakeups'))
  assert.ok(!takes('submit a -> wake', 'ok', 'wakeups'))
  assert.ok(takes('submit a -> wake', 'ok'))
  assert.ok(takes('submit a', 'ok quiet', 'wakeups'))
  assert.ok(!takes('submit a', 'errno EINVAL'))
})

test('numbers may wrap at 32 bits, or not', () => {
  for (const answer of ['number 8', 'number 4294967304']) assert.ok(takes('query 3 -> 4294967304', answer))
  assert.ok(!takes('query 3 -> 4294967304', 'number 16'))
  assert.ok(!takes('query 3 -> 8', 'eight'))
})

test('headers are compared bit by bit, pages where they are told', () => {
  assert.ok(takes('header 0 -> busy 12 page 3', 'header 8000000c 3'))
  assert.ok(takes('header 0 -> discarded 12', 'header 4000000c 7'))
  for (const answer of ['header 8000000c 4', 'header 0000000c 3', 'header c000000c 3', 'header 8000000d 3'])
    assert.ok(!takes('header 0 -> busy 12 page 3', answer))
})

for (const [text, message] of [
  [`${HEAD}reserve 1 5\n`, 'x.ring:3: write: reserve HANDLE SIZE [flags N]'],
  [`${HEAD}reserve a five\n`, 'x.ring:3: write: reserve HANDLE SIZE [flags N]'],
  [`${HEAD}consume\n`, 'x.ring:3: write: consume [MOST] -> RECORD, RECORD, ... or nothing'],
  [`${HEAD}readable -> perhaps\n`, 'x.ring:3: write: readable -> yes or no'],
  [`${HEAD}frobnicate\n`, 'x.ring:3: there is no operation frobnicate'],
  [`${HEAD}needs wings\nconsume -> nothing\n`, 'x.ring:3: there is no capability wings'],
  [`${HEAD}repeat 3\noutput 1\n`, 'x.ring:3: has no end'],
  ['output 1\n', 'x.ring:1: stands before the first case'],
  ['case a\noutput 1\n', 'x.ring:1: covers nothing'],
  ['case a\ncovers 12\noutput 1\n', 'x.ring:2: 12 is no requirement: write R and its number'],
  [HEAD, 'x.ring:1: does nothing'],
] as const) {
  test(`what cannot be understood is told with its place: ${message}`, () => {
    assert.throws(() => parseCases('x.ring', text), { message })
  })
}

test('every requirement is covered, or it is said why it cannot be', () => {
  assert.deepEqual(gapsOf(loadCases()), [])
  const [first] = loadCases()
  assert.ok(first)
  assert.ok(gapsOf([first]).includes('R36 is covered by no case'))
  assert.deepEqual(gapsOf([...loadCases(), { ...first, requirements: ['R99'] }]), ['R99 is no requirement'])
})

test('the page of what is covered is up to date', () => {
  assert.equal(
    readText('conformance/COVERAGE.md'),
    coveragePage(loadCases()),
    'npm run conformance -- --write-coverage',
  )
})

test('there are many cases, each with a title of its own', () => {
  const titles = loadCases().map(({ title }) => title)
  assert.ok(titles.length >= 200)
  assert.deepEqual([...new Set(titles)], titles)
})

test('every capability is needed by a case, and told of to those who write plug-ins', () => {
  const needed = new Set(loadCases().flatMap(({ needs }) => needs))
  const protocol = readText('conformance/PROTOCOL.md')
  for (const [capability, what] of Object.entries(CAPABILITIES)) {
    assert.ok(needed.has(capability as Capability), `${capability}: needed by nobody`)
    assert.ok(
      protocol.includes(`| \`${capability}\` | ${what} |`),
      `${capability}: PROTOCOL.md tells something else`,
    )
  }
})
