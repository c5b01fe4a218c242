/** A map that was closed does nothing, whatever it is asked. */
import assert from 'node:assert/strict'
import type { BpfMap } from 'bpf-ringbuf/map'
import { tidyTest } from '../../system/support/leaks.js'
import { made, type Subject, u32 } from './subject.js'

const OPERATIONS: Readonly<Record<string, (map: BpfMap) => unknown>> = {
  lookup: (map) => map.lookup(u32(1)),
  'lookup of no key': (map) => map.lookup(null),
  update: (map) => map.update(u32(1), u32(1)),
  delete: (map) => map.delete(u32(1)),
  lookupAndDelete: (map) => map.lookupAndDelete(u32(1)),
  nextKey: (map) => map.nextKey(null),
  lookupBatch: (map) => map.lookupBatch(1),
  lookupAndDeleteBatch: (map) => map.lookupAndDeleteBatch(1),
  updateBatch: (map) => map.updateBatch([], []),
  deleteBatch: (map) => map.deleteBatch([]),
  keys: (map) => [...map.keys()],
  entries: (map) => [...map.entries()],
  iteration: (map) => [...map],
  freeze: (map) => map.freeze(),
}

export function closedMaps(subject: Subject): void {
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    tidyTest(`${name} says so`, () => {
      const map = made(subject, { type: 'hash', maxEntries: 2 })
      map.close()
      assert.throws(() => operation(map), { code: 'ERR_RESOURCE_CLOSED' })
    })
  }

  tidyTest('closed twice, and told of afterwards', () => {
    const map = made(subject, { type: 'hash', maxEntries: 2, name: 'gone' })
    map.close()
    map.close()
    map[Symbol.dispose]()
    assert.deepEqual([map.name, map.info.type, map.id], ['gone', 'hash', map.info.id])
  })

  tidyTest('it cannot be put into a map of maps', () => {
    const inner = { type: 'array', maxEntries: 1 } as const
    using outer = made(subject, { type: 'hash_of_maps', maxEntries: 1, inner })
    const map = made(subject, inner)
    map.close()
    assert.throws(() => outer.update(u32(0), map), { code: 'ERR_RESOURCE_CLOSED' })
  })
}
