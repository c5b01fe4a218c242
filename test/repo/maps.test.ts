/** docs/maps.md says of each type what the contract of maps holds it to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SPEC_TYPES } from '#dist/map/spec-rules.js'
import { refusalsTable } from '../map/contract/refusals.js'
import { readText } from './repository.js'

const text = readText('docs/maps.md')

test('what each type refuses is told as it was measured', () => {
  const table = refusalsTable()
  assert.ok(text.includes(table), `docs/maps.md must have this table:\n${table}`)
})

test('every type that can be described is told of', () => {
  for (const type of SPEC_TYPES) assert.match(text, new RegExp(`^\\| .*\`${type}\``, 'm'))
})
