/** Bells: what an epoll sleeps on. One thread's rings share a board of 64 places; those of others have their own. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  attachRing,
  type Consumer,
  createRing,
  openConsumer,
  openProducer,
  type Ring,
  RingEpoll,
  type RingHandle,
} from 'bpf-ringbuf'
import { BELL_PLACES } from '#dist/memory/bells.js'
import { runRemote } from '../ring/support/remote.js'
import { ASLEEP_MS, LONG_MS, mustEnd, mustGoOn, pause, turn } from './support/ends.js'
import { Stagehand } from './support/stagehand.js'

/** Rings that another thread has made. */
async function foreignRings(count: number): Promise<Ring[]> {
  const handles = await runRemote<RingHandle[]>(`
    import { parentPort } from 'node:worker_threads'
    import { createRing } from 'bpf-ringbuf'
    parentPort.postMessage(Array.from({ length: ${count} }, () => createRing({ size: 4096 }).handle))
  `)
  return handles.map((handle) => attachRing(handle))
}

function ownRings(count: number): Ring[] {
  return Array.from({ length: count }, () => createRing({ size: 4096 }))
}

/** The same rings, as one sees them who was told of no bells. */
function withoutBells(rings: readonly Ring[]): Ring[] {
  return rings.map(({ handle: { bells, ...rest } }) => attachRing(rest))
}

function epollOf(rings: readonly Ring[]): { epoll: RingEpoll; consumers: Consumer[] } & Disposable {
  const epoll = new RingEpoll({ strategy: 'park' })
  const consumers = rings.map((ring, data) => {
    const consumer = openConsumer(ring)
    epoll.add(consumer, { data })
    return consumer
  })
  return {
    epoll,
    consumers,
    [Symbol.dispose]() {
      epoll.close()
      for (const consumer of consumers) consumer.close()
    },
  }
}

/** Takes so many bells of this thread's board, until it is disposed. */
function takeBells(count: number): Disposable {
  const taken = Array.from({ length: count }, () => epollOf(ownRings(1)))
  return {
    [Symbol.dispose]() {
      for (const one of taken) one[Symbol.dispose]()
    },
  }
}

/** Waits for each of the rings in turn, many times: nobody's wake-up may be lost. */
async function mustHearAll({ epoll, consumers }: { epoll: RingEpoll; consumers: Consumer[] }): Promise<void> {
  const rounds = 40
  for (let i = 0; i < rounds; i++) {
    // Mostly one ring, so that the others sleep through many waits.
    const ring = i % 8 === 7 ? (i >> 3) % consumers.length : 0
    const waiting = epoll.waitAsync()
    if (i % 3 > 0) await pause(i % 3)
    const consumer = consumers[ring] as Consumer
    openProducer(consumer.ring).outputText('x')
    const events = await mustEnd(waiting, `the wait ${i}, for ring ${ring}`)
    assert.deepEqual(
      events.map(({ data }) => data),
      [ring],
    )
    assert.equal(
      consumer.consumeRaw(() => {}),
      1,
    )
  }
}

const MIXTURES: Readonly<Record<string, () => Promise<Ring[]>>> = {
  'rings of this thread': async () => ownRings(4),
  'rings of one other thread': async () => await foreignRings(4),
  'rings of this thread and of two others': async () => [
    ...ownRings(2),
    ...(await foreignRings(2)),
    ...(await foreignRings(1)),
  ],
  'rings without bells': async () => withoutBells(ownRings(3)),
  'rings with and without bells': async () => [...ownRings(2), ...withoutBells(ownRings(2))],
}

for (const [mixture, make] of Object.entries(MIXTURES)) {
  test(`${mixture}: without blocking, every one is heard, again and again`, async () => {
    using set = epollOf(await make())
    await mustHearAll(set)
  })
}

