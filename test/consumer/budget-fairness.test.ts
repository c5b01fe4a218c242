/**
 * A producer that is faster than its consumer keeps neither the event loop nor other rings waiting. The
 * bounds are generous: they tell a loop that turns from one that does not, on machines that are busy.
 */

import assert from 'node:assert/strict'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, test } from 'node:test'
import { openConsumer, openPoller, openProducer } from 'bpf-ringbuf'
import { BUILDS, type Build } from '../ring/support/builds.js'
import { type AnyRing, makeRing } from '../ring/support/rings.js'
import { Flood } from './support-records/flood.js'

const FLOODED_MS = 400
const TICK_MS = 5
/** The loop must turn far more often than this: breaths are 4 ms apart. */
const LONGEST_MS = 250

const fairRing = (build: Build): AnyRing => makeRing(build, { size: 2 ** 20, name: 'fair' })

/** Lets `reading` read from a ring that is flooded, and closes it when the time is over; by a timer. */
async function mustTurn(build: Build, ring: AnyRing, reading: () => Promise<number>): Promise<number> {
  const floods = await Promise.all([0, 1].map((id) => Flood.start(ring, build.engine, { id })))
  const delay = monitorEventLoopDelay({ resolution: TICK_MS })
  delay.enable()
  let ticks = 0
  const started = performance.now()
  let late = 0
  const timer = setInterval(() => ticks++, TICK_MS)
  setTimeout(() => {
    late = performance.now() - started - FLOODED_MS
    for (const flood of floods) flood.tellToStop()
    ring.close()
  }, FLOODED_MS)
  const seen = await reading()
  delay.disable()
  clearInterval(timer)
  const reports = await Promise.all(floods.map((flood) => flood.report()))
  const sent = reports.reduce((sum, { submitted }) => sum + submitted, 0)
  assert.equal(seen, sent, 'what was sent was read')
  // It was a flood: nobody waited for the producers.
  assert.ok(sent > 10_000, `only ${sent} records`)
  const figures = `${ticks} ticks, a delay of ${delay.max / 1e6} ms, ${late} ms late, ${sent} records`
  assert.ok(late < LONGEST_MS, figures)
  assert.ok(delay.percentile(99) / 1e6 < LONGEST_MS, figures)
  assert.ok(ticks > FLOODED_MS / TICK_MS / 10, figures)
  return seen
}

for (const build of BUILDS) {
  describe(build.name, () => {
    test('for await', async () => {
      const ring = fairRing(build)
      await mustTurn(build, ring, async () => {
        let seen = 0
        for await (const record of openConsumer(ring)) seen += record.length > 0 ? 1 : 0
        return seen
      })
    })

    test('a loop that waits and consumes', async () => {
      const ring = fairRing(build)
      await mustTurn(build, ring, async () => {
        using consumer = openConsumer(ring)
        let seen = 0
        while ((await consumer.waitAsync()) !== 'closed') seen += consumer.consumeRaw(() => {})
        return seen
      })
    })

    test('a loop that waits and leases', async () => {
      const ring = fairRing(build)
      await mustTurn(build, ring, async () => {
        using consumer = openConsumer(ring)
        let seen = 0
        while ((await consumer.waitAsync()) !== 'closed') {
          using lease = consumer.lease()
          for (const _record of lease) seen++
        }
        return seen
      })
    })

    test('a poller of three rings, one of them flooded: the others are read in time', async () => {
      const ring = fairRing(build)
      const others = [fairRing(build), fairRing(build)]
      using poller = openPoller()
      let seen = 0
      poller.addRaw(ring, () => seen++)
      const waited: number[] = []
      for (const other of others) {
        poller.add(other, (record) => {
          const view = new DataView(record.buffer, record.byteOffset)
          waited.push(performance.now() - view.getFloat64(0, true))
        })
      }
      const calls = setInterval(() => {
        for (const other of others) {
          openProducer(other).output(new Uint8Array(Float64Array.of(performance.now()).buffer))
        }
      }, TICK_MS)
      let sent = 0
      await mustTurn(build, ring, async () => {
        const closing = setInterval(() => {
          if (!ring.closed) return
          clearInterval(closing)
          clearInterval(calls)
          sent = others.reduce((sum, other) => sum + other.counters().submitted, 0)
          for (const other of others) other.close()
        }, TICK_MS)
        assert.equal(await poller.run(), 0)
        return seen
      })
      assert.equal(waited.length, sent)
      assert.ok(sent > 10, `${sent} records in the other rings`)
      waited.sort((one, other) => one - other)
      const typical = waited[waited.length >> 1] as number
      assert.ok(typical < LONGEST_MS / 2, `they waited for ${typical} ms`)
      assert.ok((waited.at(-1) as number) < 2 * LONGEST_MS, `one waited for ${waited.at(-1)} ms`)
    })
  })
}
