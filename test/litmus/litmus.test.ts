/** The handshakes of docs/protocol.md in C11: what must never be read, and that it can be where an order is weaker. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ordering } from '../explore/machine/memory-model.js'
import { type Access, outcomesOf, type Program } from './rc11.js'

const store = (word: string, ordering: Ordering, value = 1): Access => ({
  kind: 'store',
  word,
  value,
  ordering,
})
const load = (word: string, ordering: Ordering, as = word): Access => ({ kind: 'load', word, as, ordering })
const swap = (word: string, ordering: Ordering, value = 1, as = `old-${word}`): Access => ({
  kind: 'swap',
  word,
  value,
  as,
  ordering,
})
const fence: Access = { kind: 'fence' }

/** Whether some outcome has all of these. */
function may(program: Program, ...values: readonly string[]): boolean {
  return [...outcomesOf(program)].some((outcome) =>
    values.every((value) => ` ${outcome} `.includes(` ${value} `)),
  )
}

const never = (program: Program, ...values: readonly string[]) => assert.equal(may(program, ...values), false)
const sometimes = (program: Program, ...values: readonly string[]) =>
  assert.equal(may(program, ...values), true)

test('the model answers as is known of the patterns that everybody knows', () => {
  const mp = (write: Ordering, read: Ordering): Program => [
    [store('x', 'relaxed'), store('y', write)],
    [load('y', read), load('x', 'relaxed')],
  ]
  never(mp('release', 'acquire'), 'y=1', 'x=0')
  sometimes(mp('relaxed', 'acquire'), 'y=1', 'x=0')
  sometimes(mp('release', 'relaxed'), 'y=1', 'x=0')
  const lb: Program = [
    [load('x', 'relaxed'), store('y', 'relaxed')],
    [load('y', 'relaxed'), store('x', 'relaxed')],
  ]
  never(lb, 'x=1', 'y=1')
  const iriw = (read: Ordering): Program => [
    [store('x', 'seq_cst')],
    [store('y', 'seq_cst')],
    [load('x', read, 'a'), load('y', read, 'b')],
    [load('y', read, 'c'), load('x', read, 'd')],
  ]
  never(iriw('seq_cst'), 'a=1', 'b=0', 'c=1', 'd=0')
  sometimes(iriw('acquire'), 'a=1', 'b=0', 'c=1', 'd=0')
  never([[store('x', 'relaxed')], [load('x', 'relaxed', 'a'), load('x', 'relaxed', 'b')]], 'a=1', 'b=0')
  never([[swap('x', 'relaxed', 1, 'a')], [swap('x', 'relaxed', 2, 'b')]], 'a=0', 'b=0')
})

test('commit: who sees the header committed sees the payload', () => {
  const program = (commit: Ordering, look: Ordering): Program => [
    [store('payload', 'relaxed'), swap('header', commit)],
    [load('header', look), load('payload', 'relaxed')],
  ]
  never(program('seq_cst', 'acquire'), 'header=1', 'payload=0')
  sometimes(program('acquire', 'acquire'), 'header=1', 'payload=0')
  sometimes(program('seq_cst', 'relaxed'), 'header=1', 'payload=0')
})

test('reserve, under the lock: who sees the position sees the header', () => {
  const program = (publish: Ordering, look: Ordering): Program => [
    [store('header', 'relaxed'), store('position', publish)],
    [load('position', look), load('header', 'acquire')],
  ]
  never(program('release', 'acquire'), 'position=1', 'header=0')
  sometimes(program('relaxed', 'acquire'), 'position=1', 'header=0')
  sometimes(program('release', 'relaxed'), 'position=1', 'header=0')
})

test('the lock: who takes it sees what was done under it', () => {
  const program = (unlock: Ordering, lock: Ordering): Program => [
    [store('position', 'relaxed'), swap('lock', unlock, 1, 'given')],
    [swap('lock', lock, 2, 'taken'), load('position', 'relaxed')],
  ]
  never(program('release', 'acquire'), 'taken=1', 'position=0')
  sometimes(program('relaxed', 'acquire'), 'taken=1', 'position=0')
  sometimes(program('release', 'relaxed'), 'taken=1', 'position=0')
})

/** One stores and looks, the other does: both must not miss the other. */
const handshake = (one: readonly Access[], two: readonly Access[]) => [one, two]

test('falling asleep and committing: not both miss the other', () => {
  const commit = [swap('header', 'seq_cst'), load('asleep', 'seq_cst')]
  const isLost = ['header=0', 'asleep=0']
  never(handshake([store('asleep', 'seq_cst'), load('header', 'seq_cst')], commit), ...isLost)
  sometimes(handshake([store('asleep', 'release'), load('header', 'seq_cst')], commit), ...isLost)
  // A store that is sequentially consistent, and a look behind it that only acquires.
  sometimes(handshake([store('asleep', 'seq_cst'), load('header', 'acquire')], commit), ...isLost)
  const weakCommit = [swap('header', 'release'), load('asleep', 'acquire')]
  sometimes(handshake([store('asleep', 'relaxed'), fence, load('header', 'acquire')], weakCommit), ...isLost)
  const fenced = [swap('header', 'release'), fence, load('asleep', 'relaxed')]
  never(handshake([store('asleep', 'relaxed'), fence, load('header', 'acquire')], fenced), ...isLost)
})

test('the consumer that goes on, and a commit that looks where it stands: not both miss the other', () => {
  const commit = [swap('header', 'seq_cst'), fence, load('position', 'acquire')]
  const isLost = ['header=0', 'position=0']
  never(handshake([store('position', 'release'), fence, load('header', 'acquire')], commit), ...isLost)
  sometimes(handshake([store('position', 'release'), load('header', 'acquire')], commit), ...isLost)
})

test('waiting for room and releasing: not both miss the other', () => {
  const isLost = ['waiters=0', 'position=0']
  const release = [store('position', 'release'), fence, load('waiters', 'relaxed')]
  never(handshake([store('waiters', 'relaxed'), fence, load('position', 'acquire')], release), ...isLost)
  sometimes(handshake([store('waiters', 'seq_cst'), load('position', 'acquire')], release), ...isLost)
  never(
    handshake(
      [store('waiters', 'seq_cst'), load('position', 'seq_cst')],
      [store('position', 'seq_cst'), load('waiters', 'seq_cst')],
    ),
    ...isLost,
  )
})
