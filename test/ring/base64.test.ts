import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromBase64 } from '#dist/memory/base64.js'

test('bytes that were written as base64 come back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.deepEqual(fromBase64(Buffer.from(bytes).toString('base64')), bytes)
    }),
  )
})
