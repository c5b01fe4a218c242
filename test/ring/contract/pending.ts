import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONSUMER_POSITION } from '#dist/abi/region.js'
import type { MakeRig } from './contract.js'

/** Facts 2.3, steps 4 and 5: the pending position, of rings with a lock. */
export function pending(make: MakeRig): void {
  test('the pending position stops at the oldest busy record, and moves only when reserving', () => {
    const rig = make()
    const [a, b, c] = [rig.mustReserve(8), rig.mustReserve(24), rig.mustReserve(0)]
    assert.equal(rig.pendingPosition, 0)
    rig.mustSubmit(b)
    rig.mustSubmit(a)
    assert.equal(rig.pendingPosition, 0)
    const d = rig.mustReserve(8)
    assert.equal(rig.pendingPosition, 48)
    rig.mustDiscard(c)
    rig.mustSubmit(d)
    assert.equal(rig.pendingPosition, 48)
    rig.mustReserve(8)
    assert.equal(rig.pendingPosition, 72)
  })

  test('it is stored even if the reservation then fails for want of room', () => {
    const rig = make()
    rig.fill(8)
    assert.equal(rig.producer.reserve(8), 0)
    assert.equal(rig.pendingPosition, 4080)
  })

  test('a record of exactly the ring size moves it and fails; a larger one fails before', () => {
    const rig = make()
    rig.mustOutput(new Uint8Array(8))
    assert.equal(rig.producer.reserve(4089), 0)
    assert.equal(rig.pendingPosition, 0)
    assert.equal(rig.producer.reserve(4088), 0)
    assert.equal(rig.pendingPosition, 16)
  })

  test('consuming does not move it', () => {
    const rig = make()
    rig.mustOutput('one')
    rig.mustOutput('two')
    const before = rig.pendingPosition
    rig.texts()
    assert.equal(rig.pendingPosition, before)
  })

  test('a batch is one busy record to it', () => {
    const rig = make()
    const first = rig.producer.reserveBatch(4, 8)
    rig.mustReserve(8)
    assert.equal(rig.pendingPosition, 0)
    assert.equal(rig.producer.submitBatch(first, 4, 8), 0)
    rig.mustReserve(8)
    assert.equal(rig.pendingPosition, 64)
  })

  test('CVE-2024-41009: a consumer position set by hand lets no record overlay a busy one', () => {
    const rig = make({ size: 0x4000 })
    rig.setWord(CONSUMER_POSITION, 0x3000)
    const first = rig.mustReserve(0x3000)
    assert.equal(rig.producer.reserve(0x3000), 0)
    assert.equal(rig.producer.reason, 'full')
    assert.equal(rig.producerPosition, 0x3008)
    assert.equal(rig.pendingPosition, 0)
    assert.deepEqual(rig.header(first), { word: 0x8000_3000, pageOffset: 3 })
  })

  test('a consumer position that is too far ahead, or behind, lets nothing be reserved', () => {
    for (const position of [4096, 8192, 2 ** 32 - 4096, 2 ** 31]) {
      const rig = make()
      rig.setWord(CONSUMER_POSITION, position)
      assert.equal(rig.producer.reserve(8), 0, `consumer position ${position}`)
      assert.equal(rig.producer.output(new Uint8Array(8)), -11)
      assert.equal(rig.producer.reason, 'full')
      rig.mustBalance()
    }
  })
}
