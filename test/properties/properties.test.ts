/** All properties, a few cases of each; and that a property which does not hold is found. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EFFORT, SEED } from '../ring/support/random.js'
import { CANARY, SMALLEST } from './canary.js'
import { PROPERTIES } from './index.js'
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

test('a counterexample is printed as a test', async () => {
  const { counterexample } = await CANARY.run({ runs: RUNS, seed: 1 })
  const lines = counterexample?.program.split('\n').slice(3)
  assert.match(lines?.shift() ?? '', /^\/\/ Found with seed 1: /)
  assert.deepEqual(lines, [
    `test('canary: what was found', () =>`,
    `  replay('canary', {`,
    `    build: "wasm, claim",`,
    '    steps: [',
    '      100,',
    '    ],',
    '  }))',
    '',
  ])
})

test('what is printed can be replayed', async () => {
  await replay('ring', { build: 'js, claim', initialPosition: 0, steps: [{ do: 'output', size: 8 }] })
  await assert.rejects(replay('canary', SMALLEST), /there is no property 'canary'/)
})

test('every property has a name of its own', () => {
  assert.equal(new Set(PROPERTIES.map(({ name }) => name)).size, PROPERTIES.length)
})
