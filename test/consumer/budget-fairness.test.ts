/**
 * A ring that is never empty keeps neither the event loop nor other rings waiting. Whoever reads a record puts another
 * in, and how long something waits is told in records that were read meanwhile: so it matters to no test how fast a
 * machine is, and what else it does.
 */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openConsumer, openPoller, openProducer, type Producer } from 'bpf-ringbuf'
import { BUILDS, type Build } from '../ring/support/builds.js'
import { type AnyRing, makeRing } from '../ring/support/rings.js'

const TICKS = 50
const TICK_MS = 5
/** In the ring, all the time. */
const RECORDS = 100
/** Breaths are 4 ms apart, and ticks 5: ten times as many as the fastest machines read in that time. */
const MOST_PER_TICK = 2_000_000
/** Some visits of the ring that is never empty. */
const MOST_BEFORE_OTHERS = 20 * RECORDS

const fairRing = (build: Build): AnyRing => makeRing(build, { size: 65536, name: 'fair' })

/** Keeps a ring from getting empty, until the event loop has turned so often; or too many records were read meanwhile. */
class Flow {
  readonly ring: AnyRing
  seen = 0
  ticks = 0
  readonly #producer: Producer
  readonly #record = new Uint8Array(32)
  readonly #timer: NodeJS.Timeout
  #sinceTick = 0

  constructor(ring: AnyRing) {
    this.ring = ring
    this.#producer = openProducer(ring)
    for (let i = 0; i < RECORDS; i++) this.#send()
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  /** Call it with each record that was read. */
  readonly sawOne = (): void => {
    this.seen++
    if (this.ring.closed) return
    if (++this.#sinceTick > MOST_PER_TICK) this.#end()
    else this.#send()
  }

  #send(): void {
    assert.equal(this.#producer.output(this.#record), 0)
  }

  #tick(): void {
    this.#sinceTick = 0
    if (++this.ticks === TICKS) this.#end()
  }

  #end(): void {
    clearInterval(this.#timer)
    this.ring.close()
  }
}

/** Lets `reading` read from a ring that is never empty, until it is closed: by a timer, which needs the event loop. */
async function mustTurn(ring: AnyRing, reading: (flow: Flow) => Promise<void>): Promise<void> {
  const flow = new Flow(ring)
  await reading(flow)
  assert.equal(flow.ticks, TICKS, `the event loop did not turn while ${MOST_PER_TICK} records were read`)
  const { submitted, consumed } = ring.counters()
  assert.equal(flow.seen, submitted)
  assert.equal(consumed, submitted)
}

for (const build of BUILDS) {
  describe(build.name, () => {
    test('for await', async () => {
      await mustTurn(fairRing(build), async ({ ring, sawOne }) => {
        for await (const _record of openConsumer(ring)) sawOne()
      })
    })

    test('a loop that waits and consumes', async () => {
      await mustTurn(fairRing(build), async ({ ring, sawOne }) => {
        using consumer = openConsumer(ring)
        while ((await consumer.waitAsync()) !== 'closed') consumer.consumeRaw(sawOne)
      })
    })

    test('a loop that waits and leases', async () => {
      await mustTurn(fairRing(build), async ({ ring, sawOne }) => {
        using consumer = openConsumer(ring)
        while ((await consumer.waitAsync()) !== 'closed') {
          using lease = consumer.lease()
          for (const _record of lease) sawOne()
        }
      })
    })

    test('a poller of three rings, one of them never empty: the others are read in time', async () => {
      const others = [fairRing(build), fairRing(build)]
      await mustTurn(fairRing(build), async (flow) => {
        using poller = openPoller()
        poller.addRaw(flow.ring, flow.sawOne)
        const waited: number[] = []
        for (const other of others) {
          poller.add(other, (record) => {
            const sentAt = new DataView(record.buffer, record.byteOffset).getFloat64(0, true)
            waited.push(flow.seen - sentAt)
          })
        }
        const sending = setInterval(() => {
          for (const other of others) {
            if (flow.ring.closed) other.close()
            else openProducer(other).output(new Uint8Array(Float64Array.of(flow.seen).buffer))
          }
          if (flow.ring.closed) clearInterval(sending)
        }, TICK_MS)
        assert.equal(await poller.run(), 0)
        const sent = others.reduce((sum, other) => sum + other.counters().submitted, 0)
        assert.equal(waited.length, sent)
        assert.ok(sent > TICKS / 2, `${sent} records in the other rings`)
        const longest = Math.max(...waited)
        assert.ok(
          longest < MOST_BEFORE_OTHERS,
          `one waited for ${longest} records of the ring that is never empty`,
        )
      })
    })
  })
}
