import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { BPF_RB_AVAIL_DATA, BPF_RB_RING_SIZE } from 'bpf-ringbuf'
import type { MakeRig } from './contract.js'

/** Facts 2.3: what fits, and what never does. */
export function sizes(make: MakeRig): void {
  test('the largest payload is 16 bytes shorter than the ring', () => {
    for (const size of [4096, 8192, 65536, 2 ** 20]) {
      const rig = make({ size })
      assert.equal(rig.ring.largestPayload, size - 16)
      assert.equal(rig.ring.query(BPF_RB_RING_SIZE), size)
      assert.equal(rig.producer.reserve(size - 15), 0)
      const address = rig.mustReserve(size - 16)
      assert.equal(rig.ring.query(BPF_RB_AVAIL_DATA), size - 8)
      rig.mustSubmit(address)
    }
  })

  for (const size of [4081, 4088, 4089, 4096, 2 ** 30 - 1, 2 ** 30, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
    test(`in a ring of 4096, ${size} bytes are too large, full or empty`, () => {
      const rig = make()
      for (let round = 0; round < 2; round++) {
        assert.equal(rig.producer.reserve(size), 0)
        assert.equal(rig.producer.reason, 'too-large')
        assert.equal(rig.producer.tryReserve(size), 0)
        assert.equal(rig.producer.reason, 'too-large')
        if (size < 5000) assert.equal(rig.producer.output(new Uint8Array(size)), -11)
        rig.fill(8)
      }
      const { refused, dropped } = rig.mustBalance()
      assert.equal(refused, size < 5000 ? 6 : 4)
      assert.equal(dropped, 2)
    })
  }

  for (const size of [-1, 1.5, -0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 32 + 8, 2 ** 53]) {
    test(`a size of ${size}, which is no u32, is refused and changes no position`, () => {
      const rig = make()
      assert.equal(rig.producer.reserve(size), 0)
      assert.equal(rig.producer.reason, 'too-large')
      assert.equal(rig.producer.tryReserve(size), 0)
      assert.equal(rig.producer.reserveBatch(1, size), 0)
      assert.equal(rig.producerPosition, 0)
      assert.equal(rig.mustBalance().refused, 3)
    })
  }

  test('what is no bytes is refused before anything is reserved for it', () => {
    const rig = make()
    const { producer } = rig
    const wrong = [
      undefined,
      null,
      5,
      'text',
      [1, 2],
      new Uint16Array(2),
      new BigUint64Array(2),
      { length: 4 },
    ]
    for (const value of wrong as never[]) {
      const refusal = { code: 'ERR_INVALID_ARGUMENT' }
      assert.throws(() => producer.output(value), { ...refusal, message: /^record .* must be a Uint8Array$/ })
      assert.throws(() => producer.outputMany([new Uint8Array(8), value]), refusal)
    }
    assert.throws(() => producer.outputText(5 as never), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => producer.outputMany('text' as never), { code: 'ERR_INVALID_ARGUMENT' })
    assert.equal(rig.producerPosition, 0)
    assert.equal(rig.mustBalance().attempted, 0)
  })

  test('bytes of another realm are bytes', () => {
    const rig = make()
    const bytes = runInNewContext('Uint8Array.of(1, 2, 3)')
    assert.ok(!(bytes instanceof Uint8Array))
    assert.equal(rig.producer.output(bytes), 0)
    assert.equal(rig.producer.outputMany([bytes]), 0)
    assert.equal(rig.producer.output(Buffer.from('x')), 0)
  })

  test('255 records of 8 bytes fit into a page, the 256th does not', () => {
    const rig = make()
    for (let i = 0; i < 255; i++) assert.notEqual(rig.producer.reserve(8), 0, `record ${i}`)
    assert.equal(rig.producer.reserve(8), 0)
    assert.equal(rig.producer.reason, 'full')
    assert.equal(rig.producerPosition, 4080)
    // What is left is room for one header.
    assert.notEqual(rig.producer.reserve(0), 0)
    assert.equal(rig.producer.reserve(0), 0)
    assert.equal(rig.ring.query(BPF_RB_AVAIL_DATA), 4088)
  })

  test('a record of no bytes is legal and takes 8', () => {
    const rig = make()
    for (let i = 0; i < 511; i++) rig.mustSubmit(rig.mustReserve(0))
    assert.equal(rig.producer.reserve(0), 0)
    assert.equal(rig.producerPosition, 511 * 8)
    let seen = 0
    const shown = rig.consumer.consumeRaw((_memory, _offset, length) => {
      assert.equal(length, 0)
      seen++
    })
    assert.equal(seen, 511)
    assert.equal(shown, 511)
  })

  test('a record of n bytes takes 8 + n, rounded up to 8, and its payload stands at a multiple of 8', () => {
    const rig = make({ size: 65536 })
    for (let size = 0, position = 0; size < 200; size++) {
      const address = rig.mustReserve(size)
      assert.equal(address % 8, 0)
      position += Math.ceil((size + 8) / 8) * 8
      assert.equal(rig.producerPosition, position, `after ${size} bytes`)
    }
  })

  test('a ring that was full has room again for exactly what was consumed', () => {
    const rig = make()
    assert.equal(rig.fill(24), 127)
    assert.equal(
      rig.consumer.consumeRaw(() => {}, { max: 2, store: 'record' }),
      2,
    )
    assert.equal(rig.producer.reserve(24 + 32 + 32 - 8 + 1), 0)
    assert.equal(rig.producer.reason, 'full')
    rig.mustReserve(24 + 32 + 32 - 8)
  })

  test('hasRoom answers what reserve then does', () => {
    const rig = make()
    for (const size of [0, 8, 4080, 4081, 100, 16, 0]) {
      for (;;) {
        const room = rig.producer.hasRoom(size)
        const address = rig.producer.reserve(size)
        assert.equal(room, address !== 0, `${size} bytes at ${rig.producerPosition}`)
        if (address === 0) break
        rig.mustSubmit(address)
      }
    }
  })

  test('a length that looks like free memory is a length like any other', () => {
    // 0x00808080 with the busy bit is what memory reads that was never written: see `claims`.
    const rig = make({ size: '32 MiB' })
    const first = rig.mustReserve(0x80_8080)
    const second = rig.mustReserve(0x80_8080)
    assert.equal(rig.mustBalance().inFlight, 2)
    assert.equal(rig.consumer.ready, false)
    rig.mustSubmit(first)
    rig.mustDiscard(second)
    assert.equal(
      rig.consumer.consumeRaw((_memory, _offset, length) => assert.equal(length, 0x80_8080)),
      1,
    )
    rig.mustBalance()
  })
}
