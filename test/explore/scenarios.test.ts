/** The shipped algorithm, in every order in which its threads can do their steps. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { DECLARED } from './scenarios/declared.js'
import { DYING } from './scenarios/dying.js'
import { SCENARIOS } from './scenarios/index.js'
import { INHERITING } from './scenarios/inheriting.js'
import { KNOWN_FAILURES } from './scenarios/known-failures.js'
import { mayRace, unusedAllowances } from './search/allowed-races.js'
import { explain } from './search/explain.js'
import { search } from './search/search.js'
import { loadAlgorithm } from './transform/load.js'

const loaded = await loadAlgorithm()
const races = new Set<string>()

for (const { name, play, preemptions } of [...SCENARIOS, ...DYING, ...DECLARED, ...INHERITING]) {
  const known = KNOWN_FAILURES[name]
  test(name, (t) => {
    const stage = play(loaded)
    const outcome = search(stage, { mayRace, ...(preemptions !== undefined && { preemptions }) })
    for (const race of outcome.races.keys()) races.add(race)
    const { failure, states, depth } = outcome
    if (known) {
      assert.ok(failure, `it does not fail any more, and should no longer be marked: ${known}`)
      t.diagnostic(`fails, as is known: ${known}`)
      return
    }
    assert.ok(!failure, failure && explain(stage, failure, { mayRace }))
    t.diagnostic(`${states} states; longest way ${depth} steps`)
  })
}

after(() => assert.deepEqual(unusedAllowances([...races]), [], 'races that are allowed and nowhere seen'))
