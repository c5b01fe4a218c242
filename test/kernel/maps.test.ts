import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { BPF_F_RB_OVERWRITE } from 'bpf-ringbuf'
import {
  type CreateMapOptions,
  createMap,
  createRingMap,
  createUserRingMap,
  type KernelMap,
  mapIds,
  openKernelRing,
  openMapByFd,
  openMapById,
  openUserRing,
} from 'bpf-ringbuf/kernel'
import { BPF_F_RDONLY, BPF_F_WRONLY, mapSpec } from 'bpf-ringbuf/map'
import { Attributes, tryBpf } from '#dist/kernel/bpf.js'
import type { BpfCommand } from '#dist/kernel/command.js'
import { countCpus } from '#dist/kernel/possible-cpus.js'
import { door, NO_BPF } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'

const [EINVAL, ENOTSUPP] = [22, 524]

const u32 = (value: number) => new Uint8Array(new Uint32Array([value]).buffer)

describe('making a ring map', { skip: NO_BPF }, () => {
  const refused: [string, Partial<CreateMapOptions>, RegExp][] = [
    ['no power of two', { maxEntries: 12288 }, /EINVAL, max_entries must be a power of two and whole pages/],
    ['no whole page', { maxEntries: 2048 }, /EINVAL/],
    ['nothing', { maxEntries: 0 }, /EINVAL/],
    ['1000', { maxEntries: 1000 }, /EINVAL/],
    ['a key', { keySize: 4 }, /EINVAL/],
    ['a value', { valueSize: 4 }, /EINVAL/],
    ['BPF_F_NO_PREALLOC', { flags: 1 }, /EINVAL/],
    ['BPF_F_MMAPABLE', { flags: 1024 }, /EINVAL/],
    ['BPF_F_RDONLY', { flags: 8 }, /EINVAL/],
    ['a node that is not there', { numaNode: 1000 }, /EINVAL/],
  ]
  for (const type of ['ringbuf', 'user_ringbuf'] as const) {
    for (const [what, options, message] of refused) {
      tidyTest(`${type}: ${what} is refused, as the kernel does`, () => {
        assert.throws(() => createMap({ type, maxEntries: 4096, name: 'events', ...options }), {
          code: 'ERR_SYSTEM',
          message,
        })
      })
    }
    tidyTest(`${type}: sizes up to 2 GiB, on a node`, () => {
      const create = type === 'ringbuf' ? createRingMap : createUserRingMap
      for (const size of [4096, '64 KiB', 2 ** 20]) {
        using map = create({ size, name: 'events', numaNode: 0 })
        assert.deepEqual([map.info.type, map.info.keySize, map.info.valueSize], [type, 0, 0])
      }
      using map = create({ size: 4096, name: 'events' })
      assert.equal(map.fdinfo()['memlock'], '16728')
      assert.equal(map.fdinfo()['max_entries'], '4096')
      assert.throws(() => create({ size: 'many' }), { code: 'ERR_RING_SIZE' })
    })
  }

  tidyTest('overwrite mode: made from 6.19 on, and before that it says so', () => {
    try {
      using map = createRingMap({ size: 4096, flags: BPF_F_RB_OVERWRITE })
      assert.throws(() => openKernelRing(map), { code: 'ERR_NOT_SUPPORTED', message: /overwrites/ })
    } catch (error) {
      assert.match((error as Error).message, /EINVAL, rings that overwrite .* need Linux 6\.19/)
    }
  })

  test('without privileges it says what is missing', () => {
    const kernel = fileURLToPath(import.meta.resolve('bpf-ringbuf/kernel'))
    const program = `const { createRingMap } = await import(${JSON.stringify(kernel)})
      try { createRingMap({ size: 4096, name: 'events' }) } catch (error) { console.log(error.code, error.message) }`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      uid: 65534,
      gid: 65534,
      encoding: 'utf8',
    })
    assert.equal(
      stdout.trim(),
      "ERR_SYSTEM bpf(BPF_MAP_CREATE) ringbuf 'events': EPERM, needs CAP_BPF",
      stderr,
    )
  })
})

