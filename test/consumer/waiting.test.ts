/** What ends a wait: every way to wait, by every strategy, with every limit, whatever happens meanwhile. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ENGINES } from '../ring/support/builds.js'
import { Stagehand } from './support/stagehand.js'
import { describeRow, impossible, RINGS, rowsOf, STRATEGIES, TABLES } from './waiting/combination.js'
import { play } from './waiting/play.js'
import { Scene } from './waiting/scene.js'

const rows = TABLES.flatMap((table) => [...rowsOf(...table)])

test('the table is whole: every row is played, or is impossible for one of the reasons', () => {
  const counts: Record<string, number> = {}
  for (const row of rows) {
    const verdict = impossible(row) ?? 'played'
    counts[verdict] = (counts[verdict] ?? 0) + 1
  }
  assert.deepEqual(counts, {
    played: 31068,
    'a consumer has one ring': 9216,
    'polling has a timeout only, as in libbpf': 9216,
    'it is over before anything can happen': 2880,
    'nothing happens at no moment': 1944,
    'the thread blocks, and no other thread has what it waits with': 972,
  })
})

for (const engine of ENGINES) {
  describe(engine, () => {
    let stagehand: Stagehand
    before(async () => {
      stagehand = await Stagehand.start(engine)
    })
    after(() => stagehand.stop())

    for (const [build, way, strategy] of TABLES.filter(([build]) => build.engine === engine)) {
      test(`${build.reservations}, ${way}, ${strategy}`, async () => {
        const possible = [...rowsOf(build, way, strategy)].filter((row) => impossible(row) === undefined)
        const faults: string[] = []
        for (const rings of RINGS) {
          const group = possible.filter((row) => row.rings === rings)
          if (group.length === 0) continue
          const scene = new Scene(way, build, STRATEGIES[strategy], rings, stagehand)
          scene.clear()
          for (const [turn, row] of group.entries()) {
            const fault = await play(row, scene, stagehand, turn)
            if (fault === undefined) continue
            // What comes after it would be wrong because of it.
            faults.push(`${describeRow(row)}: the wait ${fault}`)
            break
          }
          scene.closeWaiter()
        }
        assert.deepEqual(faults, [])
      })
    }
  })
}
