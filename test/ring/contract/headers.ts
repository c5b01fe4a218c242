import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONSUMER_POSITION, DATA_OFFSET, PRODUCER_POSITION } from '#dist/abi/region.js'
import type { MakeRig } from './contract.js'

/** Facts 2.1 and 2.2: the bytes in memory. */
export function headers(make: MakeRig): void {
  test('reserve writes the length with the busy bit, and the page offset', () => {
    const rig = make()
    for (const size of [0, 1, 8, 12, 1000]) {
      assert.deepEqual(rig.header(rig.mustReserve(size)), { word: size + 2 ** 31, pageOffset: 3 })
    }
  })

  test('submit leaves the length, and changes nothing else of the record', () => {
    const rig = make()
    const address = rig.mustReserveText('twelve bytes')
    rig.mustSubmit(address)
    assert.deepEqual(rig.header(address), { word: 12, pageOffset: 3 })
    assert.equal(Buffer.from(rig.u8.slice(address, address + 12)).toString(), 'twelve bytes')
  })

  test('discard leaves the length with the discard bit: 0x4000000c for 12 bytes', () => {
    const rig = make()
    const address = rig.mustReserveText('twelve bytes')
    rig.mustDiscard(address)
    assert.deepEqual(rig.header(address), { word: 0x4000_000c, pageOffset: 3 })
    assert.equal(Buffer.from(rig.u8.slice(address, address + 12)).toString(), 'twelve bytes')
  })

  test('the page offset counts from the ring, 3 for the first data page, then 4, 5 and on', () => {
    const rig = make({ size: 16384 })
    const offsets: number[] = []
    for (let i = 0; i < 15; i++) offsets.push(rig.header(rig.mustReserve(1016)).pageOffset)
    assert.deepEqual(offsets, [3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6])
  })

  test('the page offset is that of the header, not of the payload', () => {
    const rig = make({ size: 8192 })
    rig.mustReserve(4096 - 16)
    const address = rig.mustReserve(8)
    assert.equal(address, DATA_OFFSET + 4096)
    assert.equal(rig.header(address).pageOffset, 3)
    assert.equal(rig.header(rig.mustReserve(8)).pageOffset, 4)
  })

  test('positions stand where the kernel maps them, their upper halves are zero', () => {
    const rig = make({ initialPosition: 64 })
    rig.mustOutput('a')
    rig.texts()
    rig.mustOutput('b')
    assert.equal(CONSUMER_POSITION, 4096)
    assert.equal(PRODUCER_POSITION, 8192)
    assert.equal(rig.word(4096), 80)
    assert.equal(rig.word(4100), 0)
    assert.equal(rig.word(8192), 96)
    assert.equal(rig.word(8196), 0)
    assert.equal(rig.producerPosition, 96)
    assert.equal(rig.consumerPosition, 80)
  })

  test('reserve touches nothing but header, positions and counters', () => {
    const rig = make()
    const before = rig.snapshot()
    const address = rig.mustReserve(100)
    const changed = [...rig.snapshot().entries()].filter(([at, byte]) => before[at] !== byte)
    for (const [at] of changed) {
      const isHeader = at >= address - 8 && at < address
      assert.ok(isHeader || at < DATA_OFFSET, `the byte at ${at} changed, the payload stands at ${address}`)
    }
  })

  test('commit touches nothing but the commit word and counters', () => {
    for (const commit of ['submit', 'discard'] as const) {
      const rig = make()
      rig.mustReserve(8)
      const address = rig.mustReserve(100)
      const before = rig.snapshot()
      assert.equal(rig.producer[commit](address), 0)
      for (const [at, byte] of rig.snapshot().entries()) {
        if (before[at] === byte) continue
        assert.ok((at >= address - 8 && at < address - 4) || at < 4096, `the byte at ${at} changed`)
      }
    }
  })
}
