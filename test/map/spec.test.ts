import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  BPF_F_NO_PREALLOC,
  BPF_F_NUMA_NODE,
  BPF_F_RDONLY,
  BPF_F_WRONLY,
  fitsInner,
  type MapSpecInput,
  mapSpec,
  mapSpecText,
  sameMapSpec,
} from 'bpf-ringbuf/map'

describe('a description', () => {
  test('gets what is left out', () => {
    assert.deepEqual(mapSpec({ type: 'hash', maxEntries: 10 }), {
      type: 'hash',
      keySize: 4,
      valueSize: 4,
      maxEntries: 10,
      flags: 0,
      name: '',
    })
    const sizes = (input: MapSpecInput) => {
      const { keySize, valueSize, maxEntries } = mapSpec(input)
      return [keySize, valueSize, maxEntries]
    }
    assert.deepEqual(sizes({ type: 'ringbuf', maxEntries: '64 KiB' }), [0, 0, 65536])
    assert.deepEqual(sizes({ type: 'user_ringbuf', maxEntries: 4096 }), [0, 0, 4096])
    assert.deepEqual(sizes({ type: 'queue', maxEntries: 1 }), [0, 4, 1])
    assert.deepEqual(sizes({ type: 'stack', maxEntries: 1, valueSize: 100 }), [0, 100, 1])
    assert.deepEqual(sizes({ type: 'perf_event_array', maxEntries: 1 }), [4, 4, 1])
  })

  test('is frozen, its inner one too, and does not change with what it was made of', () => {
    const input = { type: 'array_of_maps', maxEntries: 1, inner: { type: 'array', maxEntries: 1 } } as const
    const spec = mapSpec(input)
    assert.ok(Object.isFrozen(spec) && Object.isFrozen(spec.inner))
    assert.notEqual(spec.inner, input.inner)
    assert.deepEqual(mapSpec(spec), spec)
  })

  test('has a node if, and only if, it has the flag', () => {
    const map = { type: 'array', maxEntries: 1 } as const
    assert.equal(mapSpec({ ...map, numaNode: 0 }).flags, BPF_F_NUMA_NODE)
    assert.equal(mapSpec({ ...map, flags: BPF_F_NUMA_NODE }).numaNode, 0)
    assert.ok(!('numaNode' in mapSpec(map)))
  })

  test('is printed as bpftool does', () => {
    const hash = mapSpec({ type: 'hash', name: 'counts', valueSize: 8, maxEntries: 1024 })
    assert.equal(mapSpecText(hash), 'hash  name counts  key 4B  value 8B  max_entries 1024  flags 0x0')
    const outer = mapSpec({ type: 'hash_of_maps', maxEntries: 2, numaNode: 1, inner: hash })
    assert.equal(
      mapSpecText(outer),
      'hash_of_maps  key 4B  value 4B  max_entries 2  flags 0x4  numa_node 1  inner [' +
        'hash  name counts  key 4B  value 8B  max_entries 1024  flags 0x0]',
    )
  })

  test('is the same as another, or is not', () => {
    const map = { type: 'hash_of_maps', maxEntries: 2, inner: { type: 'hash', maxEntries: 1 } } as const
    assert.ok(sameMapSpec(mapSpec(map), mapSpec({ ...map, keySize: 4, flags: 0 })))
    for (const other of [
      { ...map, maxEntries: 3 },
      { ...map, name: 'b' },
      { ...map, keySize: 8 },
      { ...map, flags: BPF_F_NO_PREALLOC },
      { ...map, numaNode: 0 },
      { ...map, inner: { ...map.inner, valueSize: 8 } },
    ]) {
      assert.ok(!sameMapSpec(mapSpec(map), mapSpec(other)), JSON.stringify(other))
    }
  })

  test('what the descriptor of a map may be used for is not of the map', () => {
    const array = { type: 'array', maxEntries: 1 } as const
    for (const flags of [BPF_F_RDONLY, BPF_F_WRONLY]) {
      assert.ok(fitsInner(mapSpec({ ...array, flags }), mapSpec(array)))
      assert.ok(fitsInner(mapSpec(array), mapSpec({ ...array, flags })))
    }
  })
})

