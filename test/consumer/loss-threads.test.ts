/** Producers in threads of their own that drop what finds no room: every note is either seen or told of. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { identityHolds, LostRecord, openConsumer } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { SEED } from '../ring/support/random.js'
import { makeRing } from '../ring/support/rings.js'
import { Flood } from './support-records/flood.js'
import { GapReader } from './support-records/gap-reader.js'

const PRODUCERS = 3
const RECORDS = 20_000

for (const build of BUILDS) {
  for (const lostRecords of [false, true]) {
    describe(`${build.name}${lostRecords ? ', lostRecords' : ''}`, () => {
      test('what is seen and what is told of make up what was sent, and counters say the same', async () => {
        const { engine } = build
        const ring = makeRing(build, {
          size: 4096,
          lostRecords,
          initialPosition: 2 ** 32 - 4096,
        })
        const floods = await Promise.all(
          Array.from({ length: PRODUCERS }, (_, id) =>
            Flood.start(ring, engine, {
              id,
              records: RECORDS,
              full: 'drop',
              sizes: [16, 200],
              batch: 4,
              discardOneIn: 9,
              seed: SEED,
            }),
          ),
        )
        const reader = new GapReader(PRODUCERS)
        let told = 0
        let gaps = 0
        let consumer = openConsumer(ring, { showLost: true })
        const look = (record: Uint8Array | LostRecord) => {
          if (record instanceof LostRecord) {
            assert.ok(record.count > 0)
            assert.equal(record.cause, 'dropped')
            told += record.count
            gaps++
          } else {
            reader.read(record, 0, record.length)
          }
        }
        let done = false
        const reports = Promise.all(floods.map((flood) => flood.report())).finally(() => {
          done = true
          ring.close()
        })
        for (let visits = 1; !done; visits++) {
          await consumer.waitAsync({ timeoutMs: 50 })
          consumer.consume(look, { max: 1 + (visits % 50) })
          if (visits % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
          if (visits % 100 !== 0) continue
          // Another takes over: it knows what was told.
          consumer = openConsumer(ring, { showLost: true, takeOver: true })
        }
        const sums = (await reports).reduce(
          (sum, report) => ({
            submitted: sum.submitted + report.submitted,
            discarded: sum.discarded + report.discarded,
            dropped: sum.dropped + report.dropped,
          }),
          { submitted: 0, discarded: 0, dropped: 0 },
        )
        for await (const record of consumer) look(record)
        assert.equal(reader.seen, sums.submitted)
        assert.equal(told, sums.dropped, `seed ${SEED}`)
        assert.equal(reader.seen + told, PRODUCERS * RECORDS)
        // One gap may stand for all: the floods may be over before this thread is given a CPU again.
        assert.ok(gaps > 0, 'it was no flood')
        const counters = ring.counters()
        assert.ok(identityHolds(counters))
        assert.equal(counters.dropped, told)
        assert.equal(counters.consumed, reader.seen)
        assert.equal(counters.skipped, sums.discarded)
      })

      if (!lostRecords) return
      test('a gap stands in front of the next note of its producer, and is as large as it says', async () => {
        const { engine } = build
        const ring = makeRing(build, { size: 4096, lostRecords })
        const flood = await Flood.start(ring, engine, { records: RECORDS, full: 'drop', sizes: [16, 150] })
        const consumer = openConsumer(ring, { showLost: true })
        const reader = new GapReader(1)
        let told = 0
        // With one producer, whatever is missing in front of a note was told of just before it; or could
        // not be told yet, because there was room for the note only.
        const look = (record: Uint8Array | LostRecord) => {
          if (record instanceof LostRecord) {
            told += record.count
            return
          }
          const before = reader.missing
          reader.read(record, 0, record.length)
          assert.ok(told <= reader.missing, `told of ${told}, missing ${reader.missing}`)
          if (told > before) assert.equal(told, reader.missing)
        }
        let done = false
        const report = flood.report().finally(() => {
          done = true
          ring.close()
        })
        while (!done) {
          await consumer.waitAsync({ timeoutMs: 50 })
          consumer.consume(look)
          await new Promise((resolve) => setTimeout(resolve, 1))
        }
        for await (const record of consumer) look(record)
        assert.equal(told, (await report).dropped)
      })
    })
  }
}
