/** Counters that pass 2^32 where they are kept in other ways than usual: with a journal, together, of what was overwritten. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  attachRing,
  BPF_F_RB_OVERWRITE,
  createRing,
  openConsumer,
  openProducer,
  type Ring,
} from 'bpf-ringbuf'
import {
  CONSUMED_COUNT,
  CONSUMER_ROUNDS,
  LOCK_WORD,
  OVERWRITE_POSITION,
  OVERWRITE_ROUNDS,
  OVERWRITE_ROUNDS_TO_BE,
  OVERWRITING,
  OVERWRITTEN_COUNT,
  OVERWRITTEN_TO_BE,
  PRODUCER_SLOTS,
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
import { attachmentOf } from '#dist/ring/ring.js'
import { ENGINES } from './support/builds.js'

const OF_SLOT = [
  SLOT_ATTEMPTED,
  SLOT_SUBMITTED,
  SLOT_DISCARDED,
  SLOT_DROPPED,
  SLOT_REFUSED,
  SLOT_BYTES_SUBMITTED,
]
const FULL = 0xffff_ffff

/** The words of a ring by their offsets. */
function wordsOf(ring: Ring) {
  const { views, address } = attachmentOf(ring)
  return {
    get: (offset: number) => views.u32[(address + offset) >>> 2] as number,
    set: (offset: number, value: number) => {
      views.u32[(address + offset) >>> 2] = value
    },
  }
}

for (const engine of ENGINES) {
  describe(engine, () => {
    for (const recoverable of [false, true]) {
      test(`each counter carries, with a journal or without, recoverable: ${recoverable}`, () => {
        const ring = createRing({ size: 4096, engine, recoverable })
        const producer = openProducer(ring)
        using consumer = openConsumer(ring)
        const words = wordsOf(ring)
        const ofSlot = OF_SLOT.map((counter) => SLOTS_OFFSET + producer.id * SLOT_BYTES + counter)
        for (const counter of [...ofSlot, CONSUMED_COUNT, SKIPPED_COUNT]) {
          words.set(counter, FULL)
          words.set(counter + 4, 6)
        }
        producer.output(new Uint8Array(3))
        producer.discard(producer.reserve(8))
        producer.reserve(4080)
        producer.reserve(4081)
        while (consumer.read()) {}
        const { attempted, submitted, discarded, dropped, refused, bytes, consumed, skipped } =
          ring.counters()
        const far = 7 * 2 ** 32
        assert.equal(attempted, far + 3)
        assert.equal(bytes, far + 2)
        for (const counter of [submitted, discarded, dropped, refused, consumed, skipped])
          assert.equal(counter, far)
      })
    }

    test('the slot that latecomers share carries', () => {
      const ring = createRing({ size: 4096, engine })
      const early = Array.from({ length: PRODUCER_SLOTS - 1 }, () =>
        openProducer(attachRing(ring.handle, { engine })),
      )
      const late = openProducer(attachRing(ring.handle, { engine }))
      const words = wordsOf(ring)
      for (const counter of OF_SLOT) words.set(SLOTS_OFFSET + counter, FULL)
      late.output(new Uint8Array(3))
      const { attempted, submitted, bytes } = ring.counters()
      assert.equal(early.length, PRODUCER_SLOTS - 1)
      assert.deepEqual([attempted, submitted, bytes], [2 ** 32, 2 ** 32, 2 ** 32 + 2])
    })

    for (const recoverable of [false, true]) {
      test(`a consumer position that passes 2^32 begins another round, recoverable: ${recoverable}`, () => {
        const ring = createRing({ size: 4096, engine, recoverable, initialPosition: 2 ** 32 - 16 })
        const producer = openProducer(ring)
        using consumer = openConsumer(ring)
        const words = wordsOf(ring)
        for (const rounds of [0, 1, 1]) {
          producer.output(new Uint8Array(0))
          consumer.consume(() => {})
          assert.equal(words.get(CONSUMER_ROUNDS), rounds)
        }
      })

      test(`the count of overwritten records carries, recoverable: ${recoverable}`, () => {
        const ring = createRing({ size: 4096, engine, flags: BPF_F_RB_OVERWRITE, recoverable })
        const producer = openProducer(ring)
        const words = wordsOf(ring)
        words.set(OVERWRITTEN_COUNT, FULL)
        for (let i = 0; i < 4; i++) producer.output(new Uint8Array(1500))
        assert.deepEqual([words.get(OVERWRITTEN_COUNT), words.get(OVERWRITTEN_COUNT + 4)], [1, 1])
        // What would be said if the producer died meanwhile.
        const toBe = [OVERWRITTEN_TO_BE, OVERWRITTEN_TO_BE + 4].map(words.get)
        if (recoverable) assert.deepEqual(toBe, [1, 1])
      })
    }

    test('what a producer was about to say of overwriting when it died is said in full', () => {
      const ring = createRing({ size: 4096, engine, flags: BPF_F_RB_OVERWRITE, recoverable: true })
      const words = wordsOf(ring)
      words.set(OVERWRITING, 1512)
      words.set(OVERWRITTEN_TO_BE, 7)
      words.set(OVERWRITTEN_TO_BE + 4, 8)
      words.set(OVERWRITE_ROUNDS_TO_BE, 9)
      words.set(LOCK_WORD, 5)
      assert.ok(attachmentOf(ring).engine.seizeLock(5))
      const said = [OVERWRITE_POSITION, OVERWRITTEN_COUNT, OVERWRITTEN_COUNT + 4, OVERWRITE_ROUNDS].map(
        words.get,
      )
      assert.deepEqual(said, [1512, 7, 8, 9])
    })
  })
}
