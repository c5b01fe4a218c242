/** All properties, a few cases of each; and that a property which does not hold is found. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInThisContext } from 'node:vm'
import { EFFORT, SEED } from '../ring/support/random.js'
import { CANARY, SMALLEST } from './canary.js'
import { PROPERTIES } from './index.js'
import { programOf } from './program.js'
import { replay } from './replay.js'

const RUNS = 100

for (const { name, law, share, skip, run } of PROPERTIES) {
  test(`${name}: ${law}`, { skip }, async () => {
    const { counterexample } = await run({ runs: Math.ceil(RUNS * share * EFFORT), seed: SEED })
    if (counterexample) assert.fail(new Error(counterexample.program, { cause: counterexample.error }))
  })
}

test('a law that does not hold is found, and its counterexample is the smallest', async () => {
  const { counterexample } = await CANARY.run({ runs: RUNS, seed: SEED })
  assert.deepEqual(counterexample?.value, SMALLEST)
})

/** What a printed test replays. */
function pasted(program: string): unknown[] {
  const body = program.replaceAll(/^import .*$/gm, '')
  const run = runInThisContext(`(test, replay) => {\n${body}\n}`)
  let replayed: unknown[] = []
  run(
    (_name: string, body: () => void) => body(),
    (...operands: unknown[]) => {
      replayed = operands
    },
  )
  return replayed
}

test('a counterexample is printed as a test, a step a line', async () => {
  const { counterexample } = await CANARY.run({ runs: RUNS, seed: 1 })
  const program = counterexample?.program ?? ''
  assert.match(program, /^\/\/ Found with seed 1: /m)
  assert.match(program, /^ {6}100,$/m)
  assert.deepEqual(pasted(program), ['canary', SMALLEST])
})

test('whatever a case is made of, it is printed so that it is the same again', () => {
  const odd = {
    bytes: Uint8Array.of(0, 255),
    steps: [{ value: 2n ** 64n, zero: -0, not: Number.NaN, none: null }],
  }
  const text = { text: 'a\u2028\ud800\'"\\`\u0024{}', most: Number.POSITIVE_INFINITY, nothing: undefined }
  for (const example of [odd, text]) {
    assert.deepEqual(pasted(programOf('ring', example, 1, new Error('two\nlines'))), ['ring', example])
  }
})

test('what is printed can be replayed', async () => {
  await replay('ring', { build: 'js, claim', initialPosition: 0, steps: [{ do: 'output', size: 8 }] })
  await assert.rejects(replay('canary', SMALLEST), /there is no property 'canary'/)
})

test('every property has a name of its own', () => {
  assert.equal(new Set(PROPERTIES.map(({ name }) => name)).size, PROPERTIES.length)
})
