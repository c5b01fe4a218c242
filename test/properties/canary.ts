/** A law that does not hold. Whoever does not find that finds nothing. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Rig } from '../ring/support/rig.js'
import { property } from './property.js'
import { build, buildOf, steps } from './support/draw.js'

/** The one case that no smaller one can take the place of. */
export const SMALLEST = { build: 'wasm, claim', steps: [100] }

export const CANARY = property({
  name: 'canary',
  law: 'no record is as long as 100 bytes',
  promise: 'none',
  model: 'a ring that is wrong',
  cases: fc.record({ build, steps: steps(fc.nat(1000)) }),
  check(example) {
    const rig = new Rig(buildOf(example.build))
    for (const size of example.steps) {
      rig.mustOutput(new Uint8Array(size))
      for (const record of rig.consumer) assert.ok(record.length < 100)
    }
  },
})
