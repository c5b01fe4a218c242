/** The explorer itself: it must see whatever can happen, and nothing else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Touch } from './actors/touch.js'
import { DONE, type Thread, type ThreadState } from './machine/behaviour.js'
import type { Steps } from './machine/step.js'
import { type Problem, type SearchOptions, search } from './search/search.js'
import { table } from './search/trace.js'
import { endsOf, type Instruction, perform } from './support/naive.js'

interface State extends ThreadState {
  readonly log: number[]
}

/** A thread that does one thing after the other, and keeps the answers. */
function thread(name: string, run: (log: number[]) => Steps<unknown>): Thread<State> {
  function* all({ log }: State): Steps<string> {
    yield* run(log)
    return DONE
  }
  return { name, begin: { at: 'all', log: [] }, phases: { all } }
}

/** All that may come of it: what each thread has read, how it ended, and the words. */
function outcomes(threads: readonly Thread[], words: readonly number[], options?: SearchOptions): string[] {
  const found = new Set<string>()
  const problem: Problem = {
    memory: new Map(),
    threads,
    judge: (ends, read) => {
      const fates = ends.map(({ state, how }) => [how, (state as State).log])
      found.add(JSON.stringify([fates, words.map(read)]))
      return undefined
    },
  }
  assert.equal(search(problem, options).failure, undefined)
  return [...found].sort()
}

const word = fc.constantFrom(4, 8)
const value = fc.integer({ min: 0, max: 2 })
const instruction: fc.Arbitrary<Instruction> = fc.oneof(
  fc.tuple(fc.constant('atomicLoad' as const), word),
  fc.tuple(
    fc.constantFrom('store' as const, 'add' as const, 'exchange' as const, 'wait' as const),
    word,
    value,
  ),
  fc.tuple(fc.constant('compareExchange' as const), word, value, value),
  fc.tuple(fc.constant('notify' as const), word, fc.constantFrom(1, 3)),
)
const program = fc.array(fc.array(instruction, { maxLength: 3 }), { minLength: 2, maxLength: 3 })

for (const memory of ['sc', 'tso', 'pso'] as const) {
  test(`${memory}: what a search finds is what trying every order without any art finds`, () => {
    fc.assert(
      fc.property(program, fc.boolean(), (program, reduced) => {
        const threads = program.map((instructions, index) =>
          thread(`${index}`, function* (log) {
            for (const instruction of instructions) log.push(yield* perform(instruction))
          }),
        )
        assert.deepEqual(outcomes(threads, [4, 8], { memory, reduced }), endsOf(program, [4, 8], memory))
      }),
      { numRuns: 150 },
    )
  })
}

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
