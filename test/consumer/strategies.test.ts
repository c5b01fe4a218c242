/** What a waiting consumer does until something comes: how often it sleeps tells. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRing, openConsumer, type WaitStrategy } from 'bpf-ringbuf'
import { SpinBudget, stepsOf } from '#dist/consumer/strategy.js'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

const NAMES: readonly WaitStrategy[] = ['adaptive', 'park', 'spin', 'yield', 'busy']

for (const build of BUILDS) {
  describe(build.name, () => {
    /** How often a consumer with this strategy slept in a wait in which nothing came. */
    const sleeps = async (strategy: WaitStrategy, way: 'wait' | 'waitAsync', timeoutMs = 5) => {
      const rig = new Rig(build)
      using consumer = openConsumer(rig.ring, { strategy })
      assert.equal(await consumer[way]({ timeoutMs }), 'timeout')
      return rig.ring.counters().sleeps
    }

    for (const way of ['wait', 'waitAsync'] as const) {
      test(`${way}: busy never sleeps, the others do`, async () => {
        assert.equal(await sleeps('busy', way), 0)
        for (const strategy of ['adaptive', 'park', 'spin', 'yield'] as const) {
          assert.ok((await sleeps(strategy, way, 30)) > 0, `${strategy}`)
        }
      })

      test(`${way}: steps that take longer than the wait end in no sleep`, async () => {
        assert.equal(await sleeps({ spinUs: 60_000_000 }, way), 0)
        assert.equal(await sleeps({ yieldUs: 60_000_000 }, way), 0)
        // A timer may be a little early, and then it sleeps once more.
        assert.ok([1, 2].includes(await sleeps({}, way, 30)))
      })

      test(`${way}: a strategy of the call wins over that of the consumer`, async () => {
        const rig = new Rig(build)
        using consumer = openConsumer(rig.ring, { strategy: 'park' })
        assert.equal(await consumer[way]({ timeoutMs: 2, strategy: 'busy' }), 'timeout')
        assert.equal(rig.ring.counters().sleeps, 0)
      })

      for (const strategy of NAMES) {
        test(`${way}: ${strategy} finds what is there, and ends in time`, async () => {
          const rig = new Rig(build)
          using consumer = openConsumer(rig.ring, { strategy })
          rig.mustOutput('x')
          assert.equal(await consumer[way](), 'ready')
          consumer.read()
          const started = performance.now()
          assert.equal(await consumer[way]({ timeoutMs: 10 }), 'timeout')
          const took = performance.now() - started
          assert.ok(took >= 9.5 && took < 1000, `${took} ms`)
          rig.ring.close()
          assert.equal(await consumer[way](), 'closed')
        })
      }
    }

    test('waitAsync: yielding lets the event loop turn, and finds what comes then', async () => {
      const rig = new Rig(build)
      using consumer = openConsumer(rig.ring, { strategy: { yieldUs: 60_000_000 } })
      const waiting = consumer.waitAsync()
      setTimeout(() => rig.mustOutput('x'), 5)
      assert.equal(await waiting, 'ready')
      assert.equal(rig.ring.counters().wakeups, 0)
      assert.equal(rig.ring.counters().sleeps, 0)
    })
  })
}

test('a strategy that is none is an error when the consumer is opened', () => {
  const ring = createRing({ size: 4096 })
  const wrong = [
    'asleep',
    'toString',
    null,
    7,
    { spinUs: -1 },
    { yieldUs: Number.NaN },
    { spinUs: '5' },
  ] as never[]
  for (const strategy of wrong) {
    assert.throws(() => openConsumer(ring, { strategy }), { code: 'ERR_INVALID_ARGUMENT' })
  }
  openConsumer(ring)
})

test('steps that are left out are none', () => {
  assert.deepEqual(stepsOf({}), { spinUs: 0, yieldUs: 0, adaptive: false })
  assert.deepEqual(stepsOf('park'), stepsOf({}))
})

test('adaptive spinning: about twice what it took of late, hardly at all when nothing came', () => {
  const budget = new SpinBudget()
  for (let i = 0; i < 100; i++) budget.found(20)
  const usual = budget.of(1000)
  assert.ok(usual > 35 && usual < 45, `${usual}`)
  assert.equal(budget.of(10), 10)
  for (let i = 0; i < 100; i++) budget.missed()
  assert.equal(budget.of(1000), 4)
  for (let i = 0; i < 100; i++) budget.found(1e9)
  assert.equal(budget.of(50), 50)
})
