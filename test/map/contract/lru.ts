/** Hashes that forget what was used least: which that is, no rule says for sure. */
import assert from 'node:assert/strict'
import { BPF_F_NO_COMMON_LRU } from 'bpf-ringbuf/map'
import { tidyTest } from '../../system/support/leaks.js'
import { made, type Subject, u32 } from './subject.js'

export function lru(subject: Subject): void {
  for (const flags of [0, BPF_F_NO_COMMON_LRU]) {
    tidyTest(`is never full, never holds more, and has what was set last (flags ${flags})`, () => {
      using map = made(subject, { type: 'lru_hash', maxEntries: 128, flags })
      for (let i = 0; i < 2000; i++) {
        assert.equal(map.update(u32(i), u32(i), 'noexist'), true)
        assert.deepEqual(map.lookup(u32(i)), u32(i))
      }
      const left = [...map]
      assert.ok(left.length > 0 && left.length <= 128, `${left.length}`)
      for (const [key, value] of left) assert.deepEqual(key, value)
    })
  }

  tidyTest('what was deleted is gone, and its room is taken before anything is forgotten', () => {
    using map = made(subject, { type: 'lru_hash', maxEntries: 4 })
    for (let round = 0; round < 20; round++) {
      assert.equal(map.update(u32(round), u32(round)), true)
      assert.deepEqual(map.lookupAndDelete(u32(round)), u32(round))
      assert.equal(map.lookup(u32(round)), undefined)
    }
    assert.equal(map.nextKey(null), undefined)
  })
}
