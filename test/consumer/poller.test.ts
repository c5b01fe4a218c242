/** libbpf's ring_buffer__poll: what it visits, what it answers, and what callbacks can do. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_RB_NO_WAKEUP, openConsumer, openPoller, openProducer, type RingPoller } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { Polled } from './support/polled.js'

/** Whatever polls, once, without waiting. */
const POLLS: Readonly<Record<string, (poller: RingPoller) => Promise<number>>> = {
  poll: async (poller) => poller.poll(0),
  pollAsync: (poller) => poller.pollAsync(0),
}

for (const build of BUILDS) {
  for (const [name, poll] of Object.entries(POLLS)) {
    describe(`${build.name}, ${name}`, () => {
      test('answers how many records there were, of all rings, and 0 for none', async () => {
        using polled = new Polled(3, {}, build)
        assert.equal(await poll(polled.poller), 0)
        polled.put(0, 'a', 'b')
        polled.put(2, 'c')
        assert.equal(await poll(polled.poller), 3)
        assert.deepEqual(polled.take().sort(), ['0:a', '0:b', '2:c'])
        assert.equal(await poll(polled.poller), 0)
      })

      test('discarded records are not counted, and not shown', async () => {
        using polled = new Polled(1, {}, build)
        const rig = polled.rig(0)
        rig.mustDiscard(rig.mustReserve(8))
        polled.put(0, 'kept')
        rig.mustDiscard(rig.mustReserve(8))
        assert.equal(await poll(polled.poller), 1)
        assert.deepEqual(polled.take(), ['0:kept'])
        rig.mustDiscard(rig.mustReserve(8))
        assert.equal(await poll(polled.poller), 0)
        assert.equal(rig.consumerPosition, rig.producerPosition)
      })

      test('it stops at a busy record, and goes on behind it when it is committed', async () => {
        using polled = new Polled(2, {}, build)
        polled.put(0, 'before')
        const busy = polled.rig(0).mustReserveText('busy')
        polled.put(0, 'behind')
        polled.put(1, 'other')
        assert.equal(await poll(polled.poller), 2)
        assert.deepEqual(polled.take().sort(), ['0:before', '1:other'])
        assert.equal(await poll(polled.poller), 0)
        polled.rig(0).mustSubmit(busy)
        assert.equal(await poll(polled.poller), 2)
        assert.deepEqual(polled.take(), ['0:busy', '0:behind'])
      })

      test('rings that no wake-up made known are not visited', async () => {
        using polled = new Polled(2, {}, build)
        assert.equal(await poll(polled.poller), 0)
        polled.rig(0).mustOutput('quiet', BPF_RB_NO_WAKEUP)
        polled.put(1, 'heard')
        assert.equal(await poll(polled.poller), 1)
        assert.deepEqual(polled.take(), ['1:heard'])
        assert.equal(polled.poller.consume(), 1)
        assert.deepEqual(polled.take(), ['0:quiet'])
      })

      for (const answer of [-1, -22, -0.5, Number.NEGATIVE_INFINITY]) {
        test(`a callback that answers ${answer} stops it, its record counts as consumed, and that is the answer`, async () => {
          using polled = new Polled(1, {}, build)
          polled.put(0, 'a', 'b', 'c')
          polled.answer = (note) => (note === '0:b' ? answer : 0)
          assert.equal(await poll(polled.poller), answer)
          assert.deepEqual(polled.take(), ['0:a', '0:b'])
          assert.equal(polled.rig(0).consumerPosition, 32)
          polled.answer = () => 0
          assert.equal(await poll(polled.poller), 1)
          assert.deepEqual(polled.take(), ['0:c'])
        })
      }

      for (const answer of [
        0,
        -0,
        1,
        2 ** 31,
        Number.POSITIVE_INFINITY,
        Number.NaN,
        undefined,
        null,
        true,
        '-1',
        -1n,
      ]) {
        test(`a callback that answers ${typeof answer} ${answer} goes on`, async () => {
          using polled = new Polled(2, {}, build)
          polled.put(0, 'a', 'b')
          polled.put(1, 'c')
          polled.answer = () => answer
          assert.equal(await poll(polled.poller), 3)
          assert.deepEqual(polled.take().sort(), ['0:a', '0:b', '1:c'])
        })
      }

      test('what a callback throws passes through; its record counts as consumed, and no other is lost', async () => {
        using polled = new Polled(2, {}, build)
        const error = new Error('no')
        polled.put(0, 'a', 'b', 'c')
        polled.put(1, 'd')
        polled.answer = (note) => {
          if (note === '0:b') throw error
        }
        await assert.rejects(async () => poll(polled.poller), error)
        assert.equal(polled.rig(0).consumerPosition, 32)
        for (let left = 2; left > 0; ) {
          const answer = await poll(polled.poller)
          assert.ok(answer > 0, 'a record was lost')
          left -= answer
        }
        assert.deepEqual(polled.take().sort(), ['0:a', '0:b', '0:c', '1:d'])
      })

      test('after a negative answer the other rings come with the next calls', async () => {
        using polled = new Polled(3, {}, build)
        for (let ring = 0; ring < 3; ring++) polled.put(ring, 'a', 'b')
        polled.answer = () => -1
        for (let i = 0; i < 6; i++) assert.equal(await poll(polled.poller), -1)
        assert.equal(await poll(polled.poller), 0)
        assert.deepEqual(polled.take().sort(), ['0:a', '0:b', '1:a', '1:b', '2:a', '2:b'])
      })

      test('a ring whose callback always stops, or throws, does not keep the others from their turn', async () => {
        for (const stop of [
          () => -1,
          () => {
            throw new Error('no')
          },
        ]) {
          using polled = new Polled(3, {}, build)
          for (let ring = 0; ring < 3; ring++) polled.put(ring, ...Array(30).fill('x'))
          polled.answer = stop
          for (let i = 0; i < 12; i++) await poll(polled.poller).catch(() => {})
          const rings = new Set(polled.take().map((note) => note[0]))
          assert.deepEqual([...rings].sort(), ['0', '1', '2'])
        }
      })

      test('each ring has a callback and a context of its own', async () => {
        const [one, other] = [new Rig(build), new Rig(build)]
        using poller = openPoller()
        const context = { all: [] as string[] }
        poller.add(one.ring, (record, mine: typeof context) => mine.all.push(`one ${record.length}`), {
          context,
        })
        poller.addRaw(
          other.ring,
          (_memory, _offset, length, mine: string) => context.all.push(`${mine} ${length}`),
          {
            context: 'other',
          },
        )
        one.mustOutput('12345')
        other.mustOutput('123')
        assert.equal(await poll(poller), 2)
        assert.deepEqual(context.all.sort(), ['one 5', 'other 3'])
      })

      test('a raw callback sees the record where it is, one of add gets bytes of its own', async () => {
        const [raw, copied] = [new Rig(build), new Rig(build)]
        using poller = openPoller()
        let kept: Uint8Array | undefined
        poller.addRaw(raw.ring, (memory, offset, length) => {
          assert.equal(memory.buffer, raw.u8.buffer)
          assert.equal(Buffer.from(memory.subarray(offset, offset + length)).toString(), 'in place')
        })
        poller.add(copied.ring, (record) => {
          kept = record
        })
        raw.mustOutput('in place')
        copied.mustOutput('copied')
        assert.equal(await poll(poller), 2)
        copied.u8.fill(0, 4096)
        assert.equal(Buffer.from(kept ?? []).toString(), 'copied')
        assert.ok(!(kept?.buffer instanceof SharedArrayBuffer))
      })

      test('what a callback puts into its own ring comes with a later call', async () => {
        using polled = new Polled(1, {}, build)
        polled.put(0, 'a')
        polled.answer = (note) => {
          if (polled.seen.length < 3) polled.put(0, `${note.slice(2)}+`)
        }
        let calls = 0
        while (polled.seen.length < 3 && calls < 3) {
          assert.equal(await poll(polled.poller), 1)
          calls++
        }
        assert.deepEqual(polled.take(), ['0:a', '0:a+', '0:a++'])
      })
    })
  }
}

