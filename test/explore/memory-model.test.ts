/** Stores that wait: what each memory model lets two threads see, and what it does not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Touch } from './actors/touch.js'
import { DONE, type Thread, type ThreadState } from './machine/behaviour.js'
import { MEMORY_MODELS, type MemoryModel, type Ordering } from './machine/memory-model.js'
import type { Steps } from './machine/step.js'
import { search } from './search/search.js'

const touch = new Touch('test')
const X = 4
const Y = 8

interface Log extends ThreadState {
  readonly log: number[]
}

function thread(name: string, run: (log: number[]) => Steps<unknown>): Thread<Log> {
  function* all({ log }: Log): Steps<string> {
    yield* run(log)
    return DONE
  }
  return { name, begin: { at: 'all', log: [] }, phases: { all } }
}

/** Under which models the threads may read just this. */
function seen(expected: string, ...runs: ((log: number[]) => Steps<unknown>)[]): MemoryModel[] {
  return MEMORY_MODELS.filter((memory) => {
    const found = new Set<string>()
    const threads = runs.map((run, index) => thread(`${index}`, run))
    const judge = (ends: readonly { readonly state: unknown }[]) => {
      found.add(ends.map(({ state }) => (state as Log).log.join(' ')).join(', '))
      return undefined
    }
    const { failure } = search({ memory: new Map(), threads, judge }, { memory })
    assert.equal(failure, undefined)
    return found.has(expected)
  })
}

/** Store, then load the other's word: the pattern of all sleeping and waking. */
function handshake(mine: number, other: number, ordering: Ordering | 'plain', isFenced = false) {
  return function* (log: number[]): Steps<void> {
    yield* ordering === 'plain' ? touch.store(mine, 1) : touch.atomicStore(mine, 1, ordering)
    if (isFenced) yield* touch.fence()
    log.push(yield* ordering === 'plain' ? touch.load(other) : touch.atomicLoad(other))
  }
}

const both = (ordering: Ordering | 'plain', isFenced = false) =>
  seen('0, 0', handshake(X, Y, ordering, isFenced), handshake(Y, X, ordering, isFenced))

test('two that store, then look at each other: both miss the other, unless the stores are in one order', () => {
  assert.deepEqual(both('plain'), ['tso', 'pso', 'weak'])
  assert.deepEqual(both('release'), ['tso', 'pso', 'weak'])
  assert.deepEqual(both('seq_cst'), [])
  assert.deepEqual(both('relaxed', true), [])
})

function* reader(log: number[]): Steps<void> {
  log.push(yield* touch.atomicLoad(Y))
  log.push(yield* touch.load(X))
}

const message = (ordering: Ordering | 'plain') =>
  seen(
    ', 1 0',
    function* () {
      yield* touch.store(X, 1)
      yield* ordering === 'plain' ? touch.store(Y, 1) : touch.atomicStore(Y, 1, ordering)
    },
    reader,
  )

test('what was stored before is seen by who sees what was stored behind, if that releases or stores stay in order', () => {
  assert.deepEqual(message('plain'), ['pso', 'weak'])
  assert.deepEqual(message('relaxed'), ['pso', 'weak'])
  assert.deepEqual(message('release'), [])
  assert.deepEqual(message('seq_cst'), [])
})

test('a plain store passes an atomic one before it only where that may wait', () => {
  const passes = seen(
    ', 1 0',
    function* () {
      yield* touch.atomicStore(X, 1)
      yield* touch.store(Y, 1)
    },
    reader,
  )
  assert.deepEqual(passes, ['weak'])
})

test('a read-and-write waits for the stores before it: for all on x86 or if it releases, else for its own word', () => {
  const swap = (ordering: Ordering) =>
    seen(
      ', 1 0',
      function* () {
        yield* touch.store(X, 1)
        yield* touch.exchange(Y, 1, ordering)
      },
      reader,
    )
  assert.deepEqual(swap('acquire'), ['pso', 'weak'])
  assert.deepEqual(swap('acq_rel'), [])
})

test('a thread reads what it has stored, though others do not see it yet', () => {
  const own = seen(
    '1, 0',
    function* (log) {
      yield* touch.store(X, 1)
      log.push(yield* touch.load(X))
    },
    function* (log) {
      log.push(yield* touch.load(X))
    },
  )
  assert.deepEqual(own, MEMORY_MODELS)
})
