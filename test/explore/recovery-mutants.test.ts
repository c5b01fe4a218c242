/** Of recovery, every atomic access is needed. What is plain there is written under the lock, or before a death. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hunt, mutantsOf } from './mutants/hunt.js'
import { DYING } from './scenarios/dying.js'
import { loadAlgorithm } from './transform/load.js'

/**
 * [R2] and [T8] only matter to threads that are declared gone and live, and those have too many orders. [D4]
 * and the first [C7] are stored plainly, too, or only tell laps apart.
 */
const NEEDED = /^\[(R[135]|S6|T7)\]|^(\[C7\] )?keepRelease atomicStore 2$/

const loaded = await loadAlgorithm()
const scenarios = DYING.filter(({ preemptions }) => preemptions === undefined)

for (const mutant of mutantsOf(loaded, scenarios)) {
  const { place, fault } = mutant
  if (!NEEDED.test(place.name) || fault !== 'left out') continue
  test(`${place.name}, ${fault}`, (t) => {
    const kill = hunt(loaded, mutant, [
      { preemptions: 1, states: 4000 },
      { states: 30_000 },
      { preemptions: 2 },
    ])
    assert.ok(kill, 'no scenario notices')
    t.diagnostic(`${kill.scenario.name}: ${kill.failure.kind}`)
  })
}
