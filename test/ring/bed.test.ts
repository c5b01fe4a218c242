/** Beds: who lies in one sleeps, until it is woken or its time is over. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WordBed } from '#dist/memory/bed.js'

test('a bed of a word that nobody changes is slept in for as long as was asked for', () => {
  const words = new Int32Array(new SharedArrayBuffer(8))
  const started = performance.now()
  assert.equal(new WordBed(words, 1, 0).block(20), false)
  assert.ok(performance.now() - started > 19)
})

test('in one whose word is another by now nobody sleeps', () => {
  const words = new Int32Array(new SharedArrayBuffer(8))
  assert.equal(new WordBed(words, 1, 7).block(Number.POSITIVE_INFINITY), true)
})
