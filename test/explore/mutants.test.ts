/** Every access of the protocol is needed: without it, or with it at the wrong time, some scenario fails. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hunt, type Mutant, mutantsOf } from './mutants/hunt.js'
import { unusedExcuses, whyNot } from './mutants/survivors.js'
import { DYING } from './scenarios/dying.js'
import { SCENARIOS } from './scenarios/index.js'
import { KNOWN_FAILURES } from './scenarios/known-failures.js'
import { loadAlgorithm } from './transform/load.js'

const loaded = await loadAlgorithm()
const scenarios = SCENARIOS.filter(({ name }) => !KNOWN_FAILURES[name])
const mutants = mutantsOf(loaded, scenarios)
  // The order of the two stores by which unclean memory is given away.
  .flatMap((mutant): Mutant[] =>
    mutant.place.name.startsWith('[C8]') && mutant.fault === 'late'
      ? [mutant, { ...mutant, fault: 'overtaken' }]
      : [mutant],
  )

const GLANCE = { preemptions: 1, states: 2000 }
const LOOK = { states: 30_000 }
const STARE = { preemptions: 3 }

// What nobody can notice is looked for too, but not for long: main.ts does that in earnest.
for (const mutant of mutants) {
  const { place, fault } = mutant
  const excuse = whyNot(mutant)
  test(`${place.name}, ${fault}`, (t) => {
    const kill = hunt(loaded, mutant, excuse ? [GLANCE] : [GLANCE, LOOK, STARE])
    if (excuse) {
      assert.ok(!kill, `${kill?.scenario.name} notices: ${kill?.failure.kind}. It was thought that ${excuse}`)
      t.diagnostic(`nobody can notice: ${excuse}`)
    } else {
      assert.ok(kill, 'no scenario notices: make one that does, or explain in survivors.ts why none can')
      t.diagnostic(`${kill.scenario.name}: ${kill.failure.kind}`)
    }
  })
}

test('every explanation of why a fault cannot be noticed belongs to one', () =>
  assert.deepEqual(unusedExcuses(mutants), []))

test('every label of what is explored is reached by a scenario', () => {
  const all = [
    ...mutants,
    ...mutantsOf(
      loaded,
      DYING.filter(({ preemptions }) => preemptions === undefined),
    ),
  ]
  const reached = new Set(all.flatMap(({ place }) => /^\[..\]/.exec(place.name) ?? []))
  assert.deepEqual(
    loaded.labels.filter((label) => !reached.has(label)),
    [],
  )
})
