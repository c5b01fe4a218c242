/** Of the fuzzer: it goes through every build, and notices what it is there for. The long run is `npm run fuzz`. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openConsumer, RingbufError } from 'bpf-ringbuf'
import { regionBytes } from '#dist/ring/region.js'
import { Rig } from '../ring/support/rig.js'
import { addressOf } from '../ring/support/rings.js'
import { Arena, mustShowNoCanary } from './arena.js'
import { AtRest, Story } from './at-rest.js'
import { FUZZ_BUILDS, type FuzzBuild } from './builds.js'
import { Scene } from './scene.js'
import { mustBeDocumented } from './verdict.js'

const SERIES = 40

describe('damage at rest', () => {
  for (const build of FUZZ_BUILDS) {
    test(build.name, async () => {
      const tally: Record<string, number> = {}
      const fuzz = new AtRest(build, tally)
      for (let number = 0; number < SERIES; number++) {
        const story = new Story()
        try {
          assert.ok((await fuzz.corrupt(1, number, story)) > 0)
        } catch (error) {
          throw Object.assign(error as Error, { story: story.lines })
        }
      }
      assert.ok((tally['went on'] ?? 0) > SERIES, JSON.stringify(tally))
      assert.ok((tally['ERR_CORRUPTED'] ?? 0) > 0, JSON.stringify(tally))
    })
  }
})

test('a series is the same each time', async () => {
  const stories = [new Story(), new Story()]
  for (const story of stories) await new AtRest(FUZZ_BUILDS[0] as FuzzBuild).corrupt(7, 14, story)
  assert.deepEqual(stories[0]?.lines, stories[1]?.lines)
})

test('what is written beside a ring, or shown of what lies there, is noticed', () => {
  for (const build of FUZZ_BUILDS.filter(({ where }) => where === undefined)) {
    const arena = new Arena(build, 4096)
    const { ring, u8 } = new Rig(build, { ...build.options, ...arena.options })
    arena.mustBeUntouched()
    const end = addressOf(ring) + regionBytes(4096)
    for (const at of [addressOf(ring) - 1, end, end + 4095]) {
      const old = u8[at] as number
      u8[at] = old ^ 1
      assert.throws(() => arena.mustBeUntouched(), { message: new RegExp(`byte ${at}, beside`) })
      u8[at] = old
    }
    mustShowNoCanary(u8.slice(end - 100, end))
    assert.throws(() => mustShowNoCanary(u8.slice(end - 100, end + 20)), /lie beside the ring/)
  }
})

test('a ring that does not work after it was repaired is noticed', () => {
  const scene = new Scene(FUZZ_BUILDS[0] as FuzzBuild, 1)
  scene.mustWork()
  scene.restore()
  using _consumer = openConsumer(scene.rig.ring)
  assert.throws(() => scene.mustWork(), { code: 'ERR_CONSUMER_TAKEN' })
})

test('only what is documented is an answer to damage', () => {
  assert.equal(mustBeDocumented(new RingbufError('ERR_CORRUPTED', 'x')), 'ERR_CORRUPTED')
  for (const error of [new RangeError('x'), new RingbufError('ERR_INVALID_ARGUMENT', 'x')]) {
    assert.throws(() => mustBeDocumented(error), error)
  }
})
