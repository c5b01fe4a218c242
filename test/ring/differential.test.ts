/**
 * The two builds are one source, compiled twice. Here both are driven with the same random operations,
 * and every answer, every reason and every byte of both memories must be equal after every step.
 *
 * A failure prints a seed. RINGBUF_SEED=<seed> repeats it; RINGBUF_EFFORT=100 looks longer.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ORDERS } from './support/builds.js'
import { EFFORT, Random, SEED } from './support/random.js'
import { Twins } from './support/twins.js'

const STEPS = 20_000 * EFFORT

for (const order of ORDERS) {
  describe(order, () => {
    for (const [name, initialPosition] of [
      ['from 0', 0],
      ['from below 2^31', 2 ** 31 - 4096 * 3],
      ['from below 2^32', 2 ** 32 - 4096 * 3],
    ] as const) {
      test(`what a program does, ${name}: seed ${SEED}`, () => {
        const twins = new Twins(order, { initialPosition }, new Random(SEED))
        for (let step = 0; step < STEPS; step++) twins.step()
        mustHaveDone(twins, [
          'reserve',
          'submit',
          'discard',
          'output',
          'outputMany',
          'reserveBatch',
          'submitBatch',
        ])
        mustHaveMet(twins, ['full', 'too-large'])
      })
    }

    test(`what a program does to a ring of 64 KiB: seed ${SEED}`, () => {
      const twins = new Twins(order, { size: 65536, initialPosition: 2 ** 32 - 65536 }, new Random(SEED + 1))
      for (let step = 0; step < STEPS / 4; step++) twins.step()
    })

    test(`senseless arguments: seed ${SEED}`, () => {
      const twins = new Twins(order, { initialPosition: 2 ** 32 - 4096 }, new Random(SEED + 2))
      for (let step = 0; step < STEPS; step++) {
        if (twins.oneIn(3)) twins.step()
        else twins.senselessStep()
      }
      mustHaveMet(twins, ['bad-flags', 'too-large'])
    })

    test(`until the ring is closed, and after: seed ${SEED}`, () => {
      for (let round = 0; round < 20 * EFFORT; round++) {
        const twins = new Twins(order, {}, new Random(SEED + 3 + round))
        for (let step = 0; step < 50; step++) twins.step()
        twins.close()
        for (let step = 0; step < 50; step++) twins.step()
        mustHaveMet(twins, ['closed'])
      }
    })

    test(`memory that somebody damages: seed ${SEED}`, () => {
      for (let round = 0; round < 60 * EFFORT; round++) {
        const twins = new Twins(order, { initialPosition: 4096 }, new Random(SEED + 1000 + round))
        for (let step = 0; step < 100; step++) {
          if (twins.oneIn(10)) twins.damage()
          else if (twins.oneIn(8)) twins.senselessStep()
          else twins.step()
        }
      }
    })
  })
}

/** A random test that never does the thing proves nothing about it. */
function mustHaveDone(twins: Twins, actions: readonly string[]): void {
  for (const action of actions)
    assert.ok((twins.succeeded.get(action) ?? 0) > 20, `${action} hardly succeeded`)
}

function mustHaveMet(twins: Twins, reasons: readonly string[]): void {
  for (const reason of reasons) assert.ok(twins.reasons.has(reason), `nothing failed as ${reason}`)
}
