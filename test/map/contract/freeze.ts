/** Frozen, a map can be read, and no more. */
import assert from 'node:assert/strict'
import { tidyTest } from '../../system/support/leaks.js'
import { made, refused, type Subject, u32 } from './subject.js'

export function freezing(subject: Subject): void {
  tidyTest('what is in it stays as it is', () => {
    using map = made(subject, { type: 'hash', maxEntries: 4 })
    map.update(u32(1), u32(10))
    map.freeze()
    assert.throws(
      () => map.update(u32(2), u32(20)),
      refused('EPERM', /^update hash '': EPERM, it was frozen/),
    )
    assert.throws(() => map.update(u32(1), u32(20), 'noexist'), refused('EPERM'))
    assert.throws(() => map.update(u32(2), u32(20), 'exist'), refused('EPERM'))
    assert.throws(() => map.delete(u32(9)), refused('EPERM'))
    assert.throws(() => map.lookupAndDelete(u32(9)), refused('EPERM'))
    assert.deepEqual([...map], [[u32(1), u32(10)]])
    assert.deepEqual(map.lookupBatch(4).values, [u32(10)])
  })

  tidyTest('once is enough', () => {
    using map = made(subject, { type: 'array', maxEntries: 1 })
    map.freeze()
    assert.throws(() => map.freeze(), refused('EPERM', /^freeze array '': EPERM, it was frozen before/))
  })

  tidyTest('a map of maps stays as it is; the maps in it do not', () => {
    using outer = made(subject, {
      type: 'array_of_maps',
      maxEntries: 2,
      inner: { type: 'array', maxEntries: 1 },
    })
    using inner = made(subject, { type: 'array', maxEntries: 1 })
    outer.update(u32(0), inner)
    outer.freeze()
    assert.throws(() => outer.update(u32(1), inner), refused('EPERM'))
    assert.equal(inner.update(u32(0), u32(5)), true)
  })
}
