/** Of recovery, every atomic access is needed, each as it is: some scenario notices a fault, or nobody can. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hunt, type Mutant, mutantsOf } from './mutants/hunt.js'
import { unusedExcuses, whyNotRecovering } from './mutants/survivors.js'
import { DECLARED } from './scenarios/declared.js'
import { DYING } from './scenarios/dying.js'
import { INHERITING } from './scenarios/inheriting.js'
import { loadAlgorithm } from './transform/load.js'

/** What is labelled in the part of docs/protocol.md about death, and what counts. */
const RECOVERING = /^\[(R\d|S6|T[78]|C7|D[45])\]|^(keepRelease|keepPromise|recoverSlot) /

const loaded = await loadAlgorithm()
const mutants = mutantsOf(loaded, [...DYING, ...DECLARED, ...INHERITING])
  .filter(({ place }) => RECOVERING.test(place.name))
  // The order of the two words of a header.
  .flatMap((mutant): Mutant[] =>
    mutant.place.name.startsWith('[T8]') && mutant.fault === 'late'
      ? [mutant, { ...mutant, fault: 'overtaken' }]
      : [mutant],
  )

const GLANCE = { preemptions: 1, states: 4000 }

for (const mutant of mutants) {
  const excuse = whyNotRecovering(mutant)
  test(`${mutant.place.name}, ${mutant.fault}`, (t) => {
    const kill = hunt(loaded, mutant, excuse ? [GLANCE] : [GLANCE, { states: 30_000 }, { preemptions: 2 }])
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
  assert.deepEqual(unusedExcuses(mutants, 'recovery'), []))