describe('what a ring map refuses', { skip: NO_BPF }, () => {
  const call = (command: BpfCommand, map: KernelMap, key: Uint8Array | undefined) => {
    const value = new Uint8Array(8)
    const attributes = new Attributes(door, 32).u32(0, map.fd).pointer(8, key)
    if (command !== 'BPF_MAP_DELETE_ELEM') attributes.pointer(16, value)
    return tryBpf(door, command, attributes)
  }
  for (const type of ['ringbuf', 'user_ringbuf'] as const) {
    for (const command of [
      'BPF_MAP_LOOKUP_ELEM',
      'BPF_MAP_UPDATE_ELEM',
      'BPF_MAP_DELETE_ELEM',
      'BPF_MAP_GET_NEXT_KEY',
      'BPF_MAP_LOOKUP_AND_DELETE_ELEM',
    ] as const) {
      tidyTest(`${type}: ${command}`, () => {
        using map = createMap({ type, maxEntries: 4096 })
        assert.equal(call(command, map, undefined), -ENOTSUPP)
        assert.equal(call(command, map, new Uint8Array(8)), -EINVAL)
      })
    }
    for (const command of [
      'BPF_MAP_LOOKUP_BATCH',
      'BPF_MAP_LOOKUP_AND_DELETE_BATCH',
      'BPF_MAP_UPDATE_BATCH',
      'BPF_MAP_DELETE_BATCH',
    ] as const) {
      tidyTest(`${type}: ${command}`, () => {
        using map = createMap({ type, maxEntries: 4096 })
        const attributes = new Attributes(door, 56).u32(32, 1).u32(36, map.fd)
        assert.equal(tryBpf(door, command, attributes), -ENOTSUPP)
      })
    }
  }

  tidyTest('frozen, it cannot be consumed; while it is consumed it cannot be frozen', () => {
    using map = createRingMap({ size: 4096 })
    const ring = openKernelRing(map)
    assert.throws(() => map.freeze(), {
      code: 'ERR_MAP_OPERATION',
      message: /EBUSY, it is mapped to be written/,
    })
    ring.close()
    using frozen = createRingMap({ size: 4096 })
    frozen.freeze()
    assert.equal(frozen.fdinfo()['frozen'], '1')
    assert.throws(() => frozen.freeze(), { code: 'ERR_MAP_OPERATION' })
    assert.throws(() => openKernelRing(frozen), {
      code: 'ERR_SYSTEM',
      message: /mmap ringbuf '': EPERM, the map was frozen/,
    })
    using user = createUserRingMap({ size: 4096 })
    user.freeze()
    assert.throws(() => openUserRing(user), { code: 'ERR_SYSTEM', message: /EPERM/ })
  })
})

describe('opening a map', { skip: NO_BPF }, () => {
  tidyTest('by id, by descriptor, by another process: it is the same map', () => {
    using map = createRingMap({ size: 8192, name: 'the.map_1' })
    for (const open of [
      () => openMapById(map.id),
      () => openMapByFd(map.fd),
      () => openMapByFd({ pid: process.pid, fd: map.fd }),
    ]) {
      using other = open()
      assert.deepEqual(other.info, map.info)
      assert.notEqual(other.fd, map.fd)
    }
    assert.ok([...mapIds()].includes(map.id))
  })

  tidyTest('what it is not', () => {
    using map = createRingMap({ size: 8192, name: 'ring' })
    assert.throws(() => openMapById(map.id, { type: 'array' }), {
      code: 'ERR_INVALID_ARGUMENT',
      message: /'ring' is of type ringbuf, not array/,
    })
    assert.throws(() => openMapById(0xffff_fff0), {
      code: 'ERR_SYSTEM',
      message: /ENOENT, there is no such map/,
    })
    assert.throws(() => openMapById(-1), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => openMapByFd(0), { code: 'ERR_INVALID_ARGUMENT', message: /is no map/ })
    assert.throws(() => openMapByFd(99_999), { code: 'ERR_SYSTEM', message: /EBADF/ })
    assert.throws(() => createRingMap({ size: 4096, name: 'sixteen_letters_' }), {
      code: 'ERR_INVALID_ARGUMENT',
    })
    assert.throws(() => createRingMap({ size: 4096, name: 'a-b' }), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => createMap({ type: 'rinbuf' as never, maxEntries: 1 }), {
      code: 'ERR_INVALID_ARGUMENT',
    })
    map.close()
    assert.throws(() => map.fd, { code: 'ERR_RESOURCE_CLOSED' })
    assert.throws(() => map.lookup(new Uint8Array(0)), { code: 'ERR_RESOURCE_CLOSED' })
  })

  test('pinned, it outlives its maker, and a consumer goes on where the last one stood', () => {
    const kernel = fileURLToPath(import.meta.resolve('bpf-ringbuf/kernel'))
    const pinning = fileURLToPath(new URL('./support/pinning.js', import.meta.url))
    // In a mount namespace of its own: nothing of the machine is mounted or pinned.
    const { stdout, stderr, status } = spawnSync(
      'unshare',
      ['-m', 'sh', '-c', `mount -t bpf bpf /mnt && node ${pinning} ${kernel} /mnt/ring`],
      { encoding: 'utf8' },
    )
    assert.equal(status, 0, stderr)
    assert.deepEqual(stdout.trim().split('\n'), [
      'pinned',
      'EEXIST',
      'one',
      'two',
      'ERR_INVALID_ARGUMENT',
      'ERR_INVALID_ARGUMENT',
      'ERR_INVALID_ARGUMENT',
      'ERR_INVALID_ARGUMENT',
      'program',
      'unpinned ENOENT',
    ])
  })

  test('where /proc tells nothing, that is said, and not that there is nothing', () => {
    const kernel = JSON.stringify(import.meta.resolve('bpf-ringbuf/kernel'))
    const program = `const { createRingMap } = await import(${kernel})
      try { console.log(createRingMap({ size: 4096 }).fdinfo()) }
      catch ({ code, message }) { console.log(code, message) }`
    const { stdout, stderr } = spawnSync(
      'unshare',
      [
        '-m',
        'sh',
        '-c',
        'mount -t tmpfs none /proc && exec "$0" --input-type=module -e "$1"',
        process.execPath,
        program,
      ],
      { encoding: 'utf8' },
    )
    assert.match(
      stdout,
      /^ERR_SYSTEM open \/proc\/self\/fdinfo\/\d+: ENOENT, \/proc is not mounted$/m,
      stderr,
    )
  })

  tidyTest('a directory that is no bpf file system', () => {
    using map = createRingMap({ size: 4096 })
    assert.throws(() => map.pin('/tmp/bpf-ringbuf-no-pin'), { code: 'ERR_SYSTEM', message: /mount -t bpf/ })
  })
})

