/** What would keep a thread from anything else: floods of discards, laggards, loops that nobody holds. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRing, openConsumer, openPoller } from 'bpf-ringbuf'
import { toWebStream } from 'bpf-ringbuf/web'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { mustEnd, pause } from './support/ends.js'
import { Flood } from './support-records/flood.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]
/** Longer than that nothing here may keep the event loop, on a machine that does other things too. */
const HELD_MS = 1000

describe('producers that only discard, as fast as they can', () => {
  const WAYS: Readonly<Record<string, (consumer: ReturnType<typeof openConsumer>) => unknown>> = {
    consume: (consumer) => consumer.consume(() => {}),
    'consume, max': (consumer) => consumer.consume(() => {}, { max: 100 }),
    'consume, unbounded but for its time': (consumer) =>
      consumer.consume(() => {}, { max: Number.POSITIVE_INFINITY, maxMs: 5 }),
    read: (consumer) => consumer.read(),
    lease: (consumer) => consumer.lease()[Symbol.dispose](),
    'sync iterator': (consumer) => [...consumer],
  }
  for (const [way, visit] of Object.entries(WAYS)) {
    test(`${way}: a visit ends`, async () => {
      const ring = createRing({ size: '1 MiB' })
      const floods = await Promise.all(
        [0, 1].map((id) => Flood.start(ring, build.engine, { id, discardOneIn: 1, full: 'drop' })),
      )
      using consumer = openConsumer(ring)
      const until = performance.now() + 300
      while (performance.now() < until) {
        const began = performance.now()
        visit(consumer)
        assert.ok(performance.now() - began < HELD_MS, `a visit of ${performance.now() - began} ms`)
      }
      for (const flood of floods) await flood.stop()
    })
  }
})

describe('unref', () => {
  const filled = () => {
    const rig = new Rig(build, { size: 2 ** 20 })
    while (rig.producer.output(new Uint8Array(8)) === 0);
    rig.ring.close()
    return rig.ring
  }

  test('an iteration runs through, though nothing else wakes the event loop', async () => {
    const consumer = openConsumer(filled()).unref()
    let count = 0
    const iterated = (async () => {
      for await (const _ of consumer) count++
    })()
    await mustEnd(iterated)
    assert.ok(count > 60_000)
  })

  test('so does a stream', async () => {
    const reader = toWebStream(openConsumer(filled()).unref()).getReader()
    let count = 0
    while (!(await mustEnd(reader.read())).done) count++
    assert.ok(count > 60_000)
  })

  for (const strategy of ['yield', 'busy'] as const) {
    test(`${strategy}: a wait ends when its time is over`, async () => {
      const consumer = openConsumer(new Rig(build).ring, { strategy }).unref()
      assert.equal(await mustEnd(consumer.waitAsync({ timeoutMs: 20 })), 'timeout')
    })
  }
})

test('of many loops that always find something, one goes on in each turn of the event loop', async () => {
  let isOver = false
  const loops = Array.from({ length: 16 }, async () => {
    const rig = new Rig(build, { size: 65_536 })
    while (rig.producer.output(new Uint8Array(8)) === 0);
    while (!isOver) {
      await rig.consumer.waitAsync()
      const busy = performance.now() + 0.5
      rig.consumer.consume(() => {}, { max: 1 })
      while (performance.now() < busy);
    }
  })
  const gaps: number[] = []
  for (let i = 0, last = performance.now(); i < 40; i++) {
    await pause(0)
    const now = performance.now()
    gaps.push(now - last)
    last = now
  }
  isOver = true
  await mustEnd(Promise.all(loops))
  const typical = gaps.toSorted((one, other) => one - other)[20] as number
  // Sixteen times four milliseconds, if all of them went on at once.
  assert.ok(typical < 32, `${typical} ms`)
})

test('a stream that is cancelled while it waits loses nothing', async () => {
  const rig = new Rig(build)
  const consumer = openConsumer(rig.ring, { strategy: { yieldUs: 1e6 } })
  const reader = toWebStream(consumer).getReader()
  const reading = reader.read()
  await pause(20)
  rig.mustOutput('x')
  setImmediate(() => reader.cancel())
  const { done } = await mustEnd(reading)
  await pause(20)
  if (done) assert.equal(Buffer.from(consumer.read() ?? []).toString(), 'x')
})

describe('an iteration', () => {
  test('asked twice at once answers both, in order', async () => {
    const rig = new Rig(build)
    const records = rig.consumer[Symbol.asyncIterator]()
    const both = Promise.all([records.next(), records.next(), records.next()])
    await pause(5)
    for (const text of ['a', 'b', 'c']) rig.mustOutput(text)
    const texts = (await mustEnd(both)).map(({ value }) => Buffer.from(value as Uint8Array).toString())
    assert.deepEqual(texts, ['a', 'b', 'c'])
  })

  test('left while it waits ends the wait, and takes nothing', async () => {
    const rig = new Rig(build)
    const records = rig.consumer[Symbol.asyncIterator]()
    const next = records.next()
    await pause(5)
    await records.return?.()
    assert.deepEqual(await mustEnd(next), { done: true, value: undefined })
    rig.mustOutput('x')
    assert.equal(await mustEnd(rig.consumer.waitAsync()), 'ready')
    assert.deepEqual(rig.texts(), ['x'])
  })

  test('that was aborted before gives nothing', async () => {
    const rig = new Rig(build)
    rig.mustOutput('x')
    const records = rig.consumer.iterate({ signal: AbortSignal.abort('enough') })
    assert.equal(await records.next().catch((reason) => reason), 'enough')
    assert.deepEqual(rig.texts(), ['x'])
  })
})

