/** Trying orders once that nobody can tell apart: it comes to the same ends, the same races and the same failures. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change } from './machine/behaviour.js'
import type { MemoryModel } from './machine/memory-model.js'
import { mutation } from './mutants/mutation.js'
import { SCENARIOS } from './scenarios/index.js'
import type { Scenario } from './scenarios/scenario.js'
import { type Outcome, search } from './search/search.js'
import { loadAlgorithm } from './transform/load.js'

const loaded = await loadAlgorithm()
/** What is small enough to be searched twice for each model. */
const MOST_STATES = 2500

/** Addresses that a scenario touches: few interruptions lead everywhere. */
function wordsOf({ play }: Scenario): number[] {
  const words = new Set<number>()
  const change: Change = function* (steps) {
    let result = steps.next()
    while (!result.done) {
      words.add(result.value.address)
      result = steps.next(yield result.value)
    }
    return result.value
  }
  search(play(loaded), { preemptions: 1, change })
  return [...words]
}

/** All ends: what each thread knows, and every word. */
function endsOf({ play }: Scenario, words: readonly number[], memory: MemoryModel, reduced: boolean) {
  const problem = play(loaded)
  const ends = new Set<string>()
  const outcome = search(
    {
      ...problem,
      judge: (threads, read) => {
        ends.add(JSON.stringify([threads.map(({ how, state }) => [how, state]), words.map(read)]))
        return undefined
      },
    },
    { memory, reduced, states: MOST_STATES },
  )
  return { ends: [...ends].sort(), races: [...outcome.races.keys()].sort(), ...counts(outcome) }
}

function counts({ states, complete, failure }: Outcome) {
  return { states, complete, failure: failure?.kind }
}

for (const memory of ['sc', 'tso', 'pso'] as const) {
  test(`${memory}: the same ends and races, in fewer states`, (t) => {
    const total = { scenarios: 0, all: 0, reduced: 0 }
    for (const scenario of SCENARIOS) {
      const words = wordsOf(scenario)
      const all = endsOf(scenario, words, memory, false)
      if (!all.complete) continue
      const reduced = endsOf(scenario, words, memory, true)
      const { states, ...rest } = reduced
      assert.deepEqual(rest, without(all), scenario.name)
      total.scenarios++
      total.all += all.states
      total.reduced += states
    }
    assert.ok(total.scenarios > 10)
    assert.ok(total.reduced < total.all)
    t.diagnostic(`${total.scenarios} scenarios: ${total.all} states, ${total.reduced} of them must be tried`)
  })
}

function without({ states: _, ...rest }: ReturnType<typeof endsOf>) {
  return rest
}

test('a fault is found with it as well', () => {
  const scenario = SCENARIOS.find(({ name }) => name === 'claim: two records') as Scenario
  for (const place of [
    '[W1] fallAsleep atomicStore',
    '[S1] publish compareExchange',
    '[S5] tellSleeper atomicLoad',
  ]) {
    for (const fault of ['late', 'split', 'left out', 'stale'] as const) {
      if (place.includes('Load') !== (fault === 'stale')) continue
      const kinds = [false, true].map(
        (reduced) =>
          search(scenario.play(loaded), { reduced, change: mutation(place, fault) }).failure !== undefined,
      )
      assert.equal(kinds[0], kinds[1], `${place}, ${fault}`)
    }
  }
})