describe('a thread that blocks', () => {
  test('waits for rings of one other thread', async () => {
    const rings = await foreignRings(4)
    const stagehand = await Stagehand.start('js')
    using set = epollOf(rings)
    for (const [i, ring] of rings.entries()) stagehand.attach(ring, i)
    for (const ring of [2, 0, 3]) {
      const playing = stagehand.play({ step: 'settle', ring, mostMs: 200 }, { step: 'output', ring })
      assert.deepEqual(
        set.epoll.wait({ timeoutMs: LONG_MS }).map(({ data }) => data),
        [ring],
      )
      set.consumers[ring]?.read()
      await playing
    }
    await stagehand.stop()
  })

  for (const mixture of [
    'rings of this thread and of two others',
    'rings without bells',
    'rings with and without bells',
  ]) {
    test(`cannot wait for ${mixture}, and says so also when it need not wait`, async () => {
      const rings = await (MIXTURES[mixture] as () => Promise<Ring[]>)()
      using set = epollOf(rings)
      const refused = { code: 'ERR_NO_COMMON_BELL' }
      assert.throws(() => set.epoll.wait({ timeoutMs: 0 }), refused)
      openProducer(rings[0] as Ring).outputText('x')
      assert.throws(() => set.epoll.wait(), refused)
      assert.equal(set.epoll.poll().length, 1)
    })
  }

  test('waits for a single ring without bells, by the ring itself', async () => {
    const rings = withoutBells(ownRings(1))
    const stagehand = await Stagehand.start('js')
    using set = epollOf(rings)
    stagehand.attach(rings[0] as Ring, 0)
    for (let i = 0; i < 3; i++) {
      const playing = stagehand.play({ step: 'settle', ring: 0, mostMs: 200 }, { step: 'output', ring: 0 })
      assert.equal(set.epoll.wait({ timeoutMs: LONG_MS }).length, 1)
      set.consumers[0]?.read()
      await playing
    }
    await stagehand.stop()
  })
})

describe('when all bells are taken', () => {
  test('without blocking, every ring is heard', async () => {
    using _taken = takeBells(BELL_PLACES - 1)
    using set = epollOf(ownRings(3))
    await mustHearAll(set)
  })

  test('who blocks cannot wait for two rings, but for one', () => {
    using _taken = takeBells(BELL_PLACES - 1)
    using two = epollOf(ownRings(2))
    assert.throws(() => two.epoll.wait({ timeoutMs: 0 }), { code: 'ERR_NO_COMMON_BELL' })
    using one = epollOf(ownRings(1))
    assert.deepEqual(one.epoll.wait({ timeoutMs: 3 }), [])
    openProducer(one.consumers[0]?.ring as Ring).outputText('x')
    assert.equal(one.epoll.wait().length, 1)
  })

  test('a bell that is given back is there for the next', () => {
    {
      using _taken = takeBells(BELL_PLACES - 1)
    }
    for (let i = 0; i < 3; i++) {
      using _most = takeBells(BELL_PLACES - 2)
      using set = epollOf(ownRings(2))
      assert.deepEqual(set.epoll.wait({ timeoutMs: 0 }), [])
      using late = epollOf(ownRings(2))
      assert.throws(() => late.epoll.wait({ timeoutMs: 0 }), { code: 'ERR_NO_COMMON_BELL' })
    }
  })

  test('an epoll gives its bell back when its last ring leaves, and takes one when the next comes', () => {
    using _taken = takeBells(BELL_PLACES - 2)
    const epoll = new RingEpoll()
    const [ring, other] = ownRings(2) as [Ring, Ring]
    using consumer = openConsumer(ring)
    using second = openConsumer(other)
    epoll.add(consumer)
    epoll.add(second)
    epoll.delete(consumer)
    {
      using late = epollOf(ownRings(2))
      assert.throws(() => late.epoll.wait({ timeoutMs: 0 }), { code: 'ERR_NO_COMMON_BELL' })
    }
    epoll.delete(second)
    {
      using late = epollOf(ownRings(2))
      assert.deepEqual(late.epoll.wait({ timeoutMs: 0 }), [])
    }
    epoll.add(consumer)
    epoll.add(second)
    assert.deepEqual(epoll.wait({ timeoutMs: 0 }), [])
    epoll.close()
  })
})

test('waits of an epoll with several bells leave nothing behind', async () => {
  using set = epollOf([...ownRings(1), ...(await foreignRings(1))])
  const [consumer] = set.consumers as [Consumer]
  const rounds = 50_000
  const round = async () => {
    const waiting = set.epoll.waitAsync()
    await turn()
    openProducer(consumer.ring).outputText('x')
    await waiting
    consumer.consumeRaw(() => {})
  }
  for (let i = 0; i < rounds; i++) await round()
  const before = process.memoryUsage().rss
  for (let i = 0; i < rounds; i++) await round()
  const grown = process.memoryUsage().rss - before
  assert.ok(grown < rounds * 700, `${Math.round(grown / rounds)} bytes a wait`)
})

test('a bell that another epoll has taken over rings for nobody else', async () => {
  const [first, second] = ownRings(2) as [Ring, Ring]
  const one = epollOf([first])
  const waiting = one.epoll.waitAsync()
  await pause(ASLEEP_MS)
  one.epoll.close()
  assert.deepEqual(await mustEnd(waiting), [])
  using two = epollOf([second])
  const other = two.epoll.waitAsync()
  openProducer(first).outputText('x')
  await mustGoOn(other)
  openProducer(second).outputText('x')
  assert.equal((await mustEnd(other)).length, 1)
})
