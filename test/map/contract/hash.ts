/** Hashes: keys of any bytes come and go. */
import assert from 'node:assert/strict'
import { tidyTest } from '../../system/support/leaks.js'
import { made, numberOf, refused, type Subject, u32, u64 } from './subject.js'

export function hashes(subject: Subject): void {
  for (const flags of [0, NO_PREALLOC]) {
    tidyTest(`does what a Map does, ${flags === 0 ? 'allocated at once' : 'allocated as it grows'}`, () => {
      using map = made(subject, { type: 'hash', maxEntries: 64, valueSize: 8, flags })
      const model = new Map<number, number>()
      // A fixed sequence that comes by every key many times, and is full now and then.
      let state = 1
      for (let step = 0; step < 4000; step++) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
        const key = (state >>> 8) % 80
        const isFull = model.size === 64 && !model.has(key)
        if ((state >>> 16) % 3 === 0) {
          assert.equal(map.delete(u32(key)), model.delete(key))
        } else if (isFull) {
          assert.throws(() => map.update(u32(key), u64(step)), refused('E2BIG', /the map is full/))
        } else {
          assert.equal(map.update(u32(key), u64(step)), true)
          model.set(key, step)
        }
        const value = map.lookup(u32(key))
        assert.equal(value && numberOf(value), model.get(key))
      }
      assert.deepEqual(contents(map), new Map([...model].sort(([a], [b]) => a - b)))
    })
  }

  tidyTest('keys and values of any length, which differ in their last byte', () => {
    for (const size of [1, 2, 3, 5, 8, 13, 100, 513]) {
      using map = made(subject, { type: 'hash', maxEntries: 4, keySize: size, valueSize: size })
      const bytes = (last: number) => new Uint8Array(size).fill(last, size - 1)
      for (const i of [0, 1, 2, 255]) assert.equal(map.update(bytes(i), bytes(255 - i), 'noexist'), true)
      for (const i of [0, 1, 2, 255]) assert.deepEqual(map.lookup(bytes(i)), bytes(255 - i))
      assert.equal(map.lookup(bytes(3)), undefined)
    }
  })

  tidyTest('room that was given back is room', () => {
    using map = made(subject, { type: 'hash', maxEntries: 2 })
    for (let round = 0; round < 50; round++) {
      assert.equal(map.update(u32(round), u32(round), 'noexist'), true)
      assert.equal(map.update(u32(round + 1000), u32(round), 'noexist'), true)
      assert.deepEqual(map.lookupAndDelete(u32(round)), u32(round))
      assert.equal(map.delete(u32(round + 1000)), true)
    }
    assert.equal(map.nextKey(null), undefined)
  })

  tidyTest('full, what is there can still be changed', () => {
    using map = made(subject, { type: 'hash', maxEntries: 1 })
    map.update(u32(1), u32(1))
    assert.throws(() => map.update(u32(2), u32(2)), refused('E2BIG'))
    assert.equal(map.update(u32(1), u32(3)), true)
    assert.equal(map.update(u32(1), u32(4), 'exist'), true)
    assert.deepEqual([...map], [[u32(1), u32(4)]])
  })
}

const NO_PREALLOC = 1

function contents(map: Iterable<[Uint8Array, Uint8Array]>): Map<number, number> {
  const pairs = [...map].map(([key, value]): [number, number] => [numberOf(key), numberOf(value)])
  return new Map(pairs.sort(([a], [b]) => a - b))
}
