/** Imports point down only. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runNode } from './repository.js'

test('no import in src points up', () => {
  const cruise = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'
  const { code, output } = runNode(cruise, '--config', '.dependency-cruiser.mjs', 'src')
  assert.equal(code, 0, output)
})
