/** Losses in visits that cannot show them, by consumers that were opened with `showLost`. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  BPF_F_RB_OVERWRITE,
  type Consumer,
  createRing,
  LostRecord,
  openConsumer,
  openProducer,
} from 'bpf-ringbuf'

type Shown = Consumer<Uint8Array | LostRecord>

const WAYS: Readonly<Record<string, (consumer: Shown, max: number) => void>> = {
  consumeRaw: (consumer, max) => consumer.consumeRaw(() => {}, { max }),
  lease: (consumer, max) => {
    using lease = consumer.lease({ max })
    for (const record of lease) assert.ok(record.length >= 0)
  },
}

function filled(flags = 0) {
  const ring = createRing({ size: 4096, flags })
  const producer = openProducer(ring)
  for (let i = 0; i < 300; i++) producer.output(new Uint8Array(8))
  return { ring, producer, consumer: openConsumer(ring, { showLost: true }) as Shown }
}

/** What is lost before any record is dropped: 4096 bytes are 255 records of 16, or 256 in overwrite mode less one. */
const LOST = 45

for (const [way, take] of Object.entries(WAYS)) {
  describe(way, () => {
    for (const [cause, flags] of [
      ['dropped', 0],
      ['overwritten', BPF_F_RB_OVERWRITE],
    ] as const) {
      test(`${cause}: the next visit that can show them does`, () => {
        const { consumer } = filled(flags)
        take(consumer, 1)
        const shown: (Uint8Array | LostRecord)[] = []
        consumer.consume((record) => shown.push(record))
        assert.ok(shown[0] instanceof LostRecord)
        assert.deepEqual([shown[0].cause, shown[0].count], [cause, LOST])
        assert.equal(shown.filter((record) => record instanceof LostRecord).length, 1)
      })
    }

    test('more of the same are one', () => {
      const { ring, producer, consumer } = filled()
      for (let i = 0; i < 5; i++) {
        take(consumer, 1)
        for (let j = 0; j < 10; j++) producer.output(new Uint8Array(8))
      }
      const shown: (Uint8Array | LostRecord)[] = []
      consumer.consume((record) => shown.push(record))
      const counts = shown.flatMap((record) => (record instanceof LostRecord ? [record.count] : []))
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        ring.counters().dropped,
      )
      assert.ok(counts.length <= 2, `${counts}`)
    })

    test('the callback of a visit that is over is not called', () => {
      const { producer, consumer } = filled()
      let calls = 0
      consumer.consume(() => calls++)
      const before = calls
      for (let i = 0; i < 300; i++) producer.output(new Uint8Array(8))
      take(consumer, 300)
      assert.equal(calls, before)
    })

    test('a closed ring is finished all the same', () => {
      const { ring, consumer } = filled()
      ring.close()
      take(consumer, 300)
      let outcome = consumer.wait({ timeoutMs: 1000 })
      for (let visit = 0; visit < 3 && outcome !== 'closed'; visit++) {
        take(consumer, 300)
        outcome = consumer.wait({ timeoutMs: 1000 })
      }
      assert.equal(outcome, 'closed')
    })
  })
}

test('a visit shows no more than its budget, whatever is to be shown', () => {
  const { producer, consumer } = filled()
  WAYS['lease']?.(consumer, 1)
  for (let i = 0; i < 10; i++) producer.output(new Uint8Array(8))
  for (let i = 0; i < 260; i++) {
    assert.ok(consumer.consume(() => {}, { max: 1 }) <= 1)
    assert.ok(consumer.consume(() => {}, { max: 0 }) === 0)
  }
})
