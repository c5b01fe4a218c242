/** Many elements with one call. */
import assert from 'node:assert/strict'
import type { Batch, BpfMap } from 'bpf-ringbuf/map'
import { tidyTest } from '../../system/support/leaks.js'
import { made, numbersOf, refused, type Subject, u32 } from './subject.js'

const count = (n: number) => Array.from({ length: n }, (_, i) => i)

export function batches(subject: Subject): void {
  for (const type of ['hash', 'lru_hash'] as const) {
    for (const max of [1, 7, 100, 2 ** 32 - 1]) {
      tidyTest(`${type}: each is read once, ${max} at a time`, () => {
        using map = filled(type, 100)
        const batches = all((from) => map.lookupBatch(max, from))
        assert.deepEqual(numbersOf(batches.flatMap(({ keys }) => keys)), count(100))
        for (const { keys, values } of batches) assert.deepEqual(keys, values)
        assert.equal([...map].length, 100)
      })

      tidyTest(`${type}: each is taken once, ${max} at a time`, () => {
        using map = filled(type, 100)
        const batches = all((from) => map.lookupAndDeleteBatch(max, from))
        assert.deepEqual(numbersOf(batches.flatMap(({ keys }) => keys)), count(100))
        assert.equal(map.nextKey(null), undefined)
      })
    }
  }

  for (const max of [1, 7, 100, 1000]) {
    tidyTest(`array: in order, and never more than ${max}`, () => {
      using map = filled('array', 100)
      const batches = all((from) => map.lookupBatch(max, from))
      assert.deepEqual(
        batches.flatMap(({ keys }) => keys),
        count(100).map((i) => u32(i)),
      )
      assert.ok(batches.every(({ keys }) => keys.length <= max))
    })
  }

  for (const keySize of [1, 3, 8, 50]) {
    tidyTest(`keys of ${keySize} bytes are read once, too`, () => {
      using map = made(subject, { type: 'hash', maxEntries: 60, keySize, valueSize: keySize })
      const keys = count(60).map((i) => new Uint8Array(keySize).fill(i, keySize - 1))
      assert.equal(map.updateBatch(keys, keys), 60)
      const batches = all((from) => map.lookupBatch(9, from))
      const found = batches.flatMap((batch) => batch.keys.map((key) => key[keySize - 1] ?? -1))
      assert.deepEqual(
        found.sort((a, b) => a - b),
        count(60),
      )
      for (const batch of batches) assert.deepEqual(batch.keys, batch.values)
    })
  }

  tidyTest('of an empty map: nothing, and no more', () => {
    using map = made(subject, { type: 'hash', maxEntries: 4 })
    assert.deepEqual(map.lookupBatch(4), { keys: [], values: [], next: undefined })
    assert.deepEqual(map.lookupAndDeleteBatch(4), { keys: [], values: [], next: undefined })
  })

  tidyTest('where the map is full in the middle, the first are set', () => {
    using map = made(subject, { type: 'hash', maxEntries: 3 })
    const keys = count(5).map((i) => u32(i))
    for (const mode of ['any', 'noexist'] as const) {
      assert.throws(() => map.updateBatch(keys, keys, mode), {
        ...refused('E2BIG', /^updateBatch hash '': E2BIG, the map is full/),
        detail: { operation: 'updateBatch', object: "hash ''", errno: 'E2BIG', number: 7, done: 3 },
      })
      assert.deepEqual(numbersOf(map.keys()), [0, 1, 2])
      assert.equal(map.deleteBatch(keys), 3)
    }
  })

  tidyTest('up to the first that the mode forbids', () => {
    using map = made(subject, { type: 'hash', maxEntries: 8 })
    map.update(u32(2), u32(2))
    const keys = [0, 1, 2, 3].map((i) => u32(i))
    assert.equal(map.updateBatch(keys, keys, 'noexist'), 2)
    assert.deepEqual(numbersOf(map.keys()), [0, 1, 2])
    assert.equal(map.updateBatch([u32(1), u32(3), u32(0)], keys.slice(1), 'exist'), 1)
    assert.deepEqual(
      [map.lookup(u32(1)), map.lookup(u32(0)), map.lookup(u32(3))],
      [u32(1), u32(0), undefined],
    )
  })

  tidyTest('up to the first that is not there', () => {
    using map = filled('hash', 5)
    assert.equal(map.deleteBatch([u32(1), u32(3), u32(9), u32(4)]), 2)
    assert.deepEqual(numbersOf(map.keys()), [0, 2, 4])
  })

  function filled(type: 'hash' | 'lru_hash' | 'array', entries: number): BpfMap {
    // An LRU may forget some long before it is full.
    const map = made(subject, { type, maxEntries: type === 'lru_hash' ? entries * 20 : entries })
    const keys = count(entries).map((i) => u32(i))
    assert.equal(map.updateBatch(keys, keys), entries)
    return map
  }
}

function all(read: (from: Uint8Array | null) => Batch): Batch[] {
  const batches: Batch[] = []
  for (let from: Uint8Array | null | undefined = null; from !== undefined; from = batches.at(-1)?.next) {
    batches.push(read(from))
  }
  return batches
}