describe('from inside a callback', () => {
  test('using the same ring is an error, and the visit goes on', () => {
    using polled = new Polled(1)
    polled.put(0, 'a', 'b')
    const errors: unknown[] = []
    const note = (act: () => unknown) => {
      try {
        act()
      } catch (error) {
        errors.push((error as { code?: unknown }).code)
      }
    }
    polled.answer = (text) => {
      if (text !== '0:a') return
      note(() => polled.poller.consume())
      note(() => polled.poller.ring(0).consume())
      note(() => polled.poller.ring(0).consumer.close())
    }
    assert.equal(polled.poller.poll(0), 2)
    assert.deepEqual(errors, ['ERR_REENTRANT', 'ERR_REENTRANT', 'ERR_REENTRANT'])
    assert.deepEqual(polled.take(), ['0:a', '0:b'])
  })

  test('another ring may be added, and is polled from then on', () => {
    using polled = new Polled(1)
    const late = new Rig(BUILDS[0] as (typeof BUILDS)[number])
    late.mustOutput('late')
    polled.put(0, 'a')
    polled.answer = (note) => {
      if (note === '0:a') polled.add(late)
    }
    assert.equal(polled.poller.poll(0), 1)
    assert.equal(polled.poller.poll(0), 1)
    assert.deepEqual(polled.take(), ['0:a', '1:late'])
  })

  test('the poller may be closed: nothing comes behind the record, and all rings are free', () => {
    for (const visit of ['poll', 'consume', 'consumeN'] as const) {
      const polled = new Polled(2)
      polled.put(0, 'a', 'b')
      polled.put(1, 'c')
      polled.answer = () => polled.poller.close()
      assert.equal(polled.poller[visit](10), 1)
      assert.throws(() => polled.poller.poll(0), { code: 'ERR_CONSUMER_CLOSED' })
      assert.deepEqual(
        polled.rigs.map((rig) => rig.texts()),
        [['b'], ['c']],
      )
    }
  })

  test('a lease that is out when the poller is closed is given back', () => {
    const polled = new Polled(2)
    polled.put(0, 'a')
    const lease = polled.poller.ring(0).consumer.lease()
    polled.poller.close()
    assert.equal(lease.released, true)
    for (const { ring } of polled.rigs) openConsumer(ring).close()
  })

  test('a ring may be closed, and what is in it still comes', () => {
    using polled = new Polled(1)
    polled.put(0, 'a', 'b')
    polled.answer = () => polled.rig(0).ring.close()
    assert.equal(polled.poller.poll(0), 2)
    assert.equal(polled.poller.poll(), 0)
    assert.equal(polled.poller.finished, true)
  })
})

