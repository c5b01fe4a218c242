import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EINVAL, openProducer } from 'bpf-ringbuf'
import { DATA_OFFSET } from '#dist/abi/region.js'
import { ENGINES } from '../support/builds.js'
import { joinRing } from '../support/rings.js'
import type { MakeRig } from './contract.js'

/** R33, R35: commits know nothing but the address, and believe nothing of it. */
export function commit(make: MakeRig): void {
  const again = {
    'submit, submit': ['submit', 'submit'],
    'submit, discard': ['submit', 'discard'],
    'discard, submit': ['discard', 'submit'],
    'discard, discard': ['discard', 'discard'],
  } as const
  for (const [name, [first, second]] of Object.entries(again)) {
    test(`${name}: the second answers -EINVAL and changes nothing`, () => {
      const rig = make()
      rig.mustReserve(8)
      const address = rig.mustReserve(24)
      assert.equal(rig.producer[first](address), 0)
      rig.mustChangeNothing(() => assert.equal(rig.producer[second](address), -EINVAL))
      rig.mustBalance()
    })
  }

  test('a commit of what was consumed answers -EINVAL and changes nothing', () => {
    const rig = make()
    const address = rig.mustReserveText('gone')
    rig.mustSubmit(address)
    assert.deepEqual(rig.texts(), ['gone'])
    for (const commit of ['submit', 'discard'] as const) {
      rig.mustChangeNothing(() => assert.equal(rig.producer[commit](address), -EINVAL))
    }
  })

  test('a commit of what is no record answers -EINVAL and changes nothing', () => {
    const rig = make()
    const address = rig.mustReserve(64)
    const end = DATA_OFFSET + 4096
    const garbage = [
      ...[0, 1, 7, 8, 4096, 8192, 8200, DATA_OFFSET, DATA_OFFSET + 4],
      ...[address - 8, address - 4, address + 1, address + 4, address + 8, address + 64, address + 72],
      ...[end, end + 8, end + 16, end + 4096, end + 4104, rig.ring.memoryBytes, rig.ring.memoryBytes + 8],
      ...[2 ** 31, 2 ** 31 + address, 2 ** 32 - 8, 2 ** 32, 2 ** 32 + address, 2 ** 33 + address, 2 ** 53],
      ...[-1, -8, -address, -(2 ** 32) + address, address + 0.5, 0.5, Number.NaN, Number.POSITIVE_INFINITY],
    ]
    for (const at of garbage) {
      for (const commit of ['submit', 'discard'] as const) {
        rig.mustChangeNothing(() => assert.equal(rig.producer[commit](at), -EINVAL, `${commit}(${at})`))
      }
    }
    rig.mustSubmit(address)
    rig.mustBalance()
  })

  test('no address in the whole memory but that of the record can be committed', () => {
    const rig = make()
    const address = rig.mustReserve(100)
    rig.mustChangeNothing(() => {
      for (let at = -16; at < rig.ring.memoryBytes + 16; at++) {
        if (at !== address) assert.equal(rig.producer.submit(at), -EINVAL, `submit(${at})`)
      }
    })
  })

  test('a payload that looks like a busy header of another page is none', () => {
    const rig = make()
    const address = rig.mustReserve(64)
    rig.producer.memory.u32[(address + 16) >>> 2] = 0x8000_0008
    rig.producer.memory.u32[(address + 20) >>> 2] = 4
    rig.mustChangeNothing(() => assert.equal(rig.producer.submit(address + 24), -EINVAL))
  })

  for (const engine of ENGINES) {
    test(`a record may be committed by another who attached, with ${engine}`, () => {
      const rig = make()
      const other = openProducer(joinRing(rig.ring.handle, { engine }))
      const [kept, lost] = [rig.mustReserveText('kept'), rig.mustReserveText('lost')]
      assert.equal(other.discard(lost), 0)
      assert.equal(other.submit(kept), 0)
      assert.equal(rig.producer.submit(kept), -EINVAL)
      assert.deepEqual(rig.texts(), ['kept'])
      rig.mustBalance()
    })
  }
}
