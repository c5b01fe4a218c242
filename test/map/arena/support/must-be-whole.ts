import assert from 'node:assert/strict'
import type { BpfMap } from 'bpf-ringbuf/map'
import { countOf, keyOf, numberOf, sealedValue } from './entry.js'

/**
 * Whether a hash that is at rest is whole: each key comes once and is found, each value is whole, and exactly so many
 * keys as it has entries can be in it. It is full of new keys then.
 *
 * @param keys the keys that may be in it are below this
 * @returns how many keys were in it
 */
export function mustBeWhole(map: BpfMap, keys: number): number {
  const found = [...map.keys()].map(numberOf)
  assert.equal(new Set(found).size, found.length, 'no key comes twice')
  for (let number = 0; number < keys; number++) {
    const value = map.lookup(keyOf(number))
    assert.equal(value !== undefined, found.includes(number), `key ${number} is found as it is listed`)
    if (value) countOf(number, value)
  }
  const { maxEntries } = map.info
  for (let number = keys; number < keys + maxEntries - found.length; number++) {
    assert.ok(
      map.update(keyOf(number), sealedValue(number, 0), 'noexist'),
      'there is room for as many as it has entries',
    )
  }
  const one = keys + 2 * maxEntries
  assert.throws(() => map.update(keyOf(one), sealedValue(one, 0)), isFull, 'and not for one more')
  const [first] = map.keys()
  assert.ok(
    first && map.update(first, sealedValue(numberOf(first), 7), 'exist'),
    'but an old key takes a new value',
  )
  return found.length
}

function isFull(error: { detail?: { errno?: string } }): boolean {
  return error.detail?.errno === 'E2BIG'
}
