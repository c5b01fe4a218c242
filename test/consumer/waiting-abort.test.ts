/** Waits that a signal ends: with its reason, at once, and without losing anything. */
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { openPoller } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { ASYNC_WAYS, STRATEGY_NAMES } from './support/async-ways.js'
import { ASLEEP_MS, LONG_MS, mustEnd, mustGoOn, pause } from './support/ends.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

/** Rejects with exactly this. */
async function mustFailWith(promise: Promise<unknown>, reason: unknown): Promise<void> {
  const outcome = await mustEnd(
    promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    ),
  )
  assert.ok('error' in outcome, `it did not fail, but answered ${JSON.stringify(outcome)}`)
  assert.equal(outcome.error, reason)
}

for (const [way, open] of Object.entries(ASYNC_WAYS)) {
  describe(way, () => {
    for (const strategy of STRATEGY_NAMES) {
      test(`${strategy}: aborted before it begins, it fails with the reason, and takes nothing`, async () => {
        const rig = new Rig(build)
        using waiter = open(rig.ring, strategy)
        rig.mustOutput('x')
        for (const reason of [new Error('enough'), 'enough', 0]) {
          const signal = AbortSignal.abort(reason)
          await mustFailWith(waiter.wait({ signal }), reason)
          assert.equal(listeners(signal), 0)
        }
        assert.equal(waiter.take(), 1)
      })

      test(`${strategy}: aborted while it waits, it fails with the reason`, async () => {
        const rig = new Rig(build)
        using waiter = open(rig.ring, strategy)
        for (const ms of [0, 1, ASLEEP_MS]) {
          const reason = { after: ms }
          const controller = new AbortController()
          // A wait that keeps its thread would never end here.
          const waiting = waiter.wait({ signal: controller.signal, timeoutMs: 200 })
          setTimeout(() => controller.abort(reason), ms)
          await mustFailWith(waiting, reason)
          assert.equal(listeners(controller.signal), 0)
        }
        rig.mustOutput('x')
        await mustEnd(waiter.wait())
        assert.equal(waiter.take(), 1)
      })
    }

    test('aborted without a reason, it fails with an AbortError', async () => {
      using waiter = open(new Rig(build).ring, 'park')
      const controller = new AbortController()
      const waiting = waiter.wait({ signal: controller.signal })
      setTimeout(() => controller.abort(), 1)
      await assert.rejects(mustEnd(waiting), { name: 'AbortError' })
      await assert.rejects(mustEnd(waiter.wait({ signal: AbortSignal.timeout(2) })), { name: 'TimeoutError' })
    })

    test('a signal that is not aborted changes nothing, and is left without listeners', async () => {
      const rig = new Rig(build)
      using waiter = open(rig.ring, 'park')
      const { signal } = new AbortController()
      await waiter.wait({ signal, timeoutMs: 0 })
      await waiter.wait({ signal, timeoutMs: 3 })
      const waiting = waiter.wait({ signal })
      assert.equal(listeners(signal), 1)
      setTimeout(() => rig.mustOutput('x'), ASLEEP_MS)
      await mustEnd(waiting)
      assert.equal(waiter.take(), 1)
      await assert.rejects(waiter.wait({ signal, timeoutMs: Number.NaN }), { code: 'ERR_INVALID_ARGUMENT' })
      const closed = waiter.wait({ signal, timeoutMs: LONG_MS }).catch(() => {})
      setTimeout(() => waiter.close(), ASLEEP_MS)
      await mustEnd(closed)
      assert.equal(listeners(signal), 0)
    })

    test('one signal serves a thousand waits', async () => {
      const warnings: Error[] = []
      const note = (warning: Error) => warnings.push(warning)
      process.on('warning', note)
      const rig = new Rig(build)
      using waiter = open(rig.ring, 'park')
      const { signal } = new AbortController()
      for (let i = 0; i < 1000; i++) {
        const waiting = waiter.wait({ signal })
        rig.mustOutput('x')
        await mustEnd(waiting)
        assert.equal(waiter.take(), 1)
      }
      await pause(0)
      process.off('warning', note)
      assert.deepEqual(warnings, [])
    })

    test('aborted in the moment in which a record comes: whichever it says, the record is not lost', async () => {
      for (const order of ['record first', 'abort first']) {
        const rig = new Rig(build)
        using waiter = open(rig.ring, 'park')
        const controller = new AbortController()
        const waiting = waiter.wait({ signal: controller.signal }).catch(() => {})
        await pause(ASLEEP_MS)
        if (order === 'abort first') controller.abort()
        rig.mustOutput('x')
        controller.abort()
        const first = await mustEnd(waiting)
        // What the first did not report must be reported by the second.
        if (first === undefined) await mustEnd(waiter.wait(), `the second wait, ${order}`)
        assert.equal(waiter.take(), 1)
      }
    })

    test('aborted after it has ended, nothing happens', async () => {
      const rig = new Rig(build)
      using waiter = open(rig.ring, 'park')
      const controller = new AbortController()
      rig.mustOutput('x')
      await waiter.wait({ signal: controller.signal })
      controller.abort()
      waiter.take()
      const waiting = waiter.wait()
      await mustGoOn(waiting)
      rig.mustOutput('x')
      await mustEnd(waiting)
    })
  })
}

