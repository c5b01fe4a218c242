import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BPF_RB_AVAIL_DATA } from 'bpf-ringbuf'
import { DATA_OFFSET } from '#dist/abi/region.js'
import { pattern } from '../support/rig.js'
import type { MakeRig } from './contract.js'

/** R28, R37: positions wrap, and records do not. */
export function wrap(make: MakeRig): void {
  test('from wherever it starts, the longest record is whole, for producer and consumer alike', () => {
    for (let start = 0; start < 4096; start += 8) {
      const rig = make({ initialPosition: start })
      const payload = pattern(4080, start)
      const address = rig.mustReserve(4080)
      assert.equal(address, DATA_OFFSET + start + 8)
      rig.u8.set(payload, address)
      rig.mustSubmit(address)
      rig.consumer.consumeRaw((memory, offset, length) => {
        assert.deepEqual([memory, offset, length], [rig.u8, address, 4080])
        assert.equal(Buffer.compare(memory.subarray(offset, offset + length), payload), 0)
      })
    }
  })

  test('every header stands inside the data, wherever its payload ends', () => {
    const rig = make()
    for (let i = 0; i < 2000; i++) {
      const size = (i * 37) % 500
      const position = rig.producerPosition
      const address = rig.mustReserve(size)
      assert.equal(address - 8, DATA_OFFSET + (position % 4096))
      assert.ok(address + size <= DATA_OFFSET + 2 * 4096)
      rig.u8.set(pattern(size, i), address)
      rig.mustSubmit(address)
      const [record] = mustRead(rig.consumer.read())
      assert.deepEqual(record, pattern(size, i))
    }
  })

  test('positions pass 2^32 and go on from 0', () => {
    const rig = make({ initialPosition: 2 ** 32 - 64 })
    const positions: number[] = []
    for (let i = 0; i < 6; i++) {
      rig.mustOutput(pattern(16, i))
      assert.deepEqual(rig.consumer.read(), pattern(16, i))
      positions.push(rig.producerPosition)
      assert.equal(rig.consumerPosition, rig.producerPosition)
      assert.equal(rig.consumer.position, rig.producerPosition)
    }
    assert.deepEqual(positions, [2 ** 32 - 40, 2 ** 32 - 16, 8, 32, 56, 80])
  })

  test('positions pass 2^31, where signed words change their sign', () => {
    const rig = make({ initialPosition: 2 ** 31 - 64 })
    for (let i = 0; i < 600; i++) {
      rig.mustOutput(pattern(i % 50, i))
      assert.deepEqual(rig.consumer.read(), pattern(i % 50, i))
    }
    assert.ok(rig.producerPosition > 2 ** 31)
    rig.mustBalance()
  })

  for (const [name, initialPosition] of [
    ['2^32', 2 ** 32 - 2048],
    ['2^31', 2 ** 31 - 2048],
  ] as const) {
    test(`a ring that is full across ${name} is full, and emptied is empty`, () => {
      const rig = make({ initialPosition })
      for (let round = 0; round < 3; round++) {
        assert.equal(rig.fill(8), 255)
        assert.equal(rig.producer.reason, 'full')
        assert.equal(rig.ring.query(BPF_RB_AVAIL_DATA), 4080)
        assert.equal(rig.mustBalance().inFlight, 0)
        assert.equal(rig.texts().length, 255)
        assert.equal(rig.ring.query(BPF_RB_AVAIL_DATA), 0)
        assert.equal(rig.consumer.ready, false)
      }
    })

    test(`a busy record before ${name} holds off those behind it`, () => {
      const rig = make({ initialPosition: initialPosition + 2048 - 16 })
      const first = rig.mustReserveText('first')
      rig.mustOutput('second')
      rig.mustOutput('third')
      assert.deepEqual(rig.texts(), [])
      assert.equal(rig.mustBalance().inFlight, 1)
      rig.mustSubmit(first)
      assert.deepEqual(rig.texts(), ['first', 'second', 'third'])
    })
  }

  test('bytes that run over the end stay those of their record while others are written', () => {
    const rig = make({ initialPosition: 4096 - 16 })
    const long = pattern(2000, 1)
    rig.mustOutput(long)
    for (let i = 0; i < 10; i++) rig.mustOutput(pattern(100, i))
    assert.deepEqual(rig.consumer.read(), long)
    for (let i = 0; i < 10; i++) assert.deepEqual(rig.consumer.read(), pattern(100, i))
  })
}

function mustRead(record: Uint8Array | null): [Uint8Array] {
  assert.ok(record, 'no record is ready')
  return [record]
}
