/** The lock of rings that have one, as far as it can be seen: who waits, who does not, who is woken. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRing, identityHolds, openConsumer, openProducer } from 'bpf-ringbuf'
import { LOCK_PARKED_BIT, LOCK_WORD } from '#dist/abi/region.js'
import { unlock } from '#dist/ring/algorithm/lock.js'
import type { View } from '#dist/ring/algorithm/words.js'
import { ENGINES } from './support/builds.js'
import { Crew, WORD_GO, WORD_TURN } from './support/crew.js'
import { EFFORT, SEED } from './support/random.js'

const word = LOCK_WORD >>> 2

for (const engine of ENGINES) {
  describe(engine, () => {
    test('whoever needs the lock that another holds parks on it, and goes on when it is given back', async () => {
      const ring = createRing({ size: 4096, engine, reservations: 'lock' })
      const { i32 } = openProducer(ring).memory
      const crew = new Crew<void>('fill', ring, [engine, engine], { rounds: 1, seed: SEED })
      Atomics.store(i32, word, 1)
      await crew.begin()
      while (Atomics.load(i32, word) !== (1 | LOCK_PARKED_BIT)) await new Promise(setImmediate)
      assert.equal(ring.counters().attempted, 0)
      const notify = (index: number, count: number) => void Atomics.notify(i32, index, count)
      unlock({ ints: i32, ring: 0, notify } as View)
      using consumer = openConsumer(ring)
      for (let seen = 0; seen < 2; ) {
        assert.equal(consumer.wait({ timeoutMs: 10_000 }), 'ready')
        seen += consumer.consumeRaw(() => {})
      }
      await crew.reports()
      assert.equal(Atomics.load(i32, word), 0)
      assert.ok(identityHolds(ring.counters()))
    })

    test('closing waits for the lock, too', async () => {
      const ring = createRing({ size: 4096, engine, reservations: 'lock' })
      const { i32 } = openProducer(ring).memory
      const crew = new Crew<{ submitted: number }>('send until closed', ring, [engine], {
        rounds: 0,
        seed: SEED,
      })
      await crew.begin()
      using consumer = openConsumer(ring)
      for (let seen = 0; seen < 300; seen += consumer.consumeRaw(() => {}))
        consumer.wait({ timeoutMs: 10_000 })
      ring.close()
      const [report] = await crew.reports()
      consumer.consumeRaw(() => {})
      assert.equal(ring.counters().consumed, report?.submitted)
      assert.equal(Atomics.load(i32, word), 0)
    })

    test('giving it back wakes those who parked meanwhile', async () => {
      const ring = createRing({ size: 4096, engine, reservations: 'lock' })
      const producer = openProducer(ring)
      using consumer = openConsumer(ring)
      const rounds = 30 * EFFORT
      const crew = new Crew<{ parked: number }>('park', ring, ['js'], { rounds, seed: SEED })
      await crew.begin()
      const deadline = performance.now() + 10_000
      while (Atomics.load(crew.control, WORD_TURN) === 0 && performance.now() < deadline) {
        for (let i = 0; i < 100; i++) producer.discard(producer.reserve(8))
        consumer.consumeRaw(() => {})
      }
      crew.tell(WORD_GO, 2)
      const [report] = await crew.reports()
      // How often the other comes in between is chance.
      assert.ok((report?.parked ?? 0) > 0, JSON.stringify(report))
      assert.ok(identityHolds(ring.counters()))
    })

    test('try mode gives up at once where reserve waits, and says why', () => {
      const ring = createRing({ size: 4096, engine, reservations: 'lock' })
      const producer = openProducer(ring)
      const { i32 } = producer.memory
      i32[word] = 1
      assert.equal(producer.tryReserve(8), 0)
      assert.equal(producer.reason, 'contended')
      // What can never work is refused without the lock.
      assert.equal(producer.tryReserve(5000), 0)
      assert.equal(producer.reason, 'too-large')
      assert.equal(producer.tryReserve(8, 1), 0)
      assert.equal(producer.reason, 'bad-flags')
      i32[word] = 0
      assert.notEqual(producer.tryReserve(8), 0)
      const { attempted, dropped, refused } = ring.counters()
      assert.deepEqual([attempted, dropped, refused], [4, 1, 2])
    })
  })
}
