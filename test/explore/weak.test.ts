/** The shipped algorithm where stores wait: its plain stores may come late, and its atomic ones may be passed by plain accesses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SCENARIOS } from './scenarios/index.js'
import { KNOWN_ON_WEAK_MEMORY } from './scenarios/known-failures.js'
import { explain } from './search/explain.js'
import { search } from './search/search.js'
import { loadAlgorithm } from './transform/load.js'

/** With one interruption; and of the largest only so many states as there is time for. main.ts goes on. */
const EFFORT = { preemptions: 1, states: 3000 }

const loaded = await loadAlgorithm()

for (const memory of ['tso', 'weak'] as const) {
  for (const { name, play } of SCENARIOS) {
    test(`${memory}: ${name}`, (t) => {
      const stage = play(loaded)
      const { failure, states, complete } = search(stage, { memory, ...EFFORT })
      const known = memory === 'weak' && KNOWN_ON_WEAK_MEMORY[name]
      if (known) {
        assert.ok(failure, `it does not fail any more, and should no longer be marked: ${known}`)
        t.diagnostic(`fails, as is known: ${known}`)
        return
      }
      assert.ok(!failure, failure && explain(stage, failure, { memory }))
      t.diagnostic(`${states} states${complete ? '' : ', and there are more'}`)
    })
  }
}
