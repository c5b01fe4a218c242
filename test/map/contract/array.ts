/** Arrays: all entries are there from the beginning, and none goes. */
import assert from 'node:assert/strict'
import { tidyTest } from '../../system/support/leaks.js'
import { made, numberOf, numbersOf, type Subject, u32, u64 } from './subject.js'

export function arrays(subject: Subject): void {
  tidyTest('has zeros in every entry', () => {
    using map = made(subject, { type: 'array', maxEntries: 5, valueSize: 12 })
    assert.deepEqual(
      [...map.entries()],
      [0, 1, 2, 3, 4].map((i) => [u32(i), new Uint8Array(12)]),
    )
  })

  tidyTest('keeps values of any length apart', () => {
    for (const valueSize of [1, 3, 4, 7, 8, 9, 64, 4097]) {
      using map = made(subject, { type: 'array', maxEntries: 3, valueSize })
      const value = (i: number) => new Uint8Array(valueSize).fill(i + 1)
      for (const i of [0, 1, 2]) assert.equal(map.update(u32(i), value(i)), true)
      for (const i of [0, 1, 2]) assert.deepEqual(map.lookup(u32(i)), value(i), `${valueSize} bytes`)
    }
  })

  tidyTest('what was looked up, and what was set, are the caller’s own', () => {
    using map = made(subject, { type: 'array', maxEntries: 1, valueSize: 8 })
    const value = u64(5)
    map.update(u32(0), value)
    value.fill(9)
    map.lookup(u32(0))?.fill(9)
    assert.deepEqual(map.lookup(u32(0)), u64(5))
  })

  tidyTest('indexes are whole numbers of 32 bits: none is another', () => {
    using map = made(subject, { type: 'array', maxEntries: 2 })
    map.update(u32(1), u32(7))
    for (const index of [2, 0x100, 0x1_0000, 0x8000_0001, 0xffff_ffff]) {
      assert.equal(map.lookup(u32(index)), undefined, `${index}`)
    }
    assert.equal(numberOf(map.lookup(u32(1))), 7)
  })

  tidyTest('keys come in order, and after anything that is none the first', () => {
    using map = made(subject, { type: 'array', maxEntries: 3 })
    assert.deepEqual([...map.keys()], [u32(0), u32(1), u32(2)])
    for (const none of [3, 0xffff_ffff]) assert.deepEqual(map.nextKey(u32(none)), u32(0))
    assert.equal(map.nextKey(u32(2)), undefined)
  })

  tidyTest('a thousand entries', () => {
    using map = made(subject, { type: 'array', maxEntries: 1000 })
    for (let i = 0; i < 1000; i++) map.update(u32(i), u32(i * 3))
    const values = [...map].map(([, value]) => value)
    assert.deepEqual(
      numbersOf(values),
      Array.from({ length: 1000 }, (_, i) => i * 3),
    )
  })
}
