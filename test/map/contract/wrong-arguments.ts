/** What is no key, no value and no mode reaches no map. */
import assert from 'node:assert/strict'
import { runInNewContext } from 'node:vm'
import type { BpfMap } from 'bpf-ringbuf/map'
import { tidyTest } from '../../system/support/leaks.js'
import { made, type Subject, u32 } from './subject.js'

const nothing = undefined as never

const MISTAKES: Readonly<Record<string, readonly [mistake: (map: BpfMap) => unknown, message: RegExp]>> = {
  'a key that is too long': [(map) => map.lookup(new Uint8Array(5)), /a key takes 4 bytes, not 5 bytes/],
  'no key': [(map) => map.lookup(nothing), /a key takes 4 bytes, not undefined/],
  'a key of text': [(map) => map.delete('key!' as never), /a key takes 4 bytes, not key!/],
  'null where there are keys': [(map) => map.lookupAndDelete(null), /a key takes 4 bytes, not null/],
  'a key of words': [(map) => map.nextKey(new Uint32Array(1) as never), /a key takes 4 bytes/],
  'no key to go on behind': [(map) => map.nextKey(nothing), /a key takes 4 bytes, not undefined/],
  'a value that is too short': [
    (map) => map.update(u32(1), new Uint8Array(7)),
    /a value takes 8 bytes, not 7 bytes/,
  ],
  'no value': [(map) => map.update(u32(1), nothing), /a value takes 8 bytes, not undefined/],
  'null as a value': [(map) => map.update(u32(1), null as never), /a value takes 8 bytes, not null/],
  'an unknown mode': [
    (map) => map.update(u32(1), new Uint8Array(8), 'maybe' as never),
    /mode 'maybe' must be/,
  ],
  'a mode of every object': [
    (map) => map.update(u32(1), new Uint8Array(8), 'toString' as never),
    /mode 'toString' must be/,
  ],
  'a batch of none': [(map) => map.lookupBatch(0), /max 0 must be a whole number from 1/],
  'a batch of half': [(map) => map.lookupBatch(0.5), /max 0\.5 must be/],
  'a batch without a size': [(map) => map.lookupAndDeleteBatch(nothing), /max undefined must be/],
  'a batch from nowhere': [(map) => map.lookupBatch(1, new Uint8Array(99)), /beginning of a batch takes/],
  'no keys': [(map) => map.updateBatch(nothing, []), /keys undefined must be an array/],
  'no values': [(map) => map.updateBatch([u32(1)], nothing), /values undefined must be an array/],
  'more keys than values': [(map) => map.updateBatch([u32(1)], []), /0 values for 1 keys/],
  'a short key among others': [
    (map) => map.updateBatch([u32(1), new Uint8Array(3)], [new Uint8Array(8), new Uint8Array(8)]),
    /a key takes 4 bytes, not 3 bytes/,
  ],
  'a short value among others': [
    (map) => map.updateBatch([u32(1), u32(2)], [new Uint8Array(8), new Uint8Array(3)]),
    /a value takes 8 bytes, not 3 bytes/,
  ],
  'an unknown mode of a batch': [(map) => map.updateBatch([], [], 'maybe' as never), /mode 'maybe' must be/],
  'keys to delete that are none': [
    (map) => map.deleteBatch([null] as never),
    /a key takes 4 bytes, not null/,
  ],
}

export function wrongArguments(subject: Subject): void {
  for (const [name, [mistake, message]] of Object.entries(MISTAKES)) {
    tidyTest(`${name} is refused, and nothing is changed`, () => {
      using map = made(subject, { type: 'hash', maxEntries: 4, valueSize: 8 })
      map.update(u32(1), new Uint8Array(8).fill(1))
      assert.throws(() => mistake(map), { code: 'ERR_INVALID_ARGUMENT', message })
      assert.deepEqual([...map], [[u32(1), new Uint8Array(8).fill(1)]])
    })
  }

  tidyTest('bytes of another realm are bytes', () => {
    using map = made(subject, { type: 'hash', maxEntries: 3 })
    const [key, value] = runInNewContext('[Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6, 7, 8)]')
    assert.ok(!(key instanceof Uint8Array))
    assert.equal(map.update(key, value), true)
    assert.deepEqual(map.lookup(Buffer.from(key)), Uint8Array.of(5, 6, 7, 8))
  })

  tidyTest('bytes out of the middle of others are those', () => {
    using map = made(subject, { type: 'hash', maxEntries: 3 })
    const bytes = Uint8Array.from({ length: 32 }, (_, i) => i)
    map.update(bytes.subarray(3, 7), bytes.subarray(9, 13))
    assert.deepEqual([...map], [[Uint8Array.of(3, 4, 5, 6), Uint8Array.of(9, 10, 11, 12)]])
  })
}
