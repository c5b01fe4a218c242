/** Both words of a header change at once, if both are as expected, and else neither. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareExchangePair, type View } from '#dist/ring/algorithm/words.js'

test('a pair of words is changed only where both are as expected', () => {
  const memory = new SharedArrayBuffer(16)
  const words = new Int32Array(memory)
  const view = { pairs: new BigInt64Array(memory) } as unknown as View
  words.set([1, -2], 2)
  assert.equal(compareExchangePair(view, 8, 0, -2, 5, 6), false)
  assert.equal(compareExchangePair(view, 8, 1, 2, 5, 6), false)
  assert.deepEqual([...words], [0, 0, 1, -2])
  assert.equal(compareExchangePair(view, 8, 1, -2, -5, 6), true)
  assert.deepEqual([...words], [0, 0, -5, 6])
})