test('a wait that blocks looks at its signal as it begins', () => {
  const rig = new Rig(build)
  const reason = new Error('enough')
  assert.throws(() => rig.consumer.wait({ signal: AbortSignal.abort(reason) }), reason)
})

test('an iteration is ended by its signal, with the reason, and the consumer goes on', async () => {
  const rig = new Rig(build)
  const controller = new AbortController()
  const reason = new Error('enough')
  const seen: number[] = []
  for (let i = 0; i < 3; i++) rig.mustOutput(Uint8Array.of(i))
  await assert.rejects(async () => {
    for await (const [number] of rig.consumer.iterate({ signal: controller.signal })) {
      seen.push(number as number)
      if (seen.length === 2) setTimeout(() => controller.abort(reason), 1)
    }
  }, reason)
  assert.deepEqual(seen, [0, 1, 2])
  assert.equal(listeners(controller.signal), 0)
  rig.mustOutput(Uint8Array.of(3))
  assert.deepEqual(
    [...rig.consumer].map(([number]) => number),
    [3],
  )
})

test('an iteration over records that are there ends at its signal too', async () => {
  const rig = new Rig(build, { size: 1 << 20 })
  const controller = new AbortController()
  rig.fill(8)
  let seen = 0
  await assert.rejects(async () => {
    for await (const _record of rig.consumer.iterate({ signal: controller.signal })) {
      if (++seen === 1000) controller.abort()
    }
  })
  assert.ok(seen < 2000, `${seen} records`)
})

test('run is ended by its signal, with the reason, and another run goes on', async () => {
  const rig = new Rig(build)
  using poller = openPoller()
  let seen = 0
  poller.add(rig.ring, () => seen++)
  const controller = new AbortController()
  const reason = new Error('enough')
  const running = poller.run({ signal: controller.signal })
  rig.mustOutput('x')
  setTimeout(() => controller.abort(reason), ASLEEP_MS)
  await mustFailWith(running, reason)
  assert.equal(listeners(controller.signal), 0)
  const again = poller.run()
  rig.mustOutput('x')
  rig.ring.close()
  assert.equal(await mustEnd(again), 0)
  assert.equal(seen, 2)
})

test('a poller that rests before a busy record is ended by its signal', async () => {
  const rig = new Rig(build)
  using poller = openPoller()
  poller.add(rig.ring, () => {})
  rig.mustReserve(8)
  const controller = new AbortController()
  const polling = poller.pollAsync(-1, { signal: controller.signal })
  setTimeout(() => controller.abort('enough'), ASLEEP_MS)
  await mustFailWith(polling, 'enough')
})
