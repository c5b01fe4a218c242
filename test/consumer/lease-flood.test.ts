/** Producers in other threads write as fast as they can; what is on lease they do not touch. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openConsumer } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { NoteReader } from '../ring/support/note.js'
import { EFFORT, Random, SEED } from '../ring/support/random.js'
import { makeRing } from '../ring/support/rings.js'
import { Flood } from './support-records/flood.js'

const PRODUCERS = 2
const RECORDS = 4000 * EFFORT

for (const build of BUILDS) {
  describe(build.name, () => {
    for (const size of [4096, 65536]) {
      test(`leased records stay as they are, and each is shown once, in order: ${size} bytes`, async () => {
        const { engine } = build
        const ring = makeRing(build, { size, initialPosition: 2 ** 32 - 8192 })
        const consumer = openConsumer(ring)
        const random = new Random(SEED)
        const reader = new NoteReader(PRODUCERS)
        const floods: Flood[] = []
        for (let id = 0; id < PRODUCERS; id++) {
          floods.push(
            await Flood.start(ring, engine, {
              id,
              records: RECORDS,
              sizes: [16, 300],
              discardOneIn: 7,
              seed: SEED,
            }),
          )
        }
        while (reader.seen < PRODUCERS * RECORDS) {
          assert.notEqual(await consumer.waitAsync({ timeoutMs: 20_000 }), 'timeout')
          const lease = consumer.lease({ max: 1 + random.below(200) })
          const before = [...lease].map((record) => record.copy())
          // Long enough for producers to fill whatever they take for free.
          if (random.oneIn(20)) await new Promise((resolve) => setTimeout(resolve, 2))
          for (let i = 0; i < lease.length; i++) assert.deepEqual(lease.at(i).copy(), before[i])
          const count = random.oneIn(3) ? random.below(lease.length + 1) : lease.length
          for (const bytes of before.slice(0, count)) reader.read(bytes, 0, bytes.length)
          lease.release(count)
        }
        const reports = await Promise.all(floods.map((flood) => flood.report()))
        reader.mustHaveSeen(Array(PRODUCERS).fill(RECORDS))
        consumer.lease().release()
        const { consumed, skipped } = ring.counters()
        assert.equal(consumed, PRODUCERS * RECORDS)
        assert.equal(
          skipped,
          reports.reduce((sum, { discarded }) => sum + discarded, 0),
        )
      })
    }
  })
}