test('adding a ring that has a consumer is an error, and the poller goes on', () => {
  using polled = new Polled(1)
  const taken = new Rig(BUILDS[0] as (typeof BUILDS)[number])
  assert.equal(taken.consumer.ready, false)
  assert.throws(() => polled.add(taken), { code: 'ERR_CONSUMER_TAKEN' })
  assert.throws(() => polled.add(polled.rig(0)), { code: 'ERR_CONSUMER_TAKEN' })
  assert.equal(polled.poller.length, 1)
  polled.put(0, 'x')
  assert.equal(polled.poller.poll(), 1)
  // A dead consumer's ring can be taken.
  assert.equal(
    polled.poller.add(taken.ring, () => {}, { takeOver: true }),
    1,
  )
})

test('a budget that is none, a strategy that is none, are errors', () => {
  for (const budget of [{ max: -1 }, { max: 1.5 }, { maxBytes: -1 }, { maxMs: Number.NaN }]) {
    assert.throws(() => openPoller({ budget }), { code: 'ERR_INVALID_ARGUMENT' })
  }
  assert.throws(() => openPoller({ strategy: 'doze' as never }), { code: 'ERR_INVALID_ARGUMENT' })
})

test('a budget of no records at all is an error too: no visit would ever come further', () => {
  assert.throws(() => openPoller({ budget: { max: 0 } }), { code: 'ERR_INVALID_ARGUMENT' })
})

test('records of no bytes are records', () => {
  using polled = new Polled(1)
  for (let i = 0; i < 3; i++) openProducer(polled.rig(0).ring).output(new Uint8Array(0))
  assert.equal(polled.poller.poll(), 3)
  assert.deepEqual(polled.take(), ['0:', '0:', '0:'])
})
