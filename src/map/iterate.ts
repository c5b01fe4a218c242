import type { BpfMap } from './bpf-map.js'

/** All keys, by `nextKey`: what `BpfMap.keys` promises. */
export function* keysOf(map: Pick<BpfMap, 'nextKey'>): Generator<Uint8Array<ArrayBuffer>, void, void> {
  // One ahead: behind a key that is gone a map knows no next.
  for (let key = map.nextKey(null); key; ) {
    const next = map.nextKey(key)
    yield key
    key = next
  }
}

/** All keys with their values: what `BpfMap.entries` promises. */
export function* entriesOf(
  map: Pick<BpfMap, 'nextKey' | 'lookup'>,
): Generator<[key: Uint8Array<ArrayBuffer>, value: Uint8Array<ArrayBuffer>], void, void> {
  for (const key of keysOf(map)) {
    const value = map.lookup(key)
    if (value) yield [key, value]
  }
}
