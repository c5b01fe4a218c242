/** How what is explored is made of what is shipped. That both do the same is a property: test/properties. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Site } from './machine/step.js'
import { parseModule, transformModule } from './transform/transform.js'

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
