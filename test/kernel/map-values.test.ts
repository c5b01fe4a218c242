import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { createMap, createRingMap, type KernelMap, loadProgram, typedMap } from 'bpf-ringbuf/kernel'
import { ProgramBuilder } from '#dist/bytecode/builder.js'
import { u64 as long, u32 as word } from '#dist/bytecode/place.js'
import { r0, r1, r2, r3, r10 } from '#dist/bytecode/register.js'
import { NO_BPF } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'

const BPF_F_MMAPABLE = 1024
/** Node 20 cannot detach buffers: there, what is closed is unmapped when it is collected. */
const CAN_DETACH = typeof ArrayBuffer.prototype.transfer === 'function'

const u32 = (value: number) => new Uint8Array(new Uint32Array([value]).buffer)

/** A program that adds one to the counter of index 1. */
function counting(map: KernelMap) {
  const program = new ProgramBuilder()
    .store(word(r10, -4), 1)
    .map(r1, 'counters')
    .mov(r2, r10)
    .add(r2, -4)
    .call('bpf_map_lookup_elem')
    .gotoIf(r0, '==', 0, 'end')
    .mov(r3, 1)
    .atomic('add', long(r0), r3)
    .label('end')
    .mov(r0, 0)
    .exit()
    .build()
  return loadProgram({ type: 'raw_tracepoint', program, maps: { counters: map } })
}

describe('an array that is mapped', { skip: NO_BPF }, () => {
  const array = (flags = BPF_F_MMAPABLE) =>
    createMap({ type: 'array', name: 'counters', maxEntries: 600, valueSize: 8, flags })

  tidyTest('shows what programs and calls write, and they what is written there', () => {
    using map = array()
    using values = map.mapped()
    using program = counting(map)
    const counters = new BigUint64Array(values.buffer)
    assert.deepEqual([values.length, values.strideBytes, counters.length], [600, 8, 600])
    for (let i = 0; i < 3; i++) program.testRun({ context: new Uint8Array(8) })
    assert.equal(Atomics.load(counters, 1), 3n)
    // Also the last one, on another page.
    new DataView(values.buffer).setBigUint64(599 * 8, 7n, true)
    assert.equal(map.lookup(u32(599))?.[0], 7)
    map.update(u32(2), new Uint8Array(8).fill(9))
    assert.deepEqual(values.value(2), new Uint8Array(8).fill(9))
  })

  tidyTest('has values at multiples of 8 bytes', () => {
    using map = createMap({ type: 'array', maxEntries: 3, valueSize: 5, flags: BPF_F_MMAPABLE })
    using values = map.mapped()
    map.update(u32(2), new Uint8Array([1, 2, 3, 4, 5]))
    assert.deepEqual(values.value(2), new Uint8Array([1, 2, 3, 4, 5]))
    assert.deepEqual([values.strideBytes, values.value(2).byteOffset], [8, 16])
    for (const index of [3, -1, 0.5, Number.NaN]) {
      assert.throws(() => values.value(index), { code: 'ERR_INVALID_ARGUMENT', message: /below 3/ })
    }
  })

  tidyTest('outlives its map; closed, no view of it is left', () => {
    const map = array()
    const values = map.mapped()
    map.close()
    const view = values.value(0)
    view[0] = 5
    values.close()
    values.close()
    assert.equal(values.closed, true)
    assert.throws(() => values.buffer, { code: 'ERR_RESOURCE_CLOSED' })
    assert.throws(() => values.value(0), { code: 'ERR_RESOURCE_CLOSED' })
    assert.equal(view[0], CAN_DETACH ? undefined : 5)
    assert.throws(() => map.mapped(), { code: 'ERR_RESOURCE_CLOSED' })
  })

  tidyTest('cannot be frozen while it is written; frozen, it can be read', () => {
    using map = array()
    const writable = map.mapped()
    assert.throws(() => map.freeze(), { code: 'ERR_MAP_OPERATION', message: /EBUSY/ })
    writable.close()
    using frozen = array()
    frozen.freeze()
    assert.throws(() => frozen.mapped(), {
      code: 'ERR_SYSTEM',
      message: /mmap array 'counters': EPERM, .*frozen/,
    })
    using values = frozen.mapped({ access: 'read' })
    assert.deepEqual(values.value(1), new Uint8Array(8))
  })

  tidyTest('refused: without the flag, of other types, for other access', () => {
    using map = array(0)
    assert.throws(() => map.mapped(), {
      code: 'ERR_SYSTEM',
      message: "mmap array 'counters': EINVAL, the map was made without BPF_F_MMAPABLE (1024)",
    })
    using hash = createMap({ type: 'hash', maxEntries: 1 })
    using ring = createRingMap({ size: 4096 })
    for (const other of [hash, ring]) {
      assert.throws(() => other.mapped(), { code: 'ERR_INVALID_ARGUMENT', message: /only an array/ })
    }
    assert.throws(() => map.mapped({ access: 'write' as never }), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => map.mapped(null as never), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => createMap({ type: 'hash', maxEntries: 1, flags: BPF_F_MMAPABLE }), {
      code: 'ERR_SYSTEM',
    })
  })
})

