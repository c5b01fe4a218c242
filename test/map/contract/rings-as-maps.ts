/** Rings are maps that have no elements. */
import assert from 'node:assert/strict'
import { tidyTest } from '../../system/support/leaks.js'
import { has, made, refused, type Subject, u32 } from './subject.js'

export function ringsAsMaps(subject: Subject): void {
  for (const type of ['ringbuf', 'user_ringbuf'] as const) {
    if (!has(subject, type)) continue
    tidyTest(`${type}: told as a map is`, () => {
      using map = made(subject, { type, maxEntries: '64 KiB', name: 'the.ring' })
      assert.deepEqual(
        { ...map.info, id: 0 },
        { type, id: 0, keySize: 0, valueSize: 0, maxEntries: 65536, flags: 0, name: 'the.ring' },
      )
      assert.ok(map.id > 0)
    })

    tidyTest(`${type}: nothing to walk along`, () => {
      using map = made(subject, { type, maxEntries: 4096 })
      assert.throws(() => [...map.keys()], refused('ENOTSUPP', /know no such operation/))
      assert.throws(() => [...map.entries()], refused('ENOTSUPP'))
      assert.throws(() => map.lookup(u32(0)), {
        code: 'ERR_INVALID_ARGUMENT',
        message: /no keys, so give null/,
      })
    })
  }

  tidyTest('by hash and by index: a ring for each of some', () => {
    for (const type of ['array_of_maps', 'hash_of_maps'] as const) {
      using map = made(subject, { type, maxEntries: 4, inner: { type: 'ringbuf', maxEntries: 4096 } })
      using small = made(subject, { type: 'ringbuf', maxEntries: 4096 })
      using large = made(subject, { type: 'ringbuf', maxEntries: 2 ** 20 })
      map.update(u32(0), small)
      map.update(u32(1), large)
      assert.deepEqual([map.lookup(u32(0)), map.lookup(u32(1))], [u32(small.id), u32(large.id)])
    }
  })
}
