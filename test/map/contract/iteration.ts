/** Walking along the keys of a map. */
import assert from 'node:assert/strict'
import { tidyTest } from '../../system/support/leaks.js'
import { made, numberOf, numbersOf, type Subject, u32 } from './subject.js'

export function iteration(subject: Subject): void {
  const filled = (type: 'hash' | 'lru_hash', entries: number) => {
    // An LRU may forget some long before it is full.
    const map = made(subject, { type, maxEntries: type === 'lru_hash' ? entries * 20 : entries })
    for (let i = 0; i < entries; i++) map.update(u32(i), u32(i * 2))
    return map
  }

  for (const type of ['hash', 'lru_hash'] as const) {
    tidyTest(`${type}: each key once, by itself and with its value`, () => {
      using map = filled(type, 200)
      const numbers = Array.from({ length: 200 }, (_, i) => i)
      assert.deepEqual(numbersOf(map.keys()), numbers)
      for (const entries of [map, map.entries()]) {
        const found = [...entries]
        assert.deepEqual(numbersOf(found.map(([key]) => key)), numbers)
        for (const [key, value] of found) assert.equal(numberOf(value), numberOf(key) * 2)
      }
    })

    tidyTest(`${type}: the one that was given last may be deleted`, () => {
      using map = filled(type, 300)
      const given: number[] = []
      for (const key of map.keys()) {
        const i = numberOf(key)
        given.push(i)
        assert.ok(given.length <= 300)
        if (i % 3 > 0) map.delete(key)
        // It is the caller's own, whatever becomes of it.
        key.fill(255)
      }
      const numbers = Array.from({ length: 300 }, (_, i) => i)
      assert.deepEqual(
        given.sort((a, b) => a - b),
        numbers,
      )
      assert.deepEqual(
        numbersOf(map.keys()),
        numbers.filter((i) => i % 3 === 0),
      )
      for (const [key] of map) map.delete(key)
      assert.equal(map.nextKey(null), undefined)
    })

    tidyTest(`${type}: behind a key that is not there comes the first`, () => {
      using map = filled(type, 10)
      const first = map.nextKey(null)
      assert.ok(first)
      assert.deepEqual(map.nextKey(u32(999)), first)
      map.delete(first)
      assert.deepEqual(map.nextKey(first), map.nextKey(null))
    })

    tidyTest(`${type}: nextKey leads through all`, () => {
      using map = filled(type, 50)
      const found: number[] = []
      for (let key = map.nextKey(null); key; key = map.nextKey(key)) found.push(numberOf(key))
      assert.equal(new Set(found).size, 50)
      assert.equal(found.length, 50)
    })
  }

  tidyTest('left early, nothing stays behind', () => {
    using map = filled('hash', 10)
    for (const _ of map) break
    for (const _ of map.keys()) break
  })
}
