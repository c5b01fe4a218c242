/** Some rounds of every race; `npm run outcomes` runs thousands, on every build. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Build, MAPPED_BUILDS, THREAD_BUILDS } from '../ring/support/builds.js'
import { SEED } from '../ring/support/random.js'
import { BROKEN, RACES } from './cases/index.js'
import { WAITING } from './cases/waiting.js'
import { type Counts, forbidden, runRace } from './run-race.js'

const ROUNDS = 40

describe('nothing comes of a race but what may', () => {
  for (const [i, race] of RACES.entries()) {
    const builds = THREAD_BUILDS.filter((build) => race.suits?.(build) ?? true)
    const build = builds[i % builds.length]
    if (!build) throw new Error(`${race.name}: no build suits`)
    test(`${race.name}, ${build.name}: seed ${SEED}`, async () => {
      const counts = await runRace(race, build, ROUNDS, SEED)
      assert.deepEqual(forbidden(race, counts), [])
      assert.equal(total(counts), ROUNDS)
    })
  }

  for (const build of MAPPED_BUILDS.slice(0, 1)) {
    const race = RACES[0]
    test(`${race?.name}, in processes: seed ${SEED}`, async () => {
      const counts = await runRace(race as (typeof RACES)[number], build, ROUNDS, SEED)
      assert.deepEqual(forbidden(race as (typeof RACES)[number], counts), [])
      assert.equal(total(counts), ROUNDS)
    })
  }
})

describe('nothing else comes of waiting where nobody may block', () => {
  for (const [i, race] of WAITING.entries()) {
    const build = THREAD_BUILDS[i % THREAD_BUILDS.length] as Build
    test(`${race.name}, ${build.name}: seed ${SEED}`, async () => {
      const cast = race.actors.map(() => 'unblocking thread' as const)
      const counts = await runRace(race, build, ROUNDS, SEED, cast)
      assert.deepEqual(forbidden(race, counts), [])
      assert.equal(total(counts), ROUNDS)
    })
  }
})

describe('what is broken comes out', () => {
  const build = THREAD_BUILDS.find(({ name }) => name === 'js, claim') as (typeof THREAD_BUILDS)[number]
  for (const race of BROKEN) {
    test(race.name, async () => {
      for (let seed = SEED; ; seed++) {
        if (forbidden(race, await runRace(race, build, 2000, seed)).length > 0) return
      }
    })
  }
})

function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
