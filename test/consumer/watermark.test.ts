/** A consumer that is woken for many records: how many, how large, and how long it waits for them. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  BPF_RB_FORCE_WAKEUP,
  type Consumer,
  openConsumer,
  type WaitOutcome,
  type Watermark,
} from 'bpf-ringbuf'
import { SLEEP_ASLEEP, SLEEP_AWAKE, SLEEP_FOR_MORE } from '#dist/abi/region.js'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

const LONG_MS = 20_000
const tick = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms))

for (const build of BUILDS) {
  describe(build.name, () => {
    interface Watched {
      readonly rig: Rig
      readonly consumer: Consumer
      /** Outcome of the wait that is pending, when it has one. */
      outcome: WaitOutcome | undefined
    }

    /** A consumer that sleeps for more: one record has come already, of 8 bytes. */
    const asleepForMore = async (watermark: Watermark): Promise<Watched> => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark, strategy: 'park' })
      rig.mustOutput(new Uint8Array(8))
      const watched: Watched = { rig, consumer, outcome: undefined }
      void consumer.waitAsync({ timeoutMs: LONG_MS }).then(
        (outcome) => {
          watched.outcome = outcome
        },
        () => {},
      )
      while (rig.sleepWord !== SLEEP_FOR_MORE && watched.outcome === undefined) await tick()
      assert.equal(watched.outcome, undefined)
      return watched
    }
    /** How the wait ended: it has had its time. */
    const end = async (watched: Watched): Promise<WaitOutcome> => {
      while (watched.outcome === undefined) await tick()
      assert.notEqual(watched.outcome, 'timeout', 'it slept on')
      return watched.outcome
    }
    /** Answers after how many more steps the wait ended. */
    const stepsUntilAwake = async (watched: Watched, step: (rig: Rig) => void): Promise<number> => {
      for (let steps = 0; steps < 300; steps++) {
        // What ends the sleep is known at once; that it has ended, a while later.
        const woken = watched.rig.sleepWord !== SLEEP_FOR_MORE
        if (watched.outcome !== undefined || woken) {
          while (watched.outcome === undefined) await tick()
          watched.consumer.close()
          return steps
        }
        step(watched.rig)
        await tick()
      }
      throw new Error('it sleeps on')
    }
    const output = (rig: Rig) => rig.mustOutput(new Uint8Array(8))

    test('records: it is woken by the last of them', async () => {
      for (const records of [2, 3, 17, 100]) {
        const watched = await asleepForMore({ records, maxDelayMs: LONG_MS })
        assert.equal(await stepsUntilAwake(watched, output), records - 1)
        assert.equal(watched.outcome, 'ready')
        assert.equal(watched.rig.ring.counters().wakeups, 1)
      }
    })

    test('bytes: it is woken when so many are in use, headers included', async () => {
      for (const bytes of [17, 32, 33, 160, 4080]) {
        const watched = await asleepForMore({ bytes, maxDelayMs: LONG_MS })
        assert.equal(await stepsUntilAwake(watched, output), Math.ceil((bytes - 16) / 16))
        assert.equal(watched.outcome, 'ready')
      }
    })

    test('both: whichever comes first', async () => {
      const few = await asleepForMore({ records: 5, bytes: 1000, maxDelayMs: LONG_MS })
      assert.equal(await stepsUntilAwake(few, output), 4)
      const large = await asleepForMore({ records: 5, bytes: 1000, maxDelayMs: LONG_MS })
      assert.equal(await stepsUntilAwake(large, (rig) => rig.mustOutput(new Uint8Array(500))), 2)
    })

    test('one record, or as few bytes as it takes, is no watermark at all', async () => {
      for (const watermark of [{ records: 1 }, { bytes: 1 }, { bytes: 16 }]) {
        const rig = new Rig(build)
        const consumer = openConsumer(rig.ring, { watermark: { ...watermark, maxDelayMs: LONG_MS } })
        const waiting = consumer.waitAsync({ timeoutMs: LONG_MS })
        output(rig)
        assert.equal(await waiting, 'ready')
        consumer.close()
      }
    })

    test('maxDelayMs: what has come is not kept longer', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark: { records: 100, maxDelayMs: 30 } })
      for (let i = 0; i < 5; i++) {
        const began = performance.now()
        const waiting = consumer.waitAsync({ timeoutMs: LONG_MS })
        await tick(2)
        output(rig)
        const came = performance.now()
        assert.equal(await waiting, 'ready')
        const now = performance.now()
        // On a busy machine the time may have been over when the record came.
        assert.ok(now - began > 15 && now - came < 500, `kept for ${now - came} ms`)
        assert.equal(
          consumer.consume(() => {}),
          1,
        )
      }
    })

    test('maxDelayMs: also of a record that comes while it waits for a flow to go on', async () => {
      const maxDelayMs = 200
      for (const after of [10, 100, 180]) {
        const rig = new Rig(build)
        using consumer = openConsumer(rig.ring, { watermark: { records: 100, maxDelayMs } })
        for (let i = 0; i < 100; i++) output(rig)
        assert.equal(await consumer.waitAsync(), 'ready')
        assert.equal(
          consumer.consume(() => {}),
          100,
        )
        const waiting = consumer.waitAsync({ timeoutMs: LONG_MS })
        await tick(after)
        output(rig)
        const came = performance.now()
        assert.equal(await waiting, 'ready')
        const kept = performance.now() - came
        assert.ok(kept < maxDelayMs + 50, `kept for ${kept} ms, sent after ${after}`)
      }
    })

    test('maxDelayMs 0: nothing is kept', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark: { records: 100, maxDelayMs: 0 } })
      for (let i = 0; i < 3; i++) {
        const waiting = consumer.waitAsync({ timeoutMs: LONG_MS })
        output(rig)
        const came = performance.now()
        assert.equal(await waiting, 'ready')
        assert.ok(performance.now() - came < 500)
        consumer.consume(() => {})
      }
    })

    test('by default it is 10 ms', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark: { records: 100 } })
      output(rig)
      const started = performance.now()
      assert.equal(await consumer.waitAsync(), 'ready')
      const kept = performance.now() - started
      assert.ok(kept > 8 && kept < 500, `kept for ${kept} ms`)
    })

    test('the time of the wait wins, and finds what is there', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark: { records: 100, maxDelayMs: LONG_MS } })
      assert.equal(await consumer.waitAsync({ timeoutMs: 5 }), 'timeout')
      output(rig)
      assert.equal(await consumer.waitAsync({ timeoutMs: 5 }), 'ready')
      assert.equal(consumer.wait({ timeoutMs: 0 }), 'ready')
    })

    test('a wait that blocks keeps the delay too', () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark: { records: 100, maxDelayMs: 20 } })
      output(rig)
      const started = performance.now()
      assert.equal(consumer.wait({ timeoutMs: LONG_MS }), 'ready')
      const kept = performance.now() - started
      assert.ok(kept > 15 && kept < 500, `kept for ${kept} ms`)
    })

    test('enough that is there already is found at once, however it got there', async () => {
      const watermark = { records: 3, bytes: 500, maxDelayMs: LONG_MS }
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark })
      for (let i = 0; i < 3; i++) output(rig)
      assert.equal(await consumer.waitAsync(), 'ready')
      consumer.consume(() => {})
      rig.mustOutput(new Uint8Array(492))
      assert.equal(await consumer.waitAsync(), 'ready')
      assert.equal(rig.ring.counters().sleeps, 0)
    })

    test('a batch counts as its records, and wakes once', async () => {
      const watched = await asleepForMore({ records: 10, maxDelayMs: LONG_MS })
      const steps = await stepsUntilAwake(watched, (rig) => {
        const first = rig.producer.reserveBatch(4, 8)
        assert.equal(rig.producer.submitBatch(first, 4, 8), 0)
      })
      assert.equal(steps, 3)
      assert.equal(watched.rig.ring.counters().wakeups, 1)
    })

    test('discarded records count too: they are to be passed over', async () => {
      const watched = await asleepForMore({ records: 4, maxDelayMs: LONG_MS })
      assert.equal(await stepsUntilAwake(watched, (rig) => rig.mustDiscard(rig.mustReserve(8))), 3)
    })

    test('reserved bytes are in use: the one that commits next finds them', async () => {
      const watched = await asleepForMore({ bytes: 1000, maxDelayMs: LONG_MS })
      watched.rig.mustReserve(2000)
      await tick()
      assert.equal(watched.outcome, undefined, 'nothing was committed yet')
      assert.equal(await stepsUntilAwake(watched, output), 1)
    })

    test('FORCE_WAKEUP ends it with less', async () => {
      const watched = await asleepForMore({ records: 100, maxDelayMs: LONG_MS })
      watched.rig.mustOutput('now', BPF_RB_FORCE_WAKEUP)
      await end(watched)
      assert.equal(
        watched.consumer.consume(() => {}),
        2,
      )
    })

    test('ring.wake() ends it with less', async () => {
      const watched = await asleepForMore({ records: 100, maxDelayMs: LONG_MS })
      assert.equal(watched.rig.ring.wake(), true)
      await end(watched)
    })

    test('closing the ring ends it, with what is there', async () => {
      const watched = await asleepForMore({ records: 100, maxDelayMs: LONG_MS })
      watched.rig.ring.close()
      assert.equal(await end(watched), 'ready')
      assert.equal(
        watched.consumer.consume(() => {}),
        1,
      )
      assert.equal(await watched.consumer.waitAsync(), 'closed')
    })

    test('the last record of a closed ring is not waited for until there are more', async () => {
      const rig = new Rig(build)
      const watermark = { records: 2, maxDelayMs: LONG_MS }
      const consumer = openConsumer(rig.ring, { watermark, strategy: 'park' })
      rig.mustOutput(new Uint8Array(8))
      const last = rig.mustReserve(8)
      rig.ring.close()
      // Behind a visit that took something, it expects a flow of records.
      assert.equal(
        consumer.consumeRaw(() => {}),
        1,
      )
      const waiting = consumer.waitAsync({ timeoutMs: LONG_MS })
      while (rig.sleepWord === SLEEP_AWAKE) await tick()
      assert.equal(rig.sleepWord, SLEEP_ASLEEP)
      rig.mustSubmit(last)
      assert.equal(await waiting, 'ready')
    })

    test('a ring that is closed and empty is closed at once', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark: { records: 100, maxDelayMs: LONG_MS } })
      rig.ring.close()
      assert.equal(await consumer.waitAsync(), 'closed')
      assert.equal(consumer.wait(), 'closed')
    })

    test('a busy record at the head holds everything up; its commit ends the wait', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, {
        watermark: { records: 5, bytes: 500, maxDelayMs: LONG_MS },
        strategy: 'park',
      })
      // Records flow, so it sleeps for more though nothing is ready.
      for (let i = 0; i < 5; i++) output(rig)
      assert.equal(await consumer.waitAsync(), 'ready')
      consumer.consume(() => {})
      const head = rig.mustReserve(8)
      for (let i = 0; i < 20; i++) output(rig)
      let outcome: WaitOutcome | undefined
      const waiting = consumer.waitAsync({ timeoutMs: LONG_MS }).then((came) => {
        outcome = came
      })
      await tick(5)
      assert.equal(outcome, undefined)
      assert.equal(rig.sleepWord, SLEEP_ASLEEP, 'enough is there: it sleeps for the head')
      // Those behind it do not wake it, and it does not look again and again.
      const { sleeps } = rig.ring.counters()
      for (let i = 0; i < 20; i++) output(rig)
      await tick(20)
      assert.equal(rig.ring.counters().sleeps, sleeps)
      rig.mustSubmit(head)
      await waiting
      assert.equal(outcome, 'ready')
      assert.equal(
        consumer.consume(() => {}),
        41,
      )
    })

    test('a busy head with less than the watermark behind it: its commit, and the delay from then on', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark: { records: 50, maxDelayMs: 30 } })
      const head = rig.mustReserve(8)
      output(rig)
      const waiting = consumer.waitAsync({ timeoutMs: LONG_MS })
      await tick(60)
      rig.mustSubmit(head)
      const committed = performance.now()
      assert.equal(await waiting, 'ready')
      const kept = performance.now() - committed
      assert.ok(kept < 500, `kept for ${kept} ms`)
      assert.equal(
        consumer.consume(() => {}),
        2,
      )
    })

    test('what comes after the consumer is closed wakes nobody', async () => {
      const watched = await asleepForMore({ records: 3, maxDelayMs: LONG_MS })
      watched.consumer.close()
      for (let i = 0; i < 10; i++) output(watched.rig)
      assert.equal(watched.rig.ring.counters().wakeups, 0)
      assert.equal(watched.rig.sleepWord, 0)
    })

    test('positions beyond 2^32 are like any others', async () => {
      const rig = new Rig(build, { initialPosition: 2 ** 32 - 256 })
      const consumer = openConsumer(rig.ring, { watermark: { records: 10, bytes: 200, maxDelayMs: LONG_MS } })
      for (let round = 0; round < 30; round++) {
        const waiting = consumer.waitAsync({ timeoutMs: LONG_MS })
        await tick()
        for (let i = 0; i < 13; i++) output(rig)
        assert.equal(await waiting, 'ready')
        assert.equal(
          consumer.consume(() => {}),
          13,
        )
      }
    })

    test('a watermark that is none is an error, and the ring has no consumer then', () => {
      const rig = new Rig(build)
      const wrong: Watermark[] = [
        {},
        { maxDelayMs: 5 },
        { records: 0 },
        { records: -1 },
        { records: 1.5 },
        { records: Number.NaN },
        { records: 512 },
        { bytes: 0 },
        { bytes: 4089 },
        { bytes: 16.5 },
        { bytes: Number.POSITIVE_INFINITY },
        { records: 5, maxDelayMs: -1 },
        { records: 5, maxDelayMs: Number.NaN },
      ]
      for (const watermark of wrong) {
        assert.throws(() => openConsumer(rig.ring, { watermark }), { code: 'ERR_INVALID_ARGUMENT' })
      }
      openConsumer(rig.ring, {
        watermark: { records: 511, bytes: 4088, maxDelayMs: Number.POSITIVE_INFINITY },
      })
    })

    test('the largest watermarks can be reached', async () => {
      for (const watermark of [{ records: 511 }, { bytes: 4088 }]) {
        const rig = new Rig(build)
        const consumer = openConsumer(rig.ring, { watermark: { ...watermark, maxDelayMs: LONG_MS } })
        rig.fill(0)
        assert.equal(await consumer.waitAsync({ timeoutMs: LONG_MS }), 'ready')
      }
    })
  })
}
