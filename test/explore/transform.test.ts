/** What is explored does what is shipped does. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Site } from './machine/step.js'
import { Twins } from './support/twins.js'
import { loadAlgorithm } from './transform/load.js'
import { parseModule, transformModule } from './transform/transform.js'

const loaded = await loadAlgorithm()

/** What can be done to twins, as plain data. */
const action: fc.Arbitrary<(twins: Twins) => void> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom(0, 8, 20, 60).map((size) => (twins: Twins) => twins.reserve(size)),
  },
  {
    weight: 9,
    arbitrary: fc
      .tuple(fc.nat(3), fc.nat(3), fc.constantFrom(0, 0x4000_0000))
      .map((operands) => (twins: Twins) => twins.commit(...operands)),
  },
  {
    weight: 6,
    arbitrary: fc.integer({ min: 1, max: 4 }).map((records) => (twins: Twins) => twins.consume(records)),
  },
  { weight: 3, arbitrary: fc.constant((twins: Twins) => twins.doze()) },
  fc.constant((twins: Twins) => void twins.both('wakeUp')),
  fc.constant((twins: Twins) => twins.waitForRoom(20)),
  fc.constant((twins: Twins) => void twins.both('close', 0)),
)

for (const order of ['claim', 'lock'] as const) {
  test(`${order}: what was made of the algorithm does what the algorithm does`, () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const twins = new Twins(loaded, order)
        for (const act of actions) act(twins)
      }),
      { numRuns: 200 },
    )
  })
}

describe('a module that was transformed', () => {
  const names = {
    isGenerator: (name: string) => name === 'look',
    isAccess: (name: string) => name === 'load' || name === 'store',
  }
  const transform = (text: string) => {
    const sites: Site[] = []
    const { body, labels } = transformModule(parseModule('a.js', text), names, sites)
    const lines = body.split('\n').map((line) => line.trim())
    return { lines: lines.filter((line) => line !== ''), labels, sites }
  }

  test('does its accesses as steps, and calls what does such', () => {
    const { lines, sites } = transform('export function look(view) {\nreturn load(view, look(view) + 4)\n}')
    assert.deepEqual(lines, [
      `'use strict'`,
      'function* look(view) {',
      `return (yield* $.words(0, undefined, 'load', view, (yield* look(view)) + 4))`,
      '}',
      'return { look }',
      '//# sourceURL=explored/a.js',
    ])
    assert.deepEqual(sites, [{ module: 'a.js', function: 'look', operation: 'load', nth: 1, line: 2 }])
  })

  test('knows which access a label means: the next statement, or its condition if that does something', () => {
    const { lines, labels } = transform(`function f(view) {
      // [A1] Why it is so.
      store(view, 0, 1)
      store(view, 0, 2)
      // [A2]
      if (load(view, 0) === 1) store(view, 0, 3)
      // [A3]
      if (view.flag) look(view)
    }`)
    assert.deepEqual(labels, ['[A1]', '[A2]', '[A3]'])
    assert.deepEqual(lines.slice(2, -3), [
      '// [A1] Why it is so.',
      `(yield* $.words(0, '[A1]', 'store', view, 0, 1))`,
      `(yield* $.words(1, undefined, 'store', view, 0, 2))`,
      '// [A2]',
      `if ((yield* $.words(2, '[A2]', 'load', view, 0)) === 1) (yield* $.words(3, undefined, 'store', view, 0, 3))`,
      '// [A3]',
      `if (view.flag) (yield* $.within('[A3]', look(view)))`,
    ])
  })

  test('does not pretend that a constant called patience is large', () => {
    const { lines } = transform('const SOME_PATIENCE = 100\nconst OTHER = 100')
    assert.deepEqual(lines.slice(1, 3), ['const SOME_PATIENCE = 1', 'const OTHER = 100'])
  })
})
