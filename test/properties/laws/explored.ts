/** The explorer: what it explores is what is shipped, and it sees whatever can happen, and nothing else. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { endsOf, type Instruction, perform } from '../../explore/support/naive.js'
import { outcomes, thread } from '../../explore/support/outcomes.js'
import { Twins } from '../../explore/support/twins.js'
import { type Loaded, loadAlgorithm } from '../../explore/transform/load.js'
import { property } from '../property.js'
import { only } from '../support/draw.js'

type Operation =
  | { readonly do: 'reserve'; readonly size: number }
  | { readonly do: 'commit'; readonly which: number; readonly flags: number; readonly discard: number }
  | { readonly do: 'consume'; readonly records: number }
  | { readonly do: 'doze' | 'wake up' | 'wait for room' | 'close' }

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({ do: fc.constant('reserve' as const), size: fc.constantFrom(0, 8, 20, 60) }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      which: fc.nat(3),
      flags: fc.nat(3),
      discard: fc.constantFrom(0, 0x4000_0000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('consume' as const), records: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 3, arbitrary: only('doze') },
  only('wake up'),
  only('wait for room'),
  only('close'),
)

let loaded: Loaded | undefined

export const TRANSFORMED = property({
  name: 'transformed',
  law: 'what was made of the algorithm for the explorer does what the algorithm does',
  promise: 'No lost wake-up',
  model: 'the algorithm that is shipped',
  cases: fc.record({
    order: fc.constantFrom('claim' as const, 'lock' as const),
    steps: fc.array(operation, { maxLength: 60 }),
  }),
  async check({ order, steps }) {
    loaded ??= await loadAlgorithm()
    const twins = new Twins(loaded, order)
    for (const step of steps) {
      if (step.do === 'reserve') twins.reserve(step.size)
      else if (step.do === 'commit') twins.commit(step.which, step.flags, step.discard)
      else if (step.do === 'consume') twins.consume(step.records)
      else if (step.do === 'doze') twins.doze()
      else if (step.do === 'wait for room') twins.waitForRoom(20)
      else if (step.do === 'close') twins.both('close', 0)
      else twins.both('wakeUp')
    }
  },
})

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
const threads = fc.array(fc.array(instruction, { maxLength: 3 }), { minLength: 2, maxLength: 3 })

export const SEARCHED = property({
  name: 'searched',
  law: 'what a search finds is what trying every order without any art finds',
  promise: 'No lost wake-up',
  model: 'every order, one after the other',
  cases: fc.record({
    threads,
    memory: fc.constantFrom('sc' as const, 'tso' as const, 'pso' as const),
    reduced: fc.boolean(),
  }),
  check({ threads, memory, reduced }) {
    const behaviours = threads.map((instructions, index) =>
      thread(`${index}`, function* (log) {
        for (const instruction of instructions) log.push(yield* perform(instruction))
      }),
    )
    const found = outcomes(behaviours, [4, 8], { memory, reduced })
    assert.deepEqual(found, endsOf(threads, [4, 8], memory))
  },
})
