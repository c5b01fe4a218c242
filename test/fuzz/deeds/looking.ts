import assert from 'node:assert/strict'
import { type Consumer, identityHolds, openConsumer, openProducer } from 'bpf-ringbuf'
import { joinRing } from '../../ring/support/rings.js'
import { mustShowNoCanary } from '../arena.js'
import type { Deed, Stage } from './deed.js'
import { showInside } from './reading.js'

/** What those do who only look, who attach, and who recover. */
export const LOOKING: Readonly<Record<string, Deed>> = {
  ask: {
    weight: 4,
    act: ({ ring, producer, consumer }) => {
      for (const flag of [0, 1, 2, 3, 4, 5]) assert.ok(ring.query(flag) >= 0)
      assert.equal(ring.query(1), ring.size)
      assert.equal(typeof identityHolds(ring.counters()), 'boolean')
      assert.equal(typeof ring.closed, 'boolean')
      assert.equal(typeof producer.hasRoom(8), 'boolean')
      assert.equal(typeof (consumer?.ready ?? false), 'boolean')
      consumer?.stall()
    },
  },
  inspect: {
    weight: 2,
    act: ({ ring, random }) => {
      const inspection = ring.inspect({ max: 1 + random.below(600), bytes: random.below(100) })
      for (const { payload } of inspection.records) mustShowNoCanary(payload)
      inspection.toString()
      JSON.stringify(inspection)
    },
  },
  snapshot: {
    weight: 2,
    act: ({ ring }) => {
      const { records } = ring.snapshot()
      assert.ok(records.length <= ring.size / 8)
      for (const { bytes } of records) {
        assert.ok(bytes.length <= ring.largestPayload)
        mustShowNoCanary(bytes)
      }
    },
  },
  flush: { weight: 1, act: ({ ring }) => ring.flush({ timeoutMs: 0 }) },
  wake: { weight: 1, act: ({ ring }) => ring.wake() },
  recover: {
    weight: 1,
    act: ({ ring }) => {
      if (ring.recoverable) assert.ok(ring.recover() >= 0)
    },
  },
  'detach the producer': {
    weight: 1,
    act: ({ ring }) => {
      const joined = joinRing(ring.handle, { engine: ring.engine })
      try {
        openProducer(joined).detach()
      } finally {
        giveUp(joined)
      }
    },
  },
  attach: { weight: 1, act: attach },
}

/** Attaching works, or says what is wrong; and what was attached is like any other. */
function attach(stage: Stage): void {
  const { ring, random } = stage
  const joined = joinRing(ring.handle, { engine: ring.engine })
  try {
    assert.ok(joined.size <= ring.size, `a ring of ${joined.size} bytes was attached`)
    const producer = openProducer(joined)
    producer.tryReserve(random.below(200))
    using consumer: Consumer = openConsumer(joined, { takeOver: random.oneIn(2) })
    consumer.consumeRaw(showInside({ ...stage, ring: joined }))
  } finally {
    giveUp(joined)
  }
}

/** Those between processes are mapped once more. */
function giveUp(joined: { close(): void; detach?: () => void }): void {
  joined.detach?.()
}
