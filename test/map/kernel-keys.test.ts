/** A key where there are none, and none where there are: no map is asked, and the errno is told that the kernel would give. */
import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { RingbufError } from 'bpf-ringbuf'
import { createMap, type KernelMap } from 'bpf-ringbuf/kernel'
import { mapSpec } from 'bpf-ringbuf/map'
import { errnoName } from '#dist/abi/errno-names.js'
import { Attributes, tryBpf } from '#dist/kernel/bpf.js'
import { hasKeys, holdsMaps, isRing } from '#dist/map/map-type.js'
import { SPEC_TYPES } from '#dist/map/spec-rules.js'
import { door, NO_BPF } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'

type Wrong = Uint8Array | null

const OPERATIONS = {
  BPF_MAP_LOOKUP_ELEM: (map: KernelMap, key: Wrong) => map.lookup(key),
  BPF_MAP_UPDATE_ELEM: (map: KernelMap, key: Wrong) => map.update(key, new Uint8Array(map.info.valueSize)),
  BPF_MAP_DELETE_ELEM: (map: KernelMap, key: Wrong) => map.delete(key),
  BPF_MAP_GET_NEXT_KEY: (map: KernelMap, key: Wrong) => map.nextKey(key),
  BPF_MAP_LOOKUP_AND_DELETE_ELEM: (map: KernelMap, key: Wrong) => map.lookupAndDelete(key),
} as const

describe('a key that is none', { skip: NO_BPF }, () => {
  for (const type of SPEC_TYPES) {
    for (const [command, operation] of Object.entries(OPERATIONS)) {
      // Behind null comes the first key.
      if (hasKeys(type) && command === 'BPF_MAP_GET_NEXT_KEY') continue
      tidyTest(`${type}: ${command}`, () => {
        using map = createMap(
          mapSpec({
            type,
            maxEntries: isRing(type) ? 4096 : 1,
            ...(holdsMaps(type) && { inner: { type: 'array', maxEntries: 1 } }),
          }),
        )
        const key = hasKeys(type) ? null : new Uint8Array(8)
        assert.equal(
          told(() => operation(map, key)),
          raw(map, command as keyof typeof OPERATIONS, key),
        )
      })
    }
  }
})

function told(operation: () => unknown): unknown {
  try {
    return operation()
  } catch (error) {
    if (error instanceof RingbufError && error.code === 'ERR_INVALID_ARGUMENT') return error.detail['errno']
    throw error
  }
}

function raw(map: KernelMap, command: keyof typeof OPERATIONS, key: Wrong): string {
  const attributes = new Attributes(door, 32).u32(0, map.fd).pointer(8, key ?? undefined)
  if (command !== 'BPF_MAP_DELETE_ELEM') attributes.pointer(16, new Uint8Array(64))
  return errnoName(-tryBpf(door, command, attributes))
}
