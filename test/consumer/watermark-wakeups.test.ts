/** What a watermark is for: the wake-ups that are not sent. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP, openConsumer, type Watermark } from 'bpf-ringbuf'
import { SLEEP_AWAKE } from '#dist/abi/region.js'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

const LONG_MS = 20_000
const tick = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms))

for (const build of BUILDS) {
  describe(build.name, () => {
    /** Sends so many records one by one; the consumer reads as it is woken. */
    const send = async (records: number, watermark: Watermark | undefined, flags = 0) => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { ...(watermark && { watermark }), strategy: 'park' })
      let seen = 0
      const visits: number[] = []
      const reading = (async () => {
        while ((await consumer.waitAsync({ timeoutMs: LONG_MS })) !== 'closed') {
          const count = consumer.consumeRaw(() => seen++)
          visits.push(count)
        }
      })()
      for (let i = 0; i < records; i++) {
        // It has done what it does, and sleeps again.
        while (rig.sleepWord === SLEEP_AWAKE) await tick()
        rig.mustOutput(new Uint8Array(8), flags)
      }
      while (rig.sleepWord === SLEEP_AWAKE) await tick()
      const { wakeups, elided, spurious, sleeps } = rig.ring.counters()
      rig.ring.close()
      await reading
      assert.equal(seen, records)
      assert.equal(wakeups + elided, records)
      return { wakeups, elided, spurious, sleeps, visits }
    }

    test('without one, every lonely record wakes', async () => {
      const { wakeups, spurious } = await send(40, undefined)
      assert.equal(wakeups, 40)
      assert.equal(spurious, 0)
    })

    test('records: one wake-up for so many, and one for the first', async () => {
      const { wakeups, spurious, visits } = await send(100, { records: 20, maxDelayMs: LONG_MS })
      // The first finds it asleep for anything; then each twentieth.
      assert.ok(wakeups >= 5 && wakeups <= 6, `${wakeups} wake-ups`)
      assert.equal(spurious, 0)
      assert.ok(
        visits.slice(0, 5).every((count) => count === 20),
        `${visits}`,
      )
    })

    test('bytes: one wake-up for so many', async () => {
      const { wakeups, spurious } = await send(100, { bytes: 320, maxDelayMs: LONG_MS })
      assert.ok(wakeups >= 5 && wakeups <= 6, `${wakeups} wake-ups`)
      assert.equal(spurious, 0)
    })

    test('NO_WAKEUP: no wake-up at all, and the delay finds what is there once records flow', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark: { records: 3, maxDelayMs: 20 } })
      for (let i = 0; i < 3; i++) rig.mustOutput('x', BPF_RB_NO_WAKEUP)
      assert.equal(await consumer.waitAsync({ timeoutMs: LONG_MS }), 'ready')
      consumer.consume(() => {})
      const waiting = consumer.waitAsync({ timeoutMs: LONG_MS })
      await tick()
      for (let i = 0; i < 50; i++) rig.mustOutput('x', BPF_RB_NO_WAKEUP)
      const sent = performance.now()
      assert.equal(await waiting, 'ready')
      assert.ok(performance.now() - sent < 1000)
      assert.equal(rig.ring.counters().wakeups, 0)
    })

    test('NO_WAKEUP to a consumer that sleeps for the first record: it sleeps on, as without a watermark', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark: { records: 3, maxDelayMs: 5 } })
      const waiting = consumer.waitAsync({ timeoutMs: 60 })
      await tick()
      for (let i = 0; i < 50; i++) rig.mustOutput('x', BPF_RB_NO_WAKEUP)
      const sent = performance.now()
      assert.equal(await waiting, 'ready')
      assert.ok(performance.now() - sent > 30)
      assert.equal(rig.ring.counters().wakeups, 0)
    })

    test('records with NO_WAKEUP take nothing from the credit, but are there when somebody else wakes', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, {
        watermark: { records: 10, maxDelayMs: LONG_MS },
        strategy: 'park',
      })
      rig.mustOutput('first')
      let ended = false
      const waiting = consumer.waitAsync({ timeoutMs: LONG_MS }).finally(() => {
        ended = true
      })
      await tick()
      for (let i = 0; i < 30; i++) rig.mustOutput('quiet', BPF_RB_NO_WAKEUP)
      await tick(5)
      assert.equal(ended, false)
      rig.mustOutput('now', BPF_RB_FORCE_WAKEUP)
      await waiting
      assert.equal(
        consumer.consume(() => {}),
        32,
      )
    })

    test('a flow that ends leaves the consumer asleep for one, not looking again and again', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark: { records: 3, maxDelayMs: 2 }, strategy: 'park' })
      for (let i = 0; i < 3; i++) rig.mustOutput('x')
      await consumer.waitAsync()
      consumer.consume(() => {})
      const waiting = consumer.waitAsync({ timeoutMs: LONG_MS })
      await tick(60)
      const { sleeps } = rig.ring.counters()
      assert.ok(sleeps <= 3, `${sleeps} sleeps`)
      rig.mustOutput('x')
      assert.equal(await waiting, 'ready')
    })

    test('who waits for room is not kept by a watermark that cannot be reached', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, {
        watermark: { records: 100, maxDelayMs: LONG_MS },
        strategy: 'park',
      })
      rig.mustOutput(new Uint8Array(3000))
      const reading = (async () => {
        while ((await consumer.waitAsync({ timeoutMs: LONG_MS })) !== 'closed') consumer.consumeRaw(() => {})
      })()
      await tick()
      const started = performance.now()
      assert.equal(await rig.producer.waitForRoomAsync(3000, LONG_MS), true)
      assert.ok(performance.now() - started < LONG_MS / 4)
      rig.ring.close()
      await reading
    })
  })
}
