/** Queues and stacks: values in an order, without keys. */
import assert from 'node:assert/strict'
import type { BpfMap } from 'bpf-ringbuf/map'
import { tidyTest } from '../../system/support/leaks.js'
import { made, refused, type Subject, u32 } from './subject.js'

export function queuesAndStacks(subject: Subject): void {
  const popped = (map: BpfMap) => {
    const value = map.lookupAndDelete(null)
    return value && new DataView(value.buffer).getUint32(0, true)
  }

  for (const [type, order] of [
    ['queue', [1, 2, 3]],
    ['stack', [3, 2, 1]],
  ] as const) {
    tidyTest(`${type}: empty, it has no value; filled, they come in its order`, () => {
      using map = made(subject, { type, maxEntries: 3 })
      for (let round = 0; round < 5; round++) {
        assert.equal(map.lookup(null), undefined)
        assert.equal(popped(map), undefined)
        for (const i of [1, 2, 3]) assert.equal(map.update(null, u32(i)), true)
        assert.throws(() => map.update(null, u32(4)), refused('E2BIG', /the map is full/))
        // To look takes nothing.
        assert.deepEqual(map.lookup(null), u32(order[0]))
        assert.deepEqual(map.lookup(null), u32(order[0]))
        assert.deepEqual([popped(map), popped(map), popped(map)], order)
      }
    })

    tidyTest(`${type}: full, 'exist' pushes the oldest out`, () => {
      using map = made(subject, { type, maxEntries: 3 })
      for (const i of [1, 2, 3, 4, 5]) assert.equal(map.update(null, u32(i), 'exist'), true)
      const left = [popped(map), popped(map), popped(map), popped(map)]
      assert.deepEqual(left, [...(type === 'queue' ? [3, 4, 5] : [5, 4, 3]), undefined])
    })

    tidyTest(`${type}: values of any length`, () => {
      for (const valueSize of [1, 3, 8, 100]) {
        using map = made(subject, { type, maxEntries: 2, valueSize })
        const value = (i: number) => new Uint8Array(valueSize).fill(i)
        map.update(null, value(1))
        map.update(null, value(2))
        assert.deepEqual(map.lookupAndDelete(null), value(type === 'queue' ? 1 : 2))
        assert.deepEqual(map.lookupAndDelete(null), value(type === 'queue' ? 2 : 1))
      }
    })

    tidyTest(`${type}: it has no keys to walk along`, () => {
      using map = made(subject, { type, maxEntries: 2 })
      assert.throws(() => [...map.keys()], refused('EINVAL'))
      assert.throws(() => [...map], refused('EINVAL'))
    })
  }
}