/** All else the kernel judges, in spec-kernel.test.ts. */
describe('no such map', () => {
  const refused: readonly (readonly [MapSpecInput, RegExp, object])[] = [
    [
      { type: 'array', name: 'counts', keySize: 8, maxEntries: 1 },
      /^array 'counts': keySize 8 must be 4 \(the kernel: EINVAL\)$/,
      { field: 'keySize', value: 8, limit: 4, errno: 'EINVAL' },
    ],
    [
      { type: 'ringbuf', maxEntries: '12 KiB' },
      /maxEntries 12288 must be a power of two, and whole pages of 4096 bytes/,
      { field: 'maxEntries', value: 12288, limit: 4096, errno: 'EINVAL' },
    ],
    [
      { type: 'hash', maxEntries: 1, valueSize: 2 ** 22 },
      /keySize 4 with its value of 4194304 must be at most 4194255 together/,
      { field: 'keySize', value: 4, limit: 4194255, errno: 'E2BIG' },
    ],
    [
      { type: 'lru_hash', maxEntries: 1, flags: BPF_F_NO_PREALLOC },
      /flags 0x1 must not have 0x1: an LRU is allocated at once/,
      { field: 'flags', value: '0x1', errno: 'ENOTSUPP' },
    ],
    [
      { type: 'array', maxEntries: 1, name: 'sixteen_letters_' },
      /name sixteen_letters_ must be at most 15 letters/,
      { field: 'name', value: 'sixteen_letters_', limit: 15, errno: 'EINVAL' },
    ],
    [
      {
        type: 'array_of_maps',
        maxEntries: 1,
        inner: { type: 'hash_of_maps', maxEntries: 1, inner: { type: 'array', maxEntries: 1 } },
      },
      /inner hash_of_maps must be no map of maps itself/,
      { field: 'inner', value: 'hash_of_maps', errno: 'EINVAL' },
    ],
  ]
  for (const [input, message, detail] of refused) {
    test(`${message}`, () => assert.throws(() => mapSpec(input), { code: 'ERR_MAP_SPEC', message, detail }))
  }

  const mistakes: readonly (readonly [object | undefined, RegExp])[] = [
    [undefined, /^map undefined must be an object/],
    [{ type: 'rinbuf', maxEntries: 1 }, /^map type 'rinbuf' is none of/],
    [{ type: 'lpm_trie', maxEntries: 1 }, /^maps of type lpm_trie only the kernel describes/],
    [{ type: 'hash' }, /^maxEntries undefined must be a whole number/],
    [{ type: 'hash', maxEntries: '4 KiB' }, /^maxEntries 4 KiB must be a whole number/],
    [{ type: 'ringbuf', maxEntries: 'much' }, /^maxEntries much is no number of bytes/],
    [{ type: 'ringbuf', maxEntries: '0.1 KiB' }, /^maxEntries 102.4 must be a whole number/],
    [{ type: 'hash', maxEntries: -1 }, /^maxEntries -1/],
    [{ type: 'hash', maxEntries: 1, flags: 2 ** 32 }, /^flags 4294967296/],
    [{ type: 'hash', maxEntries: 1, numaNode: 0.5 }, /^numaNode 0.5/],
    [{ type: 'hash', maxEntries: 1, name: null }, /^name null must be a string/],
    [{ type: 'hash', maxEntries: 1, inner: { type: 'hash', maxEntries: 1 } }, /of type hash has no `inner`/],
    [{ type: 'hash_of_maps', maxEntries: 1 }, /of type hash_of_maps needs `inner`/],
  ]
  for (const [input, message] of mistakes) {
    test(`${message}`, () =>
      assert.throws(() => mapSpec(input as never), { code: 'ERR_INVALID_ARGUMENT', message }))
  }
})
