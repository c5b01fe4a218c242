/** Producers in threads of their own overwrite as fast as they can; what is read is whole and accounted for. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  BPF_F_RB_OVERWRITE,
  createRing,
  identityHolds,
  LostRecord,
  openConsumer,
  type Ring,
} from 'bpf-ringbuf'
import { ENGINES } from '../ring/support/builds.js'
import { EFFORT, Random, SEED } from '../ring/support/random.js'
import { Flood, type FloodOptions } from './support-records/flood.js'
import { GapReader } from './support-records/gap-reader.js'

const PRODUCERS = 2

for (const engine of ENGINES) {
  describe(engine, () => {
    const start = (ring: Ring, options: FloodOptions, producers = PRODUCERS) =>
      Promise.all(
        Array.from({ length: producers }, (_, id) =>
          // Builds may be mixed.
          Flood.start(ring, id % 2 === 0 ? engine : 'js', { id, full: 'drop', seed: SEED, ...options }),
        ),
      )

    const open = (ring: Ring) => openConsumer(ring, { showLost: true })
    type Follower = ReturnType<typeof open>
    type Look = (record: Uint8Array | LostRecord) => void

    /** Reads until the floods have ended, as `visit` likes, and accounts for every note. */
    const follow = async (
      ring: Ring,
      floods: readonly Flood[],
      visit: (consumer: Follower, look: Look) => Promise<void>,
    ) => {
      const reader = new GapReader(floods.length)
      let [lost, dropped] = [0, 0]
      const look = (record: Uint8Array | LostRecord) => {
        if (!(record instanceof LostRecord)) reader.read(record, 0, record.length)
        else if (record.cause === 'dropped') dropped += record.count
        else lost += record.count
      }
      const consumer = open(ring)
      let done = false
      const reports = Promise.all(floods.map((flood) => flood.report())).finally(() => {
        done = true
      })
      while (!done) await visit(consumer, look)
      ring.close()
      while (consumer.consume(look) > 0);
      const submitted = (await reports).reduce((sum, report) => sum + report.submitted, 0)
      const given = (await reports).reduce((sum, report) => sum + report.dropped, 0)
      assert.equal(reader.seen + lost, submitted, `${reader.seen} seen, ${lost} lost, seed ${SEED}`)
      assert.equal(dropped, given)
      const counters = ring.counters()
      assert.ok(identityHolds(counters))
      assert.deepEqual([counters.consumed, counters.lost, counters.submitted], [reader.seen, lost, submitted])
      return { seen: reader.seen, lost }
    }
    for (const [name, size, options] of [
      ['a page, short notes', 4096, { sizes: [16, 64] }],
      ['a page, long notes', 4096, { sizes: [16, 1500] }],
      ['a page, batches and discards', 4096, { sizes: [16, 100], batch: 6, discardOneIn: 3 }],
      ['256 KiB, notes of all lengths', 2 ** 18, { sizes: [16, 3000], batch: 3, discardOneIn: 9 }],
    ] as const satisfies [string, number, FloodOptions][]) {
      test(`${name}: seen and lost are what was sent`, async () => {
        const ring = createRing({
          size,
          engine,
          flags: BPF_F_RB_OVERWRITE,
          // They pass 2^32 on the way.
          initialPosition: 2 ** 32 - 2 ** 20,
        })
        const random = new Random(SEED)
        const records = (size === 4096 ? 40_000 : 10_000) * EFFORT
        const floods = await start(ring, { ...options, records })
        const { seen, lost } = await follow(ring, floods, async (consumer, look) => {
          await consumer.waitAsync({ timeoutMs: 20 })
          consumer.consume(look, { max: 1 + random.below(400) })
          if (random.oneIn(30)) await new Promise((resolve) => setTimeout(resolve, 2))
        })
        assert.ok(seen > 0 && lost > 0, `${seen} seen, ${lost} lost`)
      })
    }

    test('a reader that stops for a second is told of all that it missed', async () => {
      const ring = createRing({ size: 4096, engine, flags: BPF_F_RB_OVERWRITE })
      const floods = await start(ring, {})
      let visits = 0
      const { seen, lost } = await follow(ring, floods, async (consumer, look) => {
        consumer.consume(look)
        if (visits++ === 2) for (const flood of floods) flood.tellToStop()
        await new Promise((resolve) => setTimeout(resolve, visits === 1 ? 1000 : 5))
      })
      assert.ok(lost > 10_000, `${lost} lost`)
      assert.ok(seen > 0)
    })

    test('a reader that sleeps is woken by the same rule, and never for good', async () => {
      const ring = createRing({ size: 4096, engine, flags: BPF_F_RB_OVERWRITE })
      const floods = await start(ring, { records: 1500 * EFFORT, sizes: [16, 200], restMs: 0.5 }, 1)
      await follow(ring, floods, async (consumer, look) => {
        const started = performance.now()
        const outcome = await consumer.waitAsync({ timeoutMs: 10_000, strategy: 'park' })
        assert.equal(outcome, 'ready')
        assert.ok(performance.now() - started < 5000)
        consumer.consume(look)
        // The last is there before it is counted as sent; and when it has come nobody wakes it any more.
        if ((floods[0] as Flood).sent >= 1500 * EFFORT - 1) {
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      })
    })

    test('snapshots are whole and in a row, and there is nearly always something in them', async () => {
      const ring = createRing({ size: 65_536, engine, flags: BPF_F_RB_OVERWRITE })
      const floods = await start(ring, { sizes: [16, 200] })
      while (floods.some(({ sent }) => sent < 3000)) await new Promise((resolve) => setTimeout(resolve, 1))
      let [records, empty] = [0, 0]
      const looks = 300
      for (let look = 0; look < looks; look++) {
        const snapshot = ring.snapshot()
        const next = Array<number | undefined>(PRODUCERS)
        for (const { bytes } of snapshot.records) {
          const reader = new GapReader(PRODUCERS)
          reader.read(bytes, 0, bytes.length)
          const producer = reader.next.findIndex((count) => count > 0)
          const number = (reader.next[producer] as number) - 1
          // With one producer busy for long the other drops notes, but none comes before an older one.
          if (next[producer] !== undefined) assert.ok(number >= next[producer])
          next[producer] = number + 1
        }
        records += snapshot.records.length
        if (snapshot.records.length === 0) empty++
        if (look % 20 === 0) await new Promise((resolve) => setTimeout(resolve))
      }
      for (const flood of floods) await flood.stop()
      assert.ok(empty < looks / 5, `${empty} of ${looks} snapshots were empty`)
      assert.ok(records > looks * 50, `${records} records in ${looks} snapshots`)
    })
  })
}
