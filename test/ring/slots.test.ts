import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { attachRing, createRing, identityHolds, openConsumer, openProducer, type Producer } from 'bpf-ringbuf'
import { PRODUCER_SLOTS, SLOT_ATTEMPTED, SLOT_OWNER, SLOTS_OFFSET } from '#dist/abi/region.js'
import { ENGINES, THREAD_BUILDS } from './support/builds.js'
import { runRemote } from './support/remote.js'

describe('slots', () => {
  const slotOwners = (producer: Producer) =>
    Array.from(
      { length: PRODUCER_SLOTS },
      (_, slot) => producer.memory.u32[(SLOTS_OFFSET + slot * 64 + SLOT_OWNER) >>> 2],
    )

  for (const { name, engine, reservations } of THREAD_BUILDS) {
    test(`80 producers count right, though there are 57 slots of their own: ${name}`, () => {
      const ring = createRing({ size: '64 KiB', engine, reservations })
      const producers = Array.from({ length: 80 }, () => openProducer(attachRing(ring.handle, { engine })))
      using consumer = openConsumer(ring)
      for (let round = 0; round < 3; round++) {
        for (const producer of producers) {
          assert.equal(producer.output(new Uint8Array(10)), 0)
          assert.equal(producer.discard(producer.reserve(1)), 0)
          producer.reserve(65536)
          assert.equal(producer.outputMany([new Uint8Array(1), new Uint8Array(2)]), 0)
        }
        assert.ok(identityHolds(ring.counters()))
      }
      assert.equal(
        consumer.consumeRaw(() => {}),
        720,
      )
      const { attempted, submitted, discarded, refused, bytes } = ring.counters()
      assert.deepEqual([attempted, submitted, discarded, refused, bytes], [1200, 720, 240, 240, 240 * 13])
      const owners = slotOwners(producers[0] as Producer)
      assert.deepEqual(owners, [0, ...Array(57).fill(1)])
    })
  }

  for (const engine of ENGINES) {
    test(`the shared slot passes 2^32: ${engine}`, () => {
      const ring = createRing({ size: 4096, engine })
      const others = Array.from({ length: 57 }, () => openProducer(attachRing(ring.handle, { engine: 'js' })))
      const producer = openProducer(ring)
      producer.memory.u32[(SLOTS_OFFSET + SLOT_ATTEMPTED) >>> 2] = 0xffff_fffe
      for (let i = 0; i < 3; i++) producer.reserve(8)
      assert.equal(ring.counters().attempted, 2 ** 32 + 1)
      assert.equal(others.length, 57)
    })
  }

  test('a producer that detaches leaves its slot, and its counts, to the next', () => {
    const ring = createRing({ size: 4096 })
    for (let i = 0; i < 200; i++) {
      using producer = openProducer(attachRing(ring.handle, { engine: 'js' }))
      assert.equal(producer.output(new Uint8Array(1)), i < 255 ? 0 : -11)
    }
    assert.equal(ring.counters().submitted, 200)
    const owners = slotOwners(openProducer(ring))
    assert.deepEqual(owners.slice(0, 3), [0, 1, 0])
  })

  test('a producer that is used after it detached counts in the shared slot', () => {
    const ring = createRing({ size: 4096 })
    const producer = openProducer(ring)
    producer.detach()
    const other = openProducer(attachRing(ring.handle))
    for (const each of [producer, other, producer]) assert.equal(each.output(new Uint8Array(1)), 0)
    producer.detach()
    assert.equal(ring.counters().submitted, 3)
    assert.ok(identityHolds(ring.counters()))
  })

  test('threads that count in the shared slot at once lose no count', async () => {
    const ring = createRing({ size: 4096, reservations: 'lock' })
    const taken = Array.from({ length: 57 }, () => openProducer(attachRing(ring.handle, { engine: 'js' })))
    const program = `
      import { parentPort, workerData } from 'node:worker_threads'
      import { attachRing, openProducer } from 'bpf-ringbuf'
      const producer = openProducer(attachRing(workerData.handle, { engine: workerData.engine }))
      for (let i = 0; i < 50000; i++) producer.reserve(5000)
      parentPort.postMessage('done')
    `
    await Promise.all(ENGINES.map((engine) => runRemote(program, { handle: ring.handle, engine })))
    assert.equal(taken.length, 57)
    assert.equal(ring.counters().refused, 100_000)
    assert.equal(ring.counters().attempted, 100_000)
  })
})