// What all maps have in common is in test/map/contract.
describe('elements that only the kernel has so', { skip: NO_BPF }, () => {
  tidyTest('of a value for each processor it keeps what the value has', () => {
    using each = createMap({ type: 'percpu_array', maxEntries: 1, valueSize: 4 })
    const value = each.lookup(u32(0)) as Uint8Array
    value.fill(7)
    each.update(u32(0), value)
    const last = new DataView((each.lookup(u32(0)) as Uint8Array).buffer).getBigUint64(value.length - 8, true)
    assert.equal(last & 0xffff_ffffn, 0x0707_0707n)
    assert.deepEqual(['0', '0-3', '0-1,4-7'].map(countCpus), [1, 4, 8])
  })

  for (const type of ['array_of_maps', 'hash_of_maps'] as const) {
    tidyTest(`${type}: made after a map that is there, or a description`, () => {
      using inner = createRingMap({ size: 4096 })
      using other = createRingMap({ size: 65536 })
      using placed = createRingMap({ size: 4096, numaNode: 0 })
      for (const like of [inner, mapSpec({ type: 'ringbuf', maxEntries: 8192 })]) {
        using map = createMap({ type, maxEntries: 4, inner: like })
        map.update(u32(1), other)
        // By anything that has the descriptor of one.
        map.update(u32(2), { fd: inner.fd })
        assert.deepEqual([map.lookup(u32(1)), map.lookup(u32(2))], [u32(other.id), u32(inner.id)])
        assert.throws(() => map.update(u32(3), placed), { code: 'ERR_MAP_OPERATION', message: /EINVAL/ })
        assert.throws(() => createMap({ type, maxEntries: 1, inner: map }), { code: 'ERR_SYSTEM' })
      }
      assert.throws(() => createMap({ type, maxEntries: 1 }), { code: 'ERR_INVALID_ARGUMENT' })
    })
  }

  tidyTest('what a map is for decides what may be done with it', () => {
    using reading = createMap({ type: 'hash', maxEntries: 1, flags: BPF_F_RDONLY })
    using writing = createMap({ type: 'hash', maxEntries: 1, flags: BPF_F_WRONLY })
    assert.equal(reading.lookup(u32(1)), undefined)
    assert.equal(writing.update(u32(1), u32(1)), true)
    const refused = { code: 'ERR_MAP_OPERATION', message: /EPERM, .*this access/ }
    assert.throws(() => reading.update(u32(1), u32(1)), refused)
    assert.throws(() => writing.lookup(u32(1)), refused)
    assert.throws(() => writing.nextKey(null), refused)
    assert.throws(() => writing.lookupAndDelete(u32(1)), refused)
    assert.throws(() => reading.lookupAndDeleteBatch(1), refused)
  })
})
