/** Peers in C, on memory that is not sequentially consistent: what they order is enough, and no less would be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MEMORY_MODELS } from './machine/memory-model.js'
import type { Place, Weakening } from './native/c11.js'
import { NATIVE } from './native/scenarios.js'
import { unusedExcuses, weakeningsOf, whyNot } from './native/weakenings.js'
import { explain } from './search/explain.js'
import { search } from './search/search.js'
import { loadAlgorithm } from './transform/load.js'

const loaded = await loadAlgorithm()
const places = new Map<string, Place>()

for (const { name, play } of NATIVE) {
  test(name, (t) => {
    for (const memory of MEMORY_MODELS) {
      const stage = play(loaded)
      const { failure, states } = search(stage, { memory })
      assert.ok(!failure, failure && explain(stage, failure, { memory }))
      for (const place of stage.places()) places.set(place.name, place)
      t.diagnostic(`${memory}: ${states} states`)
    }
  })
}

/** The first scenario that shows it, where stores wait the longest. */
function noticed(weakening: Weakening): string | undefined {
  for (const { name, play } of NATIVE) {
    const { failure } = search(play(loaded, weakening), { memory: 'weak', preemptions: 2 })
    if (failure) return `${name}: ${failure.kind}`
  }
  return undefined
}

test('each order and each fence is needed, or it is said why nobody can notice', async (t) => {
  assert.ok(places.size > 10)
  for (const place of places.values()) {
    for (const weakening of weakeningsOf(place)) {
      await t.test(`${place.name}: ${weakening.to} instead of ${place.ordering}`, (t) => {
        const how = noticed(weakening)
        const excuse = whyNot(place, weakening)
        if (excuse) assert.ok(!how, `${how}; but it was thought that ${excuse}`)
        else assert.ok(how, 'no scenario notices')
        t.diagnostic(how ?? `nobody can notice: ${excuse}`)
      })
    }
  }
  assert.deepEqual(unusedExcuses([...places.values()]), [])
})
