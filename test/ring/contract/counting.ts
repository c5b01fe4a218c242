import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identityHolds } from 'bpf-ringbuf'
import {
  CONSUMED_COUNT,
  SKIPPED_COUNT,
  SLOT_ATTEMPTED,
  SLOT_BYTES,
  SLOT_BYTES_SUBMITTED,
  SLOT_DISCARDED,
  SLOT_DROPPED,
  SLOT_REFUSED,
  SLOT_SUBMITTED,
  SLOTS_OFFSET,
} from '#dist/abi/region.js'
import { joinRing } from '../support/rings.js'
import type { MakeRig } from './contract.js'

/** The books of a ring. */
export function counting(make: MakeRig): void {
  test('every attempt is counted once, as what became of it', () => {
    const rig = make()
    rig.mustBalance()
    rig.mustOutput(new Uint8Array(100))
    rig.mustSubmit(rig.mustReserve(30))
    rig.mustDiscard(rig.mustReserve(500))
    rig.mustReserve(7)
    rig.producer.reserve(4000)
    rig.producer.tryReserve(4000)
    rig.producer.reserve(5000)
    rig.producer.reserve(5, 1)
    rig.producer.output(new Uint8Array(4000))
    rig.producer.output(new Uint8Array(4), 4)
    assert.deepEqual(rig.mustBalance(), {
      attempted: 10,
      submitted: 2,
      discarded: 1,
      inFlight: 1,
      dropped: 3,
      refused: 3,
      abandoned: 0,
      bytes: 130,
      consumed: 0,
      skipped: 0,
      highWaterBytes: 112 + 40 + 512 + 16,
      overwritten: 0,
      lost: 0,
      wakeups: 0,
      elided: 3,
      sleeps: 0,
      spurious: 0,
    })
    assert.equal(rig.texts().length, 2)
    const { consumed, skipped, inFlight } = rig.mustBalance()
    assert.deepEqual([consumed, skipped, inFlight], [2, 1, 1])
  })

  test('the identity holds after every step of a long sequence', () => {
    const rig = make({ initialPosition: 2 ** 32 - 8192 })
    const held: number[] = []
    for (let step = 0; step < 3000; step++) {
      const kind = (step * 7919) % 13
      if (kind < 6) {
        const address = rig.producer.reserve((step * 31) % 300)
        if (address !== 0) held.push(address)
      } else if (kind < 11) {
        const address = held.splice((step * 17) % (held.length || 1), 1)[0]
        if (address !== undefined) rig.producer[kind < 9 ? 'submit' : 'discard'](address)
      } else {
        rig.consumer.consumeRaw(() => {}, { max: step % 5 })
      }
      const counters = rig.mustBalance()
      assert.equal(counters.inFlight, held.length)
      assert.ok(counters.consumed <= counters.submitted && counters.skipped <= counters.discarded)
    }
  })

  test('identityHolds tells books that do not balance', () => {
    const counters = make().ring.counters()
    assert.equal(identityHolds(counters), true)
    for (const key of ['attempted', 'submitted', 'discarded', 'inFlight', 'dropped', 'refused'] as const) {
      assert.equal(identityHolds({ ...counters, [key]: 1 }), false)
    }
    for (const key of ['bytes', 'consumed', 'skipped', 'highWaterBytes'] as const) {
      assert.equal(identityHolds({ ...counters, [key]: 1 }), true)
    }
  })

  test('the high-water mark is the most that was ever in use', () => {
    const rig = make()
    const mark = () => rig.ring.counters().highWaterBytes
    assert.equal(mark(), 0)
    rig.mustOutput(new Uint8Array(92))
    rig.mustReserve(92)
    assert.equal(mark(), 208)
    rig.texts()
    assert.equal(mark(), 208)
    rig.mustOutput(new Uint8Array(96))
    assert.equal(mark(), 208)
    rig.mustReserve(0)
    assert.equal(mark(), 216)
    const full = make()
    for (let round = 0; round < 3; round++) {
      full.fill(8)
      full.texts()
    }
    assert.equal(full.ring.counters().highWaterBytes, 4080)
  })

  test('the high-water mark sees the peak between two looks of the consumer', () => {
    const rig = make()
    for (let i = 0; i < 10; i++) rig.mustOutput(new Uint8Array(8))
    // Two are consumed, three arrive meanwhile: 13 were never there at once, 11 were.
    const seen: number[] = []
    rig.consumer.consumeRaw(
      () => {
        if (seen.push(rig.ring.query(0)) <= 3) rig.mustOutput(new Uint8Array(8))
      },
      { store: 'record' },
    )
    assert.deepEqual(seen.slice(0, 4), [160, 160, 160, 160])
    assert.equal(rig.ring.counters().highWaterBytes, 176)
  })

  test('looking changes nothing', () => {
    const rig = make()
    rig.mustOutput('one')
    rig.mustReserve(8)
    assert.equal(rig.consumer.ready, true)
    rig.mustChangeNothing(() => {
      const ring = joinRing(rig.ring.handle)
      for (const look of [ring, rig.ring]) {
        look.counters()
        for (let flag = 0; flag < 6; flag++) look.query(flag)
        assert.equal(look.closed, false)
      }
      assert.equal(rig.consumer.ready, true)
      assert.equal(rig.producer.hasRoom(100), true)
    })
  })

  test('counters pass 2^32', () => {
    const rig = make()
    const slot = SLOTS_OFFSET + SLOT_BYTES
    const words = [
      ...[
        SLOT_ATTEMPTED,
        SLOT_SUBMITTED,
        SLOT_DISCARDED,
        SLOT_DROPPED,
        SLOT_REFUSED,
        SLOT_BYTES_SUBMITTED,
      ].map((counter) => slot + counter),
      CONSUMED_COUNT,
      SKIPPED_COUNT,
    ]
    for (const word of words) rig.setWord(word, 0xffff_ffff)
    rig.mustOutput(new Uint8Array(3))
    rig.mustDiscard(rig.mustReserve(8))
    rig.producer.reserve(4080)
    rig.producer.reserve(4081)
    rig.texts()
    const { attempted, submitted, discarded, dropped, refused, bytes, consumed, skipped } =
      rig.ring.counters()
    assert.equal(attempted, 2 ** 32 + 3)
    assert.equal(bytes, 2 ** 32 + 2)
    for (const counter of [submitted, discarded, consumed, skipped, refused]) assert.equal(counter, 2 ** 32)
    assert.equal(dropped, 2 ** 32 - 1 + 1)
  })

  test('looking at the counters, or consuming, does not change why a reservation failed', () => {
    const rig = make()
    rig.fill(8)
    assert.equal(rig.producer.reserve(8), 0)
    rig.ring.counters()
    assert.equal(rig.producer.reason, 'full')
    rig.texts()
    assert.equal(rig.producer.reason, 'full')
    rig.mustReserve(8)
    assert.equal(rig.producer.reason, 'none')
  })
}
