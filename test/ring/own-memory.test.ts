/** Rings in memory of their user, beside other things; and records copied from there with one call. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  attachRing,
  type CreateRingOptions,
  createRing,
  EAGAIN,
  EINVAL,
  identityHolds,
  openConsumer,
  openProducer,
  type RingbufError,
  ringMemoryBytes,
  type SharedMemory,
} from 'bpf-ringbuf'
import { allocateSharedMemory, sharedBuffer } from '#dist/memory/shared-memory.js'
import { THREAD_BUILDS } from './support/builds.js'

const SIZE = 4096
const BYTES = ringMemoryBytes(SIZE)

/** Memory that holds something everywhere. */
function usedMemory(bytes: number): { readonly memory: SharedMemory; readonly u8: Uint8Array } {
  const memory = allocateSharedMemory(bytes)
  const u8 = new Uint8Array(sharedBuffer(memory) as SharedArrayBuffer).fill(0xa5)
  return { memory, u8 }
}

function mustRefuse(act: () => unknown, message: RegExp, code = 'ERR_INVALID_ARGUMENT'): void {
  assert.throws(act, (error: RingbufError) => {
    assert.equal(error.code, code, error.message)
    assert.match(error.message, message)
    return true
  })
}

test('a ring takes three pages, and its data twice', () => {
  assert.equal(BYTES, 3 * 4096 + 2 * SIZE)
  assert.equal(ringMemoryBytes('1 MiB'), 3 * 4096 + 2 * 2 ** 20)
  mustRefuse(() => ringMemoryBytes(1000), /1000/, 'ERR_RING_SIZE')
})

for (const { name, engine, reservations } of THREAD_BUILDS) {
  const open = (options: Partial<CreateRingOptions>) => {
    const ring = createRing({ size: SIZE, engine, reservations, ...options })
    return { ring, producer: openProducer(ring), consumer: openConsumer(ring) }
  }

  describe(name, () => {
    test('it lies where it was told to, and touches nothing else', () => {
      const { memory, u8 } = usedMemory(4 * BYTES)
      const address = BYTES + 8
      const { ring, producer, consumer } = open({ memory, address })
      const again = openConsumer(attachRing(ring.handle, { engine }), { takeOver: true })
      let bytes = 0
      for (let i = 0; i < 500; i++) {
        const payload = new Uint8Array(i % 200).fill(i)
        assert.equal(producer.output(payload), 0)
        for (const record of i % 2 ? [again.read()] : again) {
          assert.deepEqual(record, payload)
          bytes += payload.length
        }
      }
      assert.ok(bytes > 10 * SIZE)
      assert.equal(consumer.closed, false)
      const outside = [u8.subarray(0, address), u8.subarray(address + BYTES)]
      for (const part of outside) assert.ok(part.every((byte) => byte === 0xa5))
      assert.ok(identityHolds(ring.counters()))
    })

    test('two rings in one memory know nothing of each other', () => {
      const { memory } = usedMemory(2 * BYTES)
      const rings = [open({ memory }), open({ memory, address: BYTES })]
      for (let i = 0; i < 300; i++) {
        for (const [which, { producer }] of rings.entries()) producer.output(Uint8Array.of(which, i))
        for (const [which, { consumer }] of rings.entries()) {
          assert.deepEqual([...consumer], [Uint8Array.of(which, i)])
        }
      }
    })

    test('what lies in the memory is copied with one call', () => {
      const { memory, u8 } = usedMemory(2 * BYTES)
      const { ring, producer, consumer } = open({ memory })
      const from = u8.length - 1000
      for (let i = 0; i < 1000; i++) u8[from + i] = i * 7
      for (const length of [0, 1, 7, 8, 9, 64, 500, 1000]) {
        assert.equal(producer.outputFrom(from, length), 0)
        assert.equal(producer.output(u8.subarray(from, from + length)), 0)
        const expected = u8.slice(from, from + length)
        assert.deepEqual([...consumer], [expected, expected])
      }
      assert.equal(ring.counters().submitted, 16)
      // A record of the ring itself is as good a source as any other.
      producer.output(Uint8Array.of(1, 2, 3))
      consumer.consumeRaw((_memory, offset, length) => producer.outputFrom(offset, length))
      assert.deepEqual(consumer.read(), Uint8Array.of(1, 2, 3))
    })

    test('it answers as output does', () => {
      const { memory, u8 } = usedMemory(2 * BYTES)
      const { ring, producer, consumer } = open({ memory })
      const from = u8.length - 1000
      for (const flags of [4, -1, 1.5]) assert.equal(producer.outputFrom(from, 8, flags), -EINVAL)
      assert.equal(producer.outputFrom(0, SIZE), -EAGAIN)
      assert.equal(producer.reason, 'too-large')
      let sent = 0
      while (producer.outputFrom(from, 1000) === 0) sent++
      assert.deepEqual([sent, producer.reason], [4, 'full'])
      assert.equal(producer.output(u8.subarray(from)), -EAGAIN)
      const { attempted, refused, dropped } = ring.counters()
      assert.deepEqual([attempted, refused, dropped], [10, 4, 2])
      assert.equal([...consumer].length, 4)
      ring.close()
      assert.equal(producer.outputFrom(from, 8), -EAGAIN)
      assert.equal(producer.reason, 'closed')
      assert.ok(identityHolds(ring.counters()))
    })

    test('what does not lie in the memory is no source', () => {
      const { memory, u8 } = usedMemory(2 * BYTES)
      const { ring, producer } = open({ memory })
      for (const [address, length] of [
        [u8.length, 1],
        [u8.length - 7, 8],
        [-8, 8],
        [0.5, 8],
        [Number.NaN, 8],
        [0, 2 ** 32],
        [0, -1],
        [2 ** 32 - 8, 16],
      ] as const) {
        mustRefuse(() => producer.outputFrom(address, length), new RegExp(`memory of ${u8.length} bytes`))
      }
      assert.equal(producer.outputFrom(u8.length, 0), 0)
      assert.equal(ring.counters().attempted, 1)
    })
  })
}

test('a place that cannot be is refused, and nothing written there', () => {
  const { memory, u8 } = usedMemory(BYTES)
  const last = u8.length - BYTES
  for (const address of [4, -8, last + 8, u8.length, 1.5, Number.NaN, '0' as never]) {
    mustRefuse(
      () => createRing({ size: SIZE, memory, address }),
      /address .* must be a multiple of 8 with 20480 bytes behind it, in a memory of 65536/,
    )
  }
  assert.ok(u8.every((byte) => byte === 0xa5))
  mustRefuse(() => createRing({ size: SIZE, address: 8 }), /address 8 is in no memory/)
  for (const wrong of [null, {}, new ArrayBuffer(BYTES), u8, 'memory']) {
    mustRefuse(() => createRing({ size: SIZE, memory: wrong as never }), /memory must be a SharedArrayBuffer/)
  }
  createRing({ size: SIZE, memory, address: last })
})
