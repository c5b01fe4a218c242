/** Maps of maps: made for maps of one kind, they are read as their ids. */
import assert from 'node:assert/strict'
import { BPF_F_INNER_MAP, fitsInner, type MapSpecInput, mapSpec } from 'bpf-ringbuf/map'
import { tidyTest } from '../../system/support/leaks.js'
import { has, made, refused, type Subject, u32 } from './subject.js'

const ARRAY = { type: 'array', maxEntries: 2 } as const
const RING = { type: 'ringbuf', maxEntries: 4096 } as const

/** What a map of maps was made for, and what is put in. */
const PAIRS: readonly (readonly [what: string, template: MapSpecInput, map: MapSpecInput, fits: boolean])[] =
  [
    ['the same', ARRAY, ARRAY, true],
    ['an array of another length', ARRAY, { ...ARRAY, maxEntries: 3 }, false],
    [
      'an array of another length, where that is allowed',
      { ...ARRAY, flags: BPF_F_INNER_MAP },
      { ...ARRAY, flags: BPF_F_INNER_MAP, maxEntries: 3 },
      true,
    ],
    ['an array whose length may not differ', { ...ARRAY, flags: BPF_F_INNER_MAP }, ARRAY, false],
    ['values of another size', ARRAY, { ...ARRAY, valueSize: 8 }, false],
    ['a hash', ARRAY, { type: 'hash', maxEntries: 2 }, false],
    ['a hash of another length', { type: 'hash', maxEntries: 2 }, { type: 'hash', maxEntries: 9 }, true],
    [
      'a hash of other keys',
      { type: 'hash', maxEntries: 2 },
      { type: 'hash', maxEntries: 2, keySize: 8 },
      false,
    ],
    [
      'a hash of another kind',
      { type: 'hash', maxEntries: 2 },
      { type: 'hash', maxEntries: 2, flags: 1 },
      false,
    ],
    ['a ring of another size', RING, { ...RING, maxEntries: 65536 }, true],
    ['a ring that user space fills', RING, { ...RING, type: 'user_ringbuf' }, false],
    ['a queue of another length', { type: 'queue', maxEntries: 2 }, { type: 'queue', maxEntries: 5 }, true],
    ['a stack', { type: 'queue', maxEntries: 2 }, { type: 'stack', maxEntries: 2 }, false],
    ['one of another name', ARRAY, { ...ARRAY, name: 'other' }, true],
  ]

export function mapsInMaps(subject: Subject): void {
  for (const type of ['array_of_maps', 'hash_of_maps'] as const) {
    for (const [what, template, map, fits] of PAIRS) {
      if (!has(subject, map.type)) continue
      tidyTest(`${type}: ${what} ${fits ? 'may' : 'may not'} be put in`, () => {
        using outer = made(subject, { type, maxEntries: 4, inner: template })
        using inner = made(subject, map)
        assert.equal(fitsInner(mapSpec(template), inner.info), fits)
        if (fits) assert.equal(outer.update(u32(1), inner), true)
        else
          assert.throws(
            () => outer.update(u32(1), inner),
            refused('EINVAL', /EINVAL, the map that is put in/),
          )
        assert.deepEqual(outer.lookup(u32(1)), fits ? u32(inner.id) : undefined)
      })
    }

    tidyTest(`${type}: read as ids, taken out again, put over one another`, () => {
      using outer = made(subject, { type, maxEntries: 4, inner: ARRAY })
      using one = made(subject, ARRAY)
      using other = made(subject, ARRAY)
      outer.update(u32(1), one)
      outer.update(u32(3), other)
      assert.deepEqual([...outer].map(([key, id]) => [key[0], id]).sort(), [
        [1, u32(one.id)],
        [3, u32(other.id)],
      ])
      outer.update(u32(1), other)
      assert.deepEqual(outer.lookup(u32(1)), u32(other.id))
      assert.equal(outer.delete(u32(1)), true)
      assert.equal(outer.lookup(u32(1)), undefined)
      assert.equal(outer.delete(u32(1)), false)
    })

    tidyTest(`${type}: many with one call; those that are empty are left out`, () => {
      using outer = made(subject, { type, maxEntries: 8, inner: ARRAY })
      using one = made(subject, ARRAY)
      using other = made(subject, ARRAY)
      assert.equal(outer.updateBatch([u32(1), u32(5), u32(6)], [one, other, one]), 3)
      const { keys, values } = outer.lookupBatch(8)
      const ids = new Map(keys.map((key, i) => [key[0], values[i]]))
      assert.deepEqual(
        [1, 5, 6, 7].map((key) => ids.get(key)),
        [u32(one.id), u32(other.id), u32(one.id), undefined],
      )
      assert.equal(keys.length, 3)
    })

    tidyTest(`${type}: what is put in lives on though its owner gives it up`, () => {
      using outer = made(subject, { type, maxEntries: 1, inner: ARRAY })
      const inner = made(subject, ARRAY)
      const { id } = inner
      outer.update(u32(0), inner)
      inner.close()
      assert.deepEqual(outer.lookup(u32(0)), u32(id))
    })

    tidyTest(`${type}: bytes are no map`, () => {
      using outer = made(subject, { type, maxEntries: 1, inner: ARRAY })
      for (const value of [u32(3), new Uint8Array(4), null, 3, {}]) {
        assert.throws(() => outer.update(u32(0), value as never), { code: 'ERR_INVALID_ARGUMENT' })
      }
    })
  }

  tidyTest('a map is no value of any other type', () => {
    using map = made(subject, { type: 'hash', maxEntries: 1 })
    using other = made(subject, ARRAY)
    assert.throws(() => map.update(u32(0), other), { code: 'ERR_INVALID_ARGUMENT', message: /takes 4 bytes/ })
  })
}
