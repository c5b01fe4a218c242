/** Consumers that are laps behind, by more than positions of 32 bits can tell: 2 GiB, 4 GiB, and exactly that. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  BPF_F_RB_OVERWRITE,
  createRing,
  LostRecord,
  openConsumer,
  openPoller,
  openProducer,
} from 'bpf-ringbuf'
import { BUILDS, ENGINES } from '../ring/support/builds.js'

const GIB = 2 ** 30
/** Of each record, header included. */
const STEP = 65_536

for (const engine of ENGINES) {
  describe(engine, () => {
    /** A ring of 1 MiB that holds 15 records when so many bytes were sent. */
    const sent = (bytes: number) => {
      const ring = createRing({ size: '1 MiB', flags: BPF_F_RB_OVERWRITE, engine })
      const producer = openProducer(ring)
      for (let left = bytes; left > 0; left -= STEP) producer.submit(producer.reserve(STEP - 8))
      return ring
    }

    for (const bytes of [GIB, 2 * GIB, 2.5 * GIB, 4 * GIB, 4.5 * GIB]) {
      describe(`${bytes / GIB} GiB behind`, () => {
        test('a visit takes all that is there', () => {
          const consumer = openConsumer(sent(bytes))
          assert.equal(
            consumer.consumeRaw(() => {}),
            15,
          )
          assert.deepEqual([consumer.read(), consumer.ready], [null, false])
        })

        test('an iteration gives all that is there', () => {
          const records = [...openConsumer(sent(bytes), { showLost: true })]
          assert.equal(records.length, 16)
          assert.equal((records[0] as LostRecord).count, bytes / STEP - 15)
          assert.ok(records.slice(1).every((record) => !(record instanceof LostRecord)))
        })

        test('a flush waits until that is consumed', async () => {
          const ring = sent(bytes)
          const consumer = openConsumer(ring)
          assert.equal(ring.flush({ timeoutMs: 0 }), false)
          const flushed = ring.flushAsync({ timeoutMs: 5000 })
          consumer.consumeRaw(() => {})
          assert.equal(await flushed, true)
          assert.equal(ring.flush({ timeoutMs: 0 }), true)
        })

        test('a poller finds it', () => {
          const poller = openPoller()
          poller.addRaw(sent(bytes), () => {})
          assert.equal(poller.poll(1000), 15)
          assert.equal(poller.poll(0), 0)
        })
      })
    }
  })
}

for (const build of BUILDS) {
  test(`${build.name}: the age of a record is told after gigabytes too`, async () => {
    const ring = createRing({ size: '1 MiB', engine: build.engine, reservations: build.reservations })
    const producer = openProducer(ring)
    const consumer = openConsumer(ring)
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      const began = performance.now()
      for (let bytes = 0; bytes < 2.5 * GIB; bytes += STEP) {
        producer.submit(producer.reserve(STEP - 8))
        consumer.consumeRaw(() => {})
      }
      producer.output(new Uint8Array(8))
      const { age } = ring.inspect().records[0] ?? assert.fail('no record')
      assert.ok(age.atLeastMs <= performance.now() - began, `${age.atLeastMs} ms`)
      assert.ok((age.atMostMs ?? 0) >= 50, `${age.atMostMs} ms`)
      consumer.consumeRaw(() => {})
    }
  })
}

test('the mark of what was in use stays when it is consumed', () => {
  const ring = createRing({ size: 4096, flags: BPF_F_RB_OVERWRITE })
  const producer = openProducer(ring)
  for (let i = 0; i < 200; i++) producer.output(new Uint8Array(8))
  openConsumer(ring).consume(() => {})
  assert.equal(ring.counters().highWaterBytes, 3200)
})
