/** A failure is a line, and the line is the failure again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mutation } from './mutants/mutation.js'
import { SCENARIOS } from './scenarios/index.js'
import type { Scenario } from './scenarios/scenario.js'
import { playAgain, type Replay, readReplay, writeReplay } from './search/replay.js'
import { search } from './search/search.js'
import { loadAlgorithm } from './transform/load.js'

const loaded = await loadAlgorithm()
const scenario = SCENARIOS.find(({ name }) => name === 'claim: two records') as Scenario

const MUTANTS: readonly NonNullable<Replay['mutant']>[] = [
  ['[W1] fallAsleep atomicStore', 'late'],
  ['[S1] publish compareExchange', 'left out'],
]

for (const mutant of MUTANTS) {
  for (const memory of ['sc', 'weak'] as const) {
    test(`${mutant.join(', ')}, ${memory}: the way to its failure leads there again`, () => {
      const { failure } = search(scenario.play(loaded), { memory, change: mutation(...mutant) })
      assert.ok(failure)
      const way: Replay = { scenario: scenario.name, memory, mutant, schedule: failure.schedule }
      const read = readReplay(writeReplay(way))
      assert.deepEqual(read, way)
      const { failure: again } = playAgain(loaded, scenario, read)
      assert.deepEqual(again, failure)
    })
  }
}

test('a wake-up that was lost once, as it was printed', () => {
  const line =
    '{"scenario":"claim: two records","memory":"sc","mutant":["[W1] fallAsleep atomicStore","late"],"shared":"3020 2000 80 1080 3024 3028 302c 1000 3030 3034 3038 303c","moves":"0*4 1*22 0*2"}'
  const { failure } = playAgain(loaded, scenario, readReplay(line))
  assert.equal(failure?.kind, 'asleep for ever')
  assert.equal(failure.message, 'consumer')
  const { mutant: _, ...right } = readReplay(line)
  assert.equal(playAgain(loaded, scenario, right).failure, undefined)
  const tooLong = {
    ...right,
    schedule: { ...right.schedule, moves: [...right.schedule.moves, { thread: 9 }] },
  }
  assert.throws(
    () => playAgain(loaded, scenario, tooLong as Replay),
    /move \d+ of the schedule cannot be made/,
  )
})

test('what is no replay is refused', () => {
  const good = { scenario: 'a', memory: 'sc', shared: '', moves: '0' }
  assert.throws(() => readReplay(JSON.stringify({ ...good, moves: 'x' })), /x is no move/)
  assert.throws(() => readReplay(JSON.stringify({ ...good, memory: 'x' })), /no memory model is called x/)
  assert.throws(() => readReplay(JSON.stringify({ ...good, mutant: ['a', 'x'] })), /no fault is called x/)
})
