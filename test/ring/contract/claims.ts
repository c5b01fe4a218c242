import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONSUMER_POSITION, DATA_OFFSET, PENDING_POSITION, RELEASED_POSITION } from '#dist/abi/region.js'
import type { MakeRig } from './contract.js'

/** What only rings with claims promise: free memory reads as busy. */
export function claims(make: MakeRig): void {
  const mustReadAsFree = (memory: Uint8Array, from: number, to: number) => {
    for (let at = from; at < to; at++) assert.equal(memory[at], 0x80, `the byte at ${at}`)
  }

  test('a new ring is filled with 0x80, and only where headers can stand', () => {
    const rig = make()
    mustReadAsFree(rig.u8, DATA_OFFSET, DATA_OFFSET + 4096)
    assert.ok(rig.u8.subarray(DATA_OFFSET + 4096, DATA_OFFSET + 8192).every((byte) => byte === 0))
  })

  test('what is consumed reads as free again, across the end too, and nothing else does', () => {
    const rig = make({ initialPosition: 4096 - 64 })
    rig.mustOutput(new Uint8Array(100).fill(1))
    rig.mustOutput(new Uint8Array(100).fill(2))
    rig.consumer.consumeRaw(() => {}, { max: 1, store: 'record' })
    const next = DATA_OFFSET + 112 - 64
    mustReadAsFree(rig.u8, DATA_OFFSET + 4096 - 64, DATA_OFFSET + 4096)
    mustReadAsFree(rig.u8, DATA_OFFSET, next)
    assert.deepEqual(rig.header(next + 8), { word: 100, pageOffset: 3 })
    assert.equal(rig.word(RELEASED_POSITION), rig.consumerPosition)
  })

  test('a claim whose header is not written yet stops the consumer, whatever stood there before', () => {
    const rig = make()
    for (let round = 0; round < 5; round++) {
      rig.fill(56)
      rig.texts()
      assert.equal(rig.consumer.ready, false)
      assert.deepEqual(rig.texts(), [])
      // As if a producer had moved the position and not come to the header yet.
      rig.setWord(8192, rig.producerPosition + 64)
      assert.equal(rig.consumer.ready, false)
      assert.deepEqual(rig.texts(), [])
      assert.equal(rig.ring.counters().inFlight, 1)
      rig.setWord(8192, rig.producerPosition - 64)
    }
  })

  test('a consumer position set by hand lets no record overlay a live one', () => {
    const rig = make({ size: 0x4000 })
    rig.setWord(CONSUMER_POSITION, 0x3000)
    rig.mustReserve(0x3000)
    assert.equal(rig.producer.reserve(0x3000), 0)
    assert.equal(rig.producer.reason, 'full')
    assert.equal(rig.producerPosition, 0x3008)
  })

  test('the pending position stays 0, where a peer of the kernel format reads "unknown"', () => {
    const rig = make({ initialPosition: 4096 })
    rig.mustOutput('x')
    rig.mustReserve(8)
    assert.equal(rig.word(PENDING_POSITION), 0)
  })
}