describe('a counter for each processor', { skip: NO_BPF }, () => {
  for (const type of ['percpu_array', 'percpu_hash'] as const) {
    tidyTest(`of a ${type}: by processor, and in sum`, () => {
      using map = createMap({ type, name: 'counters', maxEntries: 2, valueSize: 8 })
      const all = map.lookup(u32(0))?.length ?? 0
      if (type === 'percpu_hash') {
        assert.equal(map.lookupPerCpu(u32(1)), undefined)
        assert.equal(map.sumPerCpu(u32(1)), undefined)
        map.update(u32(1), new Uint8Array(map.info.valueSize * cpus()))
      } else assert.equal(all, 8 * cpus())
      using program = counting(map)
      const times = [3, 5]
      for (const [cpu, count] of times.entries()) {
        for (let i = 0; i < count; i++) program.testRun({ context: new Uint8Array(8), cpu })
      }
      const typed = typedMap(map, { key: 'u32', value: 'u64' })
      const each = typed.perCpu(1) as bigint[]
      assert.deepEqual(each.slice(0, 2), [3n, 5n])
      assert.equal(each.length, cpus())
      assert.equal(map.sumPerCpu(u32(1)), 8n)
      assert.throws(() => typed.get(1), { code: 'ERR_INVALID_ARGUMENT', message: /perCpu/ })
    })
  }

  tidyTest('of 4 bytes; and what is no counter', () => {
    using small = createMap({ type: 'percpu_array', maxEntries: 1, valueSize: 4 })
    small.update(u32(0), new Uint8Array(8 * cpus()).fill(0xff))
    assert.equal(small.sumPerCpu(u32(0)), 0xffff_ffffn * BigInt(cpus()))
    assert.equal(small.lookupPerCpu(u32(0))?.[0]?.length, 4)
    using wide = createMap({ type: 'percpu_array', maxEntries: 1, valueSize: 16 })
    assert.throws(() => wide.sumPerCpu(u32(0)), { code: 'ERR_INVALID_ARGUMENT', message: /not 16/ })
    using single = createMap({ type: 'array', maxEntries: 1 })
    assert.throws(() => single.sumPerCpu(u32(0)), {
      code: 'ERR_INVALID_ARGUMENT',
      message: /one value for all/,
    })
  })

  function cpus(): number {
    using map = createMap({ type: 'percpu_array', maxEntries: 1, valueSize: 8 })
    return (map.lookup(u32(0)) as Uint8Array).length / 8
  }
})

describe('a map by its types', { skip: NO_BPF }, () => {
  tidyTest('numbers and structures, padded as C does', () => {
    using map = createMap({ type: 'hash', maxEntries: 4, keySize: 8, valueSize: 24 })
    const typed = typedMap(map, {
      key: { family: 'u16', port: 'u32' },
      value: { kind: 'i8', bytes: 'u64', delta: 'i32' },
    })
    const key = { family: 2, port: 443 }
    const value = { kind: -1, bytes: 2n ** 64n - 1n, delta: -5 }
    assert.equal(typed.get(key), undefined)
    assert.equal(typed.set(key, value), true)
    assert.equal(typed.set(key, value, 'noexist'), false)
    assert.deepEqual(typed.get(key), value)
    assert.deepEqual([...typed], [[key, value]])
    assert.deepEqual([...typed.keys()], [key])
    const bytes = map.lookup(new Uint8Array([2, 0, 0, 0, 0xbb, 1, 0, 0])) as Uint8Array
    assert.deepEqual([bytes[0], bytes[8], bytes[16], bytes[20]], [0xff, 0xff, 0xfb, 0])
    assert.equal(typed.delete(key), true)
  })

  tidyTest('every width, at its limits', () => {
    for (const [type, size, least, most] of [
      ['u8', 1, 0, 255],
      ['i8', 1, -128, 127],
      ['u16', 2, 0, 65535],
      ['i16', 2, -32768, 32767],
      ['u32', 4, 0, 2 ** 32 - 1],
      ['i32', 4, -(2 ** 31), 2 ** 31 - 1],
      ['u64', 8, 0n, 2n ** 64n - 1n],
      ['i64', 8, -(2n ** 63n), 2n ** 63n - 1n],
    ] as const) {
      using map = createMap({ type: 'array', maxEntries: 1, valueSize: size })
      const typed = typedMap(map, { key: 'u32', value: type })
      const one = typeof most === 'bigint' ? 1n : 1
      for (const value of [least, most]) {
        typed.set(0, value as never)
        assert.equal(typed.get(0), value)
      }
      for (const value of [
        (least as never) - (one as never),
        (most as never) + (one as never),
        'text',
        undefined,
      ]) {
        assert.throws(
          () => typed.set(0, value as never),
          { code: 'ERR_INVALID_ARGUMENT' },
          `${type} ${value}`,
        )
      }
    }
  })

  tidyTest('layouts that are not the map’s', () => {
    using map = createMap({ type: 'array', maxEntries: 1, valueSize: 8 })
    assert.throws(() => typedMap(map, { key: 'u32', value: 'u32' }), {
      code: 'ERR_INVALID_ARGUMENT',
      message: /a value takes 8 bytes, and this layout has 4/,
    })
    for (const layouts of [{ key: 'u33', value: 'u64' }, { key: 'u32' }, { key: null, value: 'u64' }, null]) {
      assert.throws(() => typedMap(map, layouts as never), { code: 'ERR_INVALID_ARGUMENT' })
    }
    const typed = typedMap(map, { key: 'u32', value: 'u64' })
    assert.throws(() => typed.set(0, 1 as never), { code: 'ERR_INVALID_ARGUMENT', message: /bigint/ })
    assert.throws(() => typed.get(0.5), { code: 'ERR_INVALID_ARGUMENT' })
  })
})
