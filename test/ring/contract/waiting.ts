import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Consumer, type EngineKind, openConsumer, type WaitOptions, type WaitOutcome } from 'bpf-ringbuf'
import { type Act, Actor, FORCE_WAKEUP, NO_WAKEUP, now } from '../support/actor.js'
import type { Rig } from '../support/rig.js'
import type { MakeRig } from './contract.js'

/** So long that whoever ends after it was not woken, but ran out of time. */
const LONG_MS = 10_000
/** So long that whoever is awake has fallen asleep. */
const ASLEEP_MS = 15
const SHORT_MS = 40

/** The machine was too busy for this trial to show anything. */
class NotInTime extends Error {}

const ways = {
  wait: async (consumer: Consumer, options: WaitOptions) => consumer.wait(options),
  waitAsync: (consumer: Consumer, options: WaitOptions) => consumer.waitAsync(options),
  waitBusy: async (consumer: Consumer, options: WaitOptions) => consumer.waitBusy(options),
}

/** R13, R14, R38: how long a consumer waits, and what ends it. */
export function waiting(make: MakeRig, engine: EngineKind): void {
  for (const [way, wait] of Object.entries(ways)) {
    test(`${way}: what is there already is ready at once`, async () => {
      const rig = make()
      rig.mustOutput('x')
      assert.equal(await wait(rig.consumer, { timeoutMs: 0 }), 'ready')
      assert.equal(await wait(rig.consumer, {}), 'ready')
    })

    test(`${way}: a record that is reserved is nothing to consume`, async () => {
      const rig = make()
      rig.mustReserve(8)
      assert.equal(await wait(rig.consumer, { timeoutMs: 0 }), 'timeout')
    })

    test(`${way}: the time is kept`, async () => {
      const rig = make()
      for (const timeoutMs of [0, 1, 30]) {
        const started = performance.now()
        assert.equal(await wait(rig.consumer, { timeoutMs }), 'timeout')
        const took = performance.now() - started
        assert.ok(took >= timeoutMs - 0.5 && took < timeoutMs + 2000, `${took} ms, not ${timeoutMs}`)
      }
    })

    test(`${way}: what is no time is an error`, async () => {
      const rig = make()
      for (const timeoutMs of [-1, Number.NaN, Number.NEGATIVE_INFINITY]) {
        await assert.rejects(async () => wait(rig.consumer, { timeoutMs }), { code: 'ERR_INVALID_ARGUMENT' })
      }
    })
  }

  for (const way of ['wait', 'waitAsync'] as const) {
    test(`${way}: a strategy that is none is an error`, async () => {
      const rig = make()
      for (const strategy of [{ spinUs: -1 }, { yieldUs: Number.NaN }, 'asleep', null] as never[]) {
        const options = { strategy, timeoutMs: 0 }
        await assert.rejects(async () => ways[way](rig.consumer, options), { code: 'ERR_INVALID_ARGUMENT' })
      }
    })
  }

  test('waitAsync: one wait of a consumer at a time, and the first goes on', async () => {
    const rig = make()
    const pending = rig.consumer.waitAsync({ timeoutMs: LONG_MS })
    await assert.rejects(rig.consumer.waitAsync(), { code: 'ERR_REENTRANT' })
    assert.throws(() => rig.consumer.wait({ timeoutMs: 0 }), { code: 'ERR_REENTRANT' })
    rig.mustOutput('x')
    assert.equal(await pending, 'ready')
    assert.equal(await rig.consumer.waitAsync(), 'ready')
  })

  test('waitAsync: closing the consumer ends a wait that is pending', async () => {
    const rig = make()
    const pending = rig.consumer.waitAsync()
    rig.consumer.close()
    await assert.rejects(pending, { code: 'ERR_CONSUMER_CLOSED' })
  })

  describe('with another thread', () => {
    let rig: Rig
    let actor: Actor

    const meet = async () => {
      rig = make()
      actor = await Actor.start(rig.ring.handle, engine)
    }
    before(meet)
    after(() => actor.stop())

    /** Tries again with another ring where a busy machine kept the actor from acting in time. */
    const inTime = (trial: () => Promise<void>) => async () => {
      for (let left = 20; ; left--) {
        try {
          return await trial()
        } catch (error) {
          if (!(error instanceof NotInTime) || left === 0) throw error
          await actor.stop()
          await meet()
        }
      }
    }

    /** Waits while the actor acts, and answers the outcome; it must have been woken, or not, in time. */
    const outcomeOf = async (
      way: keyof typeof ways,
      ends: 'woken' | 'out of time',
      ...acts: readonly Act[]
    ): Promise<WaitOutcome> => {
      const timeoutMs = ends === 'woken' ? LONG_MS : SHORT_MS
      const playing = actor.play({ act: 'pause', ms: ASLEEP_MS }, ...acts)
      const started = now()
      const outcome = await ways[way](rig.consumer, { timeoutMs, strategy: 'park' })
      const ended = now()
      const { beganAt, endedAt } = await playing
      const took = ended - started
      if (ends === 'woken') {
        assert.ok(took < LONG_MS / 2, `it took ${took} ms`)
      } else {
        // Acts before the consumer slept, or after its time was over, say nothing of what wakes it.
        if (beganAt < started + ASLEEP_MS / 3 || endedAt > started + SHORT_MS - 2) throw new NotInTime()
        assert.ok(took >= SHORT_MS - 0.5, `it ended after ${took} ms`)
      }
      return outcome
    }

    for (const way of ['wait', 'waitAsync', 'waitBusy'] as const) {
      test(`${way}: a submit ends it`, async () => {
        for (let i = 0; i < 3; i++) {
          assert.equal(await outcomeOf(way, 'woken', { act: 'output', text: 'x' }), 'ready')
          assert.deepEqual(rig.texts(), ['x'])
        }
      })
    }

    for (const way of ['wait', 'waitAsync'] as const) {
      test(`${way}: a discard ends it too, and there is nothing to show`, async () => {
        assert.equal(await outcomeOf(way, 'woken', { act: 'reserve' }, { act: 'discard' }), 'ready')
        assert.deepEqual(rig.texts(), [])
      })

      test(
        `${way}: NO_WAKEUP does not end it; when its time is over it finds the record`,
        inTime(async () => {
          const act = { act: 'output', text: 'quiet', flags: NO_WAKEUP } as const
          assert.equal(await outcomeOf(way, 'out of time', act), 'ready')
          assert.deepEqual(rig.texts(), ['quiet'])
        }),
      )

      test(
        `${way}: R43, a plain submit behind a discard with NO_WAKEUP does not end it`,
        inTime(async () => {
          const outcome = await outcomeOf(
            way,
            'out of time',
            { act: 'reserve' },
            { act: 'discard', flags: NO_WAKEUP },
            { act: 'output', text: 'unheard' },
          )
          assert.equal(outcome, 'ready')
          assert.deepEqual(rig.texts(), ['unheard'])
        }),
      )

      test(`${way}: FORCE_WAKEUP ends it`, async () => {
        const act = { act: 'output', text: 'now', flags: FORCE_WAKEUP | NO_WAKEUP } as const
        assert.equal(await outcomeOf(way, 'woken', act), 'ready')
        assert.deepEqual(rig.texts(), ['now'])
      })

      test(`${way}: FORCE_WAKEUP behind a busy record ends it, with nothing to consume`, async () => {
        const acts = [
          { act: 'reserve' },
          { act: 'output', text: 'later', flags: FORCE_WAKEUP },
        ] as const satisfies readonly Act[]
        assert.equal(await outcomeOf(way, 'woken', ...acts), 'woken')
        assert.deepEqual(rig.texts(), [])
        assert.equal(await outcomeOf(way, 'woken', { act: 'submit' }), 'ready')
        assert.equal(rig.texts().length, 2)
      })

      test(
        `${way}: a plain submit behind a busy record does not end it`,
        inTime(async () => {
          const acts = [
            { act: 'reserve' },
            { act: 'output', text: 'later' },
          ] as const satisfies readonly Act[]
          assert.equal(await outcomeOf(way, 'out of time', ...acts), 'timeout')
          await actor.play({ act: 'submit' })
          assert.equal(rig.texts().length, 2)
        }),
      )
    }

    test('waitAsync: the thread is free meanwhile', async () => {
      const pending = rig.consumer.waitAsync({ timeoutMs: LONG_MS, strategy: 'park' })
      // What ends the wait is done by this thread itself, after it has gone round a few times.
      for (let ticks = 0; ticks < 4; ticks++) await new Promise((resolve) => setTimeout(resolve, 1))
      await actor.play({ act: 'output', text: 'x' })
      assert.equal(await pending, 'ready')
      assert.deepEqual(rig.texts(), ['x'])
    })

    for (const [name, waitForRoom] of [
      ['waitForRoom', async (size: number, ms?: number) => rig.producer.waitForRoom(size, ms)],
      ['waitForRoomAsync', (size: number, ms?: number) => rig.producer.waitForRoomAsync(size, ms)],
    ] as const) {
      test(`${name}: ends when there is room for the record, and not before`, async () => {
        rig.consumer.close()
        rig.fill(8)
        const acts: Act[] = []
        for (let i = 0; i < 4; i++) acts.push({ act: 'pause', ms: 5 }, { act: 'consume', max: 1 })
        const playing = actor.play(...acts)
        // 8 bytes are free, and every record gives back 16: the fourth is enough for 60.
        assert.equal(await waitForRoom(60, LONG_MS), true)
        assert.equal(rig.consumerPosition % 4096, (rig.producerPosition + 16 + 4 * 16) % 4096)
        rig.mustSubmit(rig.mustReserve(60))
        await playing
        await actor.play({ act: 'consume', max: 1000 })
      })

      test(`${name}: its time is kept`, async () => {
        rig.fill(8)
        const started = performance.now()
        assert.equal(await waitForRoom(8, 20), false)
        assert.equal(await waitForRoom(8, 0), false)
        assert.ok(performance.now() - started >= 19.5)
        await assert.rejects(async () => waitForRoom(4081, 0), { code: 'ERR_RECORD_TOO_LARGE' })
        await assert.rejects(async () => waitForRoom(-1, 0), { code: 'ERR_INVALID_ARGUMENT' })
        await actor.play({ act: 'consume', max: 1000 })
        assert.equal(await waitForRoom(4080, 0), true)
      })
    }

    for (const [name, reserve] of [
      ['reserveBlocking', async (size: number, ms?: number) => rig.producer.reserveBlocking(size, ms)],
      ['reserveAsync', (size: number, ms?: number) => rig.producer.reserveAsync(size, ms)],
    ] as const) {
      test(`${name}: waits for room, or until its time is over, and counts as one attempt`, async () => {
        rig.fill(8)
        const before = rig.mustBalance()
        assert.equal(await reserve(8, 5), 0)
        assert.equal(await reserve(8, 0), 0)
        assert.equal(await reserve(4081), 0)
        const playing = actor.play({ act: 'pause', ms: ASLEEP_MS }, { act: 'consume', max: 3 })
        const address = await reserve(40, LONG_MS)
        assert.notEqual(address, 0)
        rig.mustSubmit(address)
        await playing
        await actor.play({ act: 'consume', max: 1000 })
        const { attempted, dropped, refused, submitted } = rig.mustBalance()
        assert.equal(attempted - before.attempted, 4)
        assert.equal(dropped - before.dropped, 2)
        assert.equal(refused - before.refused, 1)
        assert.equal(submitted - before.submitted, 1)
      })
    }
  })

  for (const way of ['wait', 'waitAsync'] as const) {
    test(`${way}: closing the ring ends it, in another thread`, async () => {
      const rig = make()
      const actor = await Actor.start(rig.ring.handle, engine)
      const playing = actor.play({ act: 'pause', ms: ASLEEP_MS }, { act: 'close' })
      const started = performance.now()
      assert.equal(await ways[way](rig.consumer, { timeoutMs: LONG_MS }), 'closed')
      assert.ok(performance.now() - started < LONG_MS / 2)
      await playing
      await actor.stop()
    })
  }

  test('waitForRoom: closing the ring ends it, in another thread', async () => {
    const rig = make()
    rig.fill(8)
    const actor = await Actor.start(rig.ring.handle, engine)
    const playing = actor.play({ act: 'pause', ms: ASLEEP_MS }, { act: 'close' })
    assert.equal(rig.producer.waitForRoom(8, LONG_MS), false)
    assert.equal(rig.ring.closed, true)
    await playing
    await actor.stop()
  })

  test('waitForRoom: a consumer that takes over wakes whom the dead one left asleep', async () => {
    const rig = make()
    rig.fill(8)
    openConsumer(rig.ring)
    const room = rig.producer.waitForRoomAsync(8, LONG_MS)
    // It has stored its position, and died before it woke anybody.
    rig.setWord(4096, 16)
    const started = performance.now()
    using _heir = openConsumer(rig.ring, { takeOver: true })
    assert.equal(await room, true)
    assert.ok(performance.now() - started < LONG_MS / 2)
  })
}
