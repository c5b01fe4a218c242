/** Several producers race for the watermark: whatever they do, nothing is kept longer than it says. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openConsumer, type Watermark } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { NoteReader } from '../ring/support/note.js'
import { EFFORT, SEED } from '../ring/support/random.js'
import { makeRing } from '../ring/support/rings.js'
import { Flood } from './support-records/flood.js'

const PRODUCERS = 3
const RECORDS = 1500 * EFFORT
const DELAY_MS = 20
/** What a busy machine may add. A wake-up that is lost would take as long as the wait. */
const SLACK_MS = 1000
const WAIT_MS = 10_000

const WATERMARKS: Readonly<Record<string, Watermark>> = {
  records: { records: 7, maxDelayMs: DELAY_MS },
  bytes: { bytes: 300, maxDelayMs: DELAY_MS },
  'a batch': { records: 40, bytes: 2000, maxDelayMs: DELAY_MS },
  // Only the wake-ups end these waits: the producers stop when the ring is full, and wait for room.
  'the whole ring, and no delay to help': { bytes: 3000, maxDelayMs: Number.POSITIVE_INFINITY },
}

for (const build of BUILDS) {
  describe(build.name, () => {
    for (const [name, watermark] of Object.entries(WATERMARKS)) {
      test(`${name}: all notes arrive, and no wait ends by its time`, async () => {
        const { engine } = build
        const ring = makeRing(build, { size: 4096, initialPosition: 2 ** 32 - 8192 })
        const floods = await Promise.all(
          Array.from({ length: PRODUCERS }, (_, id) =>
            Flood.start(ring, engine, {
              id,
              records: RECORDS,
              sizes: [16, 40],
              batch: id === 0 ? 5 : 1,
              restMs: id === 1 ? 0.2 : 0,
              discardOneIn: 20,
              seed: SEED,
            }),
          ),
        )
        const reader = new NoteReader(PRODUCERS)
        const done = Promise.all(floods.map((flood) => flood.report())).finally(() => ring.close())
        using consumer = openConsumer(ring, { watermark, strategy: 'park' })
        for (;;) {
          const started = performance.now()
          const outcome = await consumer.waitAsync({ timeoutMs: WAIT_MS })
          const took = performance.now() - started
          if (outcome === 'closed') break
          assert.ok(took < WAIT_MS / 2, `a wait of ${took} ms, ${reader.seen} notes seen`)
          consumer.consumeRaw((memory, offset, length) => reader.read(memory, offset, length))
        }
        await done
        reader.mustHaveSeen(Array(PRODUCERS).fill(RECORDS))
        const { wakeups, submitted, discarded } = ring.counters()
        assert.ok(wakeups < (submitted + discarded) / 2, `${wakeups} wake-ups for ${submitted} records`)
      })
    }

    test('a record is kept no longer than the delay, whoever commits it when', async () => {
      const { engine } = build
      const ring = makeRing(build, { size: 2 ** 16 })
      const floods = await Promise.all(
        [0, 1].map((id) => Flood.start(ring, engine, { id, restMs: 8, seed: SEED })),
      )
      using consumer = openConsumer(ring, { watermark: { records: 50, maxDelayMs: DELAY_MS } })
      let longest = 0
      let seen = 0
      const end = performance.now() + 600
      while (performance.now() < end) {
        // How long the oldest record lies there, from when it is first seen to when the wait ends.
        let since = Number.POSITIVE_INFINITY
        const looking = setInterval(() => {
          if (consumer.ready) since = Math.min(since, performance.now())
        }, 1)
        const outcome = await consumer.waitAsync({ timeoutMs: WAIT_MS })
        clearInterval(looking)
        assert.equal(outcome, 'ready')
        longest = Math.max(longest, performance.now() - since)
        seen += consumer.consumeRaw(() => {})
      }
      await Promise.all(floods.map((flood) => flood.stop()))
      assert.ok(seen > 10)
      assert.ok(longest < DELAY_MS + SLACK_MS, `one was kept for ${longest} ms`)
    })
  })
}
