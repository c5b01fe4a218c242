/** The explorer itself. That it sees whatever can happen, and nothing else, is a property: test/properties. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Touch } from './actors/touch.js'
import { DONE, type Thread } from './machine/behaviour.js'
import type { Steps } from './machine/step.js'
import { type Problem, search } from './search/search.js'
import { table } from './search/trace.js'
import { outcomes, thread } from './support/outcomes.js'

const touch = new Touch('test')

/** Reads and writes one more, in two steps. */
function* increment(log: number[]): Steps<void> {
  const read = yield* touch.atomicLoad(4)
  log.push(read)
  yield* touch.atomicStore(4, read + 1)
}

test('without an interruption no update is lost, with one it is', () => {
  const threads = [thread('one', increment), thread('two', increment)]
  const results = (preemptions: number) =>
    new Set(outcomes(threads, [4], { preemptions }).map((text) => JSON.parse(text)[1][0]))
  assert.deepEqual(results(0), new Set([2]))
  assert.deepEqual(results(1), new Set([1, 2]))
})

/** Looks, then sleeps; the other one writes, but wakes only who has said that it sleeps. */
function careless(): Problem {
  const sleeper = thread('sleeper', function* () {
    if ((yield* touch.atomicLoad(4)) === 1) return
    yield* touch.atomicStore(8, 1)
    yield* touch.wait(8, 1)
  })
  const waker = thread('waker', function* () {
    yield* touch.atomicStore(4, 1)
    if ((yield* touch.atomicLoad(8)) === 0) return
    yield* touch.atomicStore(8, 0)
    yield* touch.notify(8)
  })
  return { memory: new Map(), threads: [sleeper, waker] }
}

test('a wake-up that is lost is found, and told as a table', () => {
  const { failure } = search(careless(), { preemptions: 1 })
  assert.equal(failure?.kind, 'asleep for ever')
  assert.equal(failure.message, 'sleeper')
  const names = new Map([
    [4, 'record'],
    [8, 'sleeps'],
  ])
  assert.equal(
    table(failure.events, ['sleeper', 'waker'], (address) => names.get(address) ?? '?'),
    `
sleeper    test  atomicLoad   record  0

waker      test  atomicStore  record  0 → 1
waker      test  atomicLoad   sleeps  0

sleeper    test  atomicStore  sleeps  0 → 1
sleeper    test  wait         sleeps  1: sleeps`.trimStart(),
  )
})

test('who looks again and again is found, unless that is allowed and somebody else could go on', () => {
  const spinner: Thread = {
    name: 'spinner',
    begin: { at: 'look' },
    phases: {
      *look() {
        return (yield* touch.atomicLoad(4)) === 1 ? DONE : 'look'
      },
    },
  }
  const writer = (value: number) =>
    thread('writer', function* () {
      yield* touch.atomicStore(4, value)
    })
  const kind = (value: number, maySpin: boolean) =>
    search({ memory: new Map(), threads: [spinner, writer(value)], maySpin }).failure?.kind
  assert.equal(kind(1, false), 'goes round in circles')
  assert.equal(kind(1, true), undefined)
  assert.equal(kind(2, true), 'goes round in circles')
})

test('a plain write beside a read is a race, an atomic one is not, nor is one in a certain order', () => {
  const racesOf = (...threads: readonly Thread[]) => [...search({ memory: new Map(), threads }).races.keys()]
  const reader = thread('reader', function* () {
    if ((yield* touch.atomicLoad(4)) === 1) yield* touch.load(8)
  })
  const writer = (plain: boolean, early: boolean) =>
    thread('writer', function* () {
      if (early) yield* touch.atomicStore(4, 1)
      yield* plain ? touch.store(8, 1) : touch.atomicStore(8, 1)
      yield* touch.atomicStore(4, 1)
    })
  assert.deepEqual(racesOf(reader, writer(true, false)), [])
  assert.deepEqual(racesOf(reader, writer(true, true)), ['test load × test store'])
  assert.deepEqual(racesOf(reader, writer(false, true)), ['test atomicStore × test load'])
})
