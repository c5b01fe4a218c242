/** The board of bells: each bell is one sleeper's, and a board has a name. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  allocateBells,
  BELL_PLACES,
  bellIndex,
  bellWords,
  boardName,
  listen,
  returnBell,
  ringBell,
  stopListening,
  takeBell,
} from '#dist/memory/bells.js'
import { sharedBuffer } from '#dist/memory/shared-memory.js'

const board = allocateBells()
const words = bellWords(board) as Int32Array

test('each bell is taken once, until it is given back', () => {
  const taken = Array.from({ length: BELL_PLACES - 1 }, () => takeBell(words))
  assert.equal(new Set(taken).size, BELL_PLACES - 1)
  assert.ok(taken.every((place) => place > 0 && place < BELL_PLACES))
  assert.equal(takeBell(words), 0)
  returnBell(words, 7)
  assert.equal(takeBell(words), 7)
  for (const place of taken) returnBell(words, place)
})

test('a place that is none is ignored', () => {
  const before = words.slice()
  for (const place of [0, BELL_PLACES, -1, 2 ** 31]) returnBell(words, place)
  for (const place of [BELL_PLACES, -1]) ringBell(words, place)
  assert.deepEqual(words, before)
})

test('a bell says whether it is listened to, and changes whenever it is rung', () => {
  const place = takeBell(words)
  const rung = listen(words, place)
  assert.equal(words[bellIndex(place)], rung)
  ringBell(words, place)
  assert.notEqual(words[bellIndex(place)], rung)
  assert.equal((words[bellIndex(place)] ?? 0) & 1, 1)
  stopListening(words, place)
  assert.equal((words[bellIndex(place)] ?? 0) & 1, 0)
  returnBell(words, place)
})

test('two views of a board have one name, two boards have two', () => {
  const again = new Int32Array(sharedBuffer(board) as SharedArrayBuffer)
  assert.equal(boardName(again), boardName(words))
  assert.notEqual(boardName(bellWords(allocateBells()) as Int32Array), boardName(words))
})
