/**
 * Short runs with several threads. `npm run stress` is the same for long; here every kind of meeting
 * between threads has a test of its own.
 */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type EngineKind, identityHolds, openConsumer, openProducer, type RingCounters } from 'bpf-ringbuf'
import { runScenario } from '../stress/scenario.js'
import { BUILDS, type Build, ORDERS } from './support/builds.js'
import { Crew, WORD_GO, WORD_READY, WORD_SHOWN, WORD_TURN } from './support/crew.js'
import { NoteReader } from './support/note.js'
import { EFFORT, SEED } from './support/random.js'
import { makeRing } from './support/rings.js'

for (const build of BUILDS) {
  describe(build.name, () => {
    for (const [ringBytes, producers, records] of [
      [4096, 4, 20_000],
      [65536, 2, 30_000],
    ] as const) {
      test(`${producers} producers, ${ringBytes} bytes, every byte checked: seed ${SEED}`, async () => {
        const scenario = { ...build, ringBytes, producers, seed: SEED, records: records * EFFORT }
        const { counters } = await runScenario(scenario, () => {})
        assert.ok(identityHolds(counters))
      })
    }
    meetings(build)
  })
}

for (const reservations of ORDERS) {
  test(`producers of both builds, a consumer of each: ${reservations}: seed ${SEED}`, async () => {
    for (const engine of ['wasm', 'js'] as const) {
      await mustDeliverNotes({ name: '', engine, reservations }, ['wasm', 'js', 'wasm', 'js'], 4000 * EFFORT)
    }
  })
}

/** Notes from several producers arrive whole, in order, and batches all or nothing. */
async function mustDeliverNotes(build: Build, engines: readonly EngineKind[], rounds: number): Promise<void> {
  const ring = makeRing(build, { size: 8192, initialPosition: 2 ** 32 - 40_000 })
  const crew = new Crew<{ sent: number; discarded: number }>('send notes', ring, engines, {
    rounds,
    seed: SEED,
  })
  using consumer = openConsumer(ring)
  const reader = new NoteReader(engines.length)
  await crew.begin()
  const reports = crew.reports().finally(() => ring.close())
  reports.catch(() => {})
  let before: RingCounters | undefined
  for (let look = 0; ; look++) {
    const outcome = await consumer.waitAsync({ timeoutMs: 10_000 })
    if (outcome === 'closed') break
    assert.notEqual(outcome, 'timeout', `nothing for ten seconds, after ${reader.seen} records`)
    consumer.consumeRaw((memory, offset, length) => reader.read(memory, offset, length))
    reader.mustBeWhole()
    if (look % 16 === 0) before = mustOnlyGrow(ring.counters(), before)
  }
  const sent = await reports
  reader.mustHaveSeen(sent.map(({ sent }) => sent))
  const { submitted, consumed, skipped, inFlight, ...counters } = ring.counters()
  assert.ok(identityHolds({ submitted, consumed, skipped, inFlight, ...counters }))
  assert.deepEqual([submitted, consumed, inFlight], [reader.seen, reader.seen, 0])
  assert.equal(
    skipped,
    sent.reduce((sum, { discarded }) => sum + discarded, 0),
  )
}

/** Any thread may look at the counters at any time; all but what is in flight only grow. */
function mustOnlyGrow(now: RingCounters, before: RingCounters | undefined): RingCounters {
  if (before) {
    for (const key of Object.keys(now) as (keyof RingCounters)[]) {
      if (key !== 'inFlight') assert.ok(now[key] >= before[key], `${key}: ${before[key]}, then ${now[key]}`)
    }
  }
  return now
}

