/** The operations on shared words: each does what it says, and nothing comes in between. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RECORD_PAGE_OFFSET_MASK } from '#dist/abi/record.js'
import { RING_FLAG_LOST_RECORDS, RING_FLAG_OWNERS } from '#dist/abi/region.js'
import {
  add,
  compareExchange,
  compareExchangePair,
  exchange,
  or,
  placeMask,
  type View,
} from '#dist/ring/algorithm/words.js'
import { runRemote } from './support/remote.js'

function make(flags = 0) {
  const memory = new SharedArrayBuffer(16)
  const words = new Int32Array(memory)
  return { words, view: { ints: words, pairs: new BigInt64Array(memory), flags } as unknown as View }
}

test('a word is exchanged only where it is as expected', () => {
  const { words, view } = make()
  words[1] = 7
  assert.equal(compareExchange(view, 4, 6, 1), 7)
  assert.deepEqual([...words], [0, 7, 0, 0])
  assert.equal(compareExchange(view, 4, 7, 1), 7)
  assert.deepEqual([...words], [0, 1, 0, 0])
})

test('a pair of words is changed only where both are as expected', () => {
  const { words, view } = make()
  words.set([1, -2], 2)
  assert.equal(compareExchangePair(view, 8, 0, -2, 5, 6), false)
  assert.equal(compareExchangePair(view, 8, 1, 2, 5, 6), false)
  assert.deepEqual([...words], [0, 0, 1, -2])
  assert.equal(compareExchangePair(view, 8, 1, -2, -5, 6), true)
  assert.deepEqual([...words], [0, 0, -5, 6])
})

test('the second word of a record says more than its place where owners or losses do', () => {
  assert.equal(placeMask(make().view), -1)
  for (const flags of [RING_FLAG_OWNERS, RING_FLAG_LOST_RECORDS]) {
    assert.equal(placeMask(make(flags).view), RECORD_PAGE_OFFSET_MASK)
  }
})

/** Another thread adds 2 to the first word so often, meanwhile. */
const TIMES = 10_000_000
const program = `
  import { parentPort, workerData } from 'node:worker_threads'
  while (Atomics.load(workerData, 1) === 0);
  for (let i = 0; i < ${TIMES}; i++) Atomics.add(workerData, 0, 2)
  Atomics.store(workerData, 1, 2)
  parentPort.postMessage('done')`

const WAYS: Readonly<Record<string, (view: View) => number>> = {
  add: (view) => {
    add(view, 0, 4)
    return -4
  },
  or: (view) => {
    or(view, 0, 1)
    return 0
  },
  exchange: (view) => exchange(view, 0, 0),
}

for (const [name, way] of Object.entries(WAYS)) {
  test(`nothing is lost of what another adds meanwhile: ${name}`, async () => {
    const { words, view } = make()
    const done = runRemote(program, words)
    Atomics.store(words, 1, 1)
    let taken = 0
    for (;;) {
      for (let i = 0; i < 1000; i++) taken += way(view)
      if (Atomics.load(words, 1) === 2) break
      await new Promise((resolve) => setImmediate(resolve))
    }
    await done
    assert.equal((taken + (words[0] as number)) & ~1, 2 * TIMES)
  })
}