describe('a consumer that was taken over from', () => {
  test('touches nothing any more', async () => {
    const rig = new Rig(build)
    for (const text of ['a', 'b', 'c']) rig.mustOutput(text)
    const old = openConsumer(rig.ring)
    const lease = old.lease()
    assert.equal(lease.at(1).text(), 'b')
    const heir = openConsumer(rig.ring, { takeOver: true })
    assert.equal(Buffer.from(heir.read() ?? []).toString(), 'a')
    assert.throws(() => lease.release(), { code: 'ERR_LEASE_RELEASED' })
    assert.throws(() => old.read(), { code: 'ERR_CONSUMER_CLOSED' })
    assert.equal(
      heir.consume(() => {}),
      2,
    )
    const waiting = heir.waitAsync({ strategy: 'park', timeoutMs: HELD_MS })
    await pause(20)
    old[Symbol.dispose]()
    assert.throws(() => openConsumer(rig.ring), { code: 'ERR_CONSUMER_TAKEN' })
    rig.mustOutput('d')
    assert.equal(await mustEnd(waiting), 'ready')
  })

  test('a take-over that fails leaves it what it was', () => {
    const rig = new Rig(build)
    const consumer = openConsumer(rig.ring)
    assert.throws(() => openConsumer(rig.ring, { takeOver: true, strategy: 'bogus' as never }), {
      code: 'ERR_INVALID_ARGUMENT',
    })
    rig.mustOutput('x')
    assert.equal(Buffer.from(consumer.read() ?? []).toString(), 'x')
    assert.throws(() => openConsumer(rig.ring), { code: 'ERR_CONSUMER_TAKEN' })
  })
})

describe('a poller', () => {
  test('whose consumer was closed by hand goes on with the others, and finishes', async () => {
    const [first, second] = [new Rig(build), new Rig(build)]
    using poller = openPoller()
    for (const { ring } of [first, second]) poller.add(ring, () => {})
    poller.ring(0).consumer.close()
    second.mustOutput('x')
    assert.equal(poller.consume(), 1)
    const running = poller.run()
    second.ring.close()
    assert.equal(await mustEnd(running), 0)
    assert.equal(poller.finished, true)
  })
})

test('a stall is timed by whoever spins, or only asks', async () => {
  for (const look of [
    (rig: Rig) => rig.consumer.waitBusy({ timeoutMs: 50 }),
    (rig: Rig) => rig.consumer.wait({ timeoutMs: 50, strategy: 'busy' }),
    (rig: Rig) => rig.consumer.waitAsync({ timeoutMs: 50, strategy: { yieldUs: 1e6 } }),
    async (rig: Rig) => {
      rig.consumer.consume(() => {})
      await pause(50)
    },
  ]) {
    const rig = new Rig(build)
    rig.mustReserve(8)
    await look(rig)
    const { busyMs } = rig.consumer.stall() ?? assert.fail('no stall')
    assert.ok(busyMs >= 20, `${busyMs} ms`)
  }
})

test('what a visit leaves behind has waited long enough for a watermark', async () => {
  const rig = new Rig(build, { size: 65_536 })
  const consumer = openConsumer(rig.ring, { watermark: { records: 100, maxDelayMs: 50 } })
  for (let i = 0; i < 20; i++) rig.mustOutput('x')
  const began = performance.now()
  for (let taken = 0; taken < 20; taken += 2) {
    assert.equal(await mustEnd(consumer.waitAsync()), 'ready')
    assert.equal(
      consumer.consume(() => {}, { max: 2 }),
      2,
    )
  }
  assert.ok(performance.now() - began < 300, `${performance.now() - began} ms`)
})

test('arguments that make no sense are errors of ours, and cost no record', () => {
  const rig = new Rig(build)
  rig.mustOutput('x')
  const wrong = { code: 'ERR_INVALID_ARGUMENT' }
  const { consumer, ring } = rig
  for (const value of [null, undefined, 5, 'x', Symbol('x')] as never[]) {
    assert.throws(() => consumer.consume(value), wrong)
    assert.throws(() => consumer.consumeRaw(value), wrong)
    assert.throws(() => openConsumer(value), { code: 'ERR_NOT_A_RING' })
    assert.throws(() => openPoller().add(ring, value), wrong)
    assert.throws(() => toWebStream(value), wrong)
  }
  for (const value of [null, 5, 'x', Symbol('x')] as never[]) {
    assert.throws(() => consumer.consume(() => {}, value), wrong)
    assert.throws(() => consumer.lease(value), wrong)
    assert.throws(() => consumer.wait(value), wrong)
    assert.throws(() => ring.inspect(value), wrong)
    assert.throws(() => ring.snapshot(value), wrong)
    assert.throws(() => ring.flush(value), wrong)
    assert.throws(() => openPoller(value), wrong)
    assert.throws(() => createRing(value), wrong)
    assert.throws(() => openConsumer(new Rig(build).ring, { onLost: value }), wrong)
  }
  for (const value of [Number.NaN, -1, '5', {}] as never[]) {
    assert.throws(() => ring.inspect({ max: value }), wrong)
    assert.throws(() => ring.inspect({ bytes: value }), wrong)
    assert.throws(() => ring.snapshot({ max: value }), wrong)
    assert.throws(() => consumer.consume(() => {}, { maxMs: value }), wrong)
    assert.throws(() => consumer.consume(() => {}, { maxBytes: value }), wrong)
  }
  assert.deepEqual(rig.texts(), ['x'])
})