function meetings(build: Build): void {
  const { engine } = build
  const make = (size = 4096) => makeRing(build, { size, initialPosition: 2 ** 32 - size })
  const of = (threads: number) => Array<EngineKind>(threads).fill(engine)

  test(`batches of several producers are visible all or nothing: seed ${SEED}`, async () => {
    await mustDeliverNotes(build, of(3), 3000 * EFFORT)
  })

  test('two threads that answer each other never lose a wake-up', async () => {
    const [there, back] = [make(), make()]
    const rounds = 1500 * EFFORT
    const crew = new Crew<number>('answer', there, of(1), { rounds, seed: SEED, back })
    const producer = openProducer(there)
    using consumer = openConsumer(back)
    await crew.begin()
    let number = 0
    for (let round = 0; round < rounds; round++) {
      const address = producer.reserve(4)
      producer.memory.u32[address >>> 2] = number + 1
      producer.submit(address)
      assert.equal(
        consumer.wait({ strategy: round % 2 === 0 ? 'park' : 'adaptive', timeoutMs: 10_000 }),
        'ready',
        `round ${round}`,
      )
      consumer.consumeRaw((memory, offset) => {
        number = new DataView(memory.buffer).getUint32(offset, true)
      })
      assert.equal(number, 2 * round + 2)
    }
    assert.deepEqual(await crew.reports(), [rounds])
  })

  test('producers that need the whole ring for each record never lose their wake-up', async () => {
    const ring = make()
    const rounds = 300 * EFFORT
    const crew = new Crew<void>('fill', ring, of(3), { rounds, seed: SEED })
    using consumer = openConsumer(ring)
    const reader = new NoteReader(3)
    await crew.begin()
    while (reader.seen < 3 * rounds) {
      assert.equal(
        consumer.wait({ strategy: 'park', timeoutMs: 10_000 }),
        'ready',
        `after ${reader.seen} records`,
      )
      consumer.consumeRaw((memory, offset, length) => reader.read(memory, offset, length))
    }
    await crew.reports()
    assert.ok(identityHolds(ring.counters()))
  })

  test('what happened before, in any thread, comes before: one order for all', async () => {
    const ring = make()
    const rounds = 3000 * EFFORT
    const crew = new Crew<void>('pass the token', ring, of(2), { rounds, seed: SEED })
    using consumer = openConsumer(ring)
    await crew.begin()
    let next = 0
    while (next < rounds) {
      assert.equal(consumer.wait({ timeoutMs: 10_000 }), 'ready', `after turn ${next}`)
      consumer.consumeRaw((memory, offset) => {
        assert.equal(new DataView(memory.buffer).getUint32(offset, true), next)
        next++
      })
    }
    await crew.reports()
  })

  test('of all who commit one record at once, exactly one succeeds', async () => {
    const ring = make()
    const rounds = 1000 * EFFORT
    const crew = new Crew<number>('commit what is shown', ring, of(2), { rounds, seed: SEED })
    const producer = openProducer(ring)
    using consumer = openConsumer(ring)
    await crew.begin()
    Atomics.store(crew.control, WORD_READY, 0)
    for (let round = 1; round <= rounds; round++) {
      crew.tell(WORD_SHOWN, producer.reserve(8))
      crew.tell(WORD_TURN, round)
      for (let done = 0; done < 2 * round; done = Atomics.load(crew.control, WORD_READY)) {
        assert.notEqual(Atomics.wait(crew.control, WORD_READY, done, 10_000), 'timed-out')
      }
      consumer.consumeRaw(() => {})
    }
    const won = await crew.reports()
    assert.equal((won[0] ?? 0) + (won[1] ?? 0), rounds)
    const { submitted, discarded, consumed, skipped } = ring.counters()
    assert.deepEqual([submitted + discarded, consumed, skipped], [rounds, submitted, discarded])
  })

  test('of all who open the consumer at once, one succeeds at a time', async () => {
    const ring = make()
    const rounds = 1000 * EFFORT
    const crew = new Crew<number>('open the consumer', ring, of(2), { rounds, seed: SEED })
    await crew.begin()
    assert.deepEqual(await crew.reports(), [rounds, rounds])
  })

  test('closing in full flight: what was reserved arrives, nothing is reserved after', async () => {
    for (let round = 0; round < 3 * EFFORT; round++) {
      const ring = make()
      const crew = new Crew<{ submitted: number }>('send until closed', ring, of(2), {
        rounds: 0,
        seed: SEED,
      })
      using consumer = openConsumer(ring)
      await crew.begin()
      let seen = 0
      for (;;) {
        const outcome = consumer.wait({ timeoutMs: 10_000 })
        if (outcome === 'closed') break
        assert.equal(outcome, 'ready')
        seen += consumer.consumeRaw(() => {}, { max: 50 })
        if (seen > 500 + round * 311) ring.close()
      }
      const reports = await crew.reports()
      assert.equal(
        seen,
        reports.reduce((sum, { submitted }) => sum + submitted, 0),
      )
      assert.equal(consumer.read(), null)
      assert.ok(identityHolds(ring.counters()))
    }
  })

  test('try mode: whoever does not wait is told why, and every attempt is counted', async () => {
    const ring = make()
    const rounds = 20_000 * EFFORT
    const crew = new Crew<Record<string, number>>('try', ring, of(2), { rounds, seed: SEED })
    using consumer = openConsumer(ring)
    await crew.begin()
    const reports = crew.reports()
    let over = false
    const ended = reports.finally(() => {
      over = true
    })
    while (!over) {
      consumer.consumeRaw(() => {}, { max: 1000 })
      await new Promise(setImmediate)
    }
    await ended
    consumer.consumeRaw(() => {})
    const total: Record<string, number> = {}
    for (const report of await reports) {
      for (const [what, times] of Object.entries(report)) total[what] = (total[what] ?? 0) + times
    }
    const { attempted, submitted, dropped, consumed } = ring.counters()
    assert.equal(attempted, 2 * rounds)
    assert.equal(submitted, total['submitted'])
    assert.equal(dropped, (total['full'] ?? 0) + (total['contended'] ?? 0))
    assert.equal(consumed, submitted)
    assert.ok(identityHolds(ring.counters()))
  })

  test('a consumer in a worker sleeps and wakes by itself', async () => {
    const ring = make()
    const crew = new Crew<{ seen: number }>('drain', ring, of(1), { rounds: 0, seed: SEED })
    const producer = openProducer(ring)
    await crew.begin()
    const records = 2000 * EFFORT
    for (let i = 0; i < records; i++) {
      const payload = new Uint8Array(i % 100)
      while (producer.output(payload) !== 0) assert.ok(producer.waitForRoom(100, 10_000))
      if (i % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    ring.close()
    assert.equal((await crew.reports())[0]?.seen, records)
    crew.tell(WORD_GO, 2)
  })
}
