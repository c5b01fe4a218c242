import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'node:test'
import { openConsumer } from 'bpf-ringbuf'
import { ProgramBuilder, r0, r1 } from 'bpf-ringbuf/bytecode'
import {
  attachRawTracepoint,
  attachTc,
  attachToSocket,
  attachTracepoint,
  attachUprobe,
  attachXdp,
  createMap,
  createRingMap,
  createUserRingMap,
  loadProgram,
  openKernelRing,
  openMapByFd,
  openMapById,
  openPinnedMap,
  openPinnedProgram,
  openProgramByFd,
  openProgramById,
  openUserRing,
  probeMap,
  typedMap,
} from 'bpf-ringbuf/kernel'
import { NO_BPF } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'

const program = new ProgramBuilder().mov(r0, 2).exit().build()
const withMap = new ProgramBuilder().map(r1, 'x').mov(r0, 2).exit().build()
const nothing = { fd: -1 } as never

const CALLS = {
  createMap,
  createRingMap,
  loadProgram,
  openKernelRing,
  openMapByFd,
  openMapById,
  openPinnedMap,
  openPinnedProgram,
  openProgramByFd,
  openProgramById,
  openUserRing,
  probeMap,
}

/** What TypeScript refuses, or cannot know: none of it may reach the kernel as something else. */
const MISTAKES: readonly (readonly [
  call: keyof typeof CALLS,
  mistake: object | string | number | null | undefined,
  RegExp,
])[] = [
  ['loadProgram', undefined, /^options undefined/],
  ['loadProgram', { type: 'xdp' }, /^program undefined must be an object/],
  [
    'loadProgram',
    { type: 'xdp', program: new Uint8Array(16) },
    /^program must be what ProgramBuilder builds/,
  ],
  [
    'loadProgram',
    load({ program: { ...program, bytes: new Uint8Array(12) } }),
    /^program of 12 bytes must be/,
  ],
  [
    'loadProgram',
    load({ program: { ...program, bytes: new Uint8Array(0) } }),
    /^program of 0 bytes .*at least one/,
  ],
  ['loadProgram', load({ maps: null }), /^maps null/],
  ['loadProgram', load({ program: withMap, maps: { x: null } }), /^map 'x' null must be an object/],
  ['loadProgram', load({ program: withMap, maps: { x: Number.NaN } }), /^map 'x' NaN must be a descriptor/],
  ['loadProgram', load({ program: withMap, maps: { x: {} } }), /^map 'x' .*`fd`/],
  ['loadProgram', load({ program: withMap, maps: { x: { fd: -1 } } }), /map 'x' -1 must be a descriptor/],
  ['loadProgram', load({ flags: Number.NaN }), /^flags NaN must be a whole number below 2\^32/],
  ['loadProgram', load({ flags: -1 }), /^flags -1/],
  ['loadProgram', load({ expectedAttachType: Number.NaN }), /^expectedAttachType NaN/],
  ['loadProgram', load({ expectedAttachType: 2 ** 33 }), /^expectedAttachType 8589934592/],
  ['loadProgram', load({ license: 5 }), /^license 5 must be text of 0 to 127 bytes/],
  ['loadProgram', load({ license: 'GPL\0' }), /^license "GPL\\u0000"/],
  ['loadProgram', load({ license: 'x'.repeat(128) }), /127 bytes/],
  ['loadProgram', load({ name: 'sixteen_letters_' }), /^name 'sixteen_letters_' must be at most 15/],
  ...[null, { slot: 0 }, { name: 'x', slot: -1 }, { name: 'x', slot: 3 }, { name: 'x', slot: 0.5 }].flatMap(
    (place) =>
      ['relocations', 'labels'].map(
        (list) =>
          [
            'loadProgram',
            load({ program: { ...program, [list]: [place] } }),
            /^program must be what ProgramBuilder builds/,
          ] as const,
      ),
  ),
  ['createMap', array({ keySize: Number.NaN }), /^keySize NaN/],
  ['createMap', array({ valueSize: -1 }), /^valueSize -1/],
  ['createMap', array({ maxEntries: 2 ** 32 }), /^maxEntries 4294967296 must be a whole number below 2\^32/],
  ['createMap', array({ maxEntries: '1' }), /^maxEntries 1/],
  ['createMap', array({ flags: Number.NaN }), /^flags NaN/],
  ['createMap', array({ numaNode: 0.5 }), /^numaNode 0.5/],
  ['createMap', array({ name: 'sixteen_letters_' }), /at most 15/],
  ['createMap', array({ type: 'array_of_maps', inner: {} }), /^inner .*`fd`/],
  ['createRingMap', undefined, /^options undefined/],
  ['openMapById', 0, /^id 0 must be a whole number from 1, below 2\^32/],
  ['openMapById', Number.NaN, /^id NaN/],
  ['openProgramById', 0, /^id 0/],
  ['openProgramById', 2 ** 32, /^id 4294967296/],
  ['openMapByFd', undefined, /^map undefined/],
  ['openMapByFd', -1, /^descriptor -1/],
  ['openMapByFd', { pid: 0, fd: 1 }, /^pid 0/],
  ['openProgramByFd', Number.NaN, /^descriptor NaN/],
  ['openPinnedMap', undefined, /^path undefined/],
  ['openPinnedMap', '/sys\0', /^path "\/sys\\u0000" must be text of 1 to 4095 bytes without NUL/],
  ['openPinnedProgram', '', /^path ""/],
  ['openKernelRing', -1, /^map -1 must be a descriptor/],
  ['openKernelRing', 2 ** 32 + 1, /^map 4294967297 must be a descriptor/],
  ['openKernelRing', { fd: '3' }, /^map 3 must be a descriptor/],
  ['probeMap', undefined, /^map type 'undefined' is none of/],
  ['probeMap', 'toString', /^map type 'toString' is none of/],
  ['openUserRing', undefined, /^undefined is no map/],
]

function load(options: object): object {
  return { type: 'xdp', program, ...options }
}

function array(options: object): object {
  return { type: 'array', maxEntries: 1, ...options }
}

describe('arguments that cannot be', { skip: NO_BPF }, () => {
  for (const [call, mistake, message] of MISTAKES) {
    tidyTest(`${call}: ${String(message)}`, () => {
      const open = CALLS[call] as (argument: unknown) => unknown
      assert.throws(() => open(mistake), { code: 'ERR_INVALID_ARGUMENT', message })
    })
  }

  tidyTest('of opening a map as a type, which leave nothing open', () => {
    using map = createMap({ type: 'hash', maxEntries: 1 })
    for (const open of [
      (options: never) => openMapById(map.id, options),
      (options: never) => openMapByFd(map.fd, options),
      (options: never) => openPinnedMap('/no/such/pin', options),
    ]) {
      assert.throws(() => open(null as never), { code: 'ERR_INVALID_ARGUMENT', message: /^options null/ })
      assert.throws(() => open({ type: 'rings' } as never), {
        code: 'ERR_INVALID_ARGUMENT',
        message: /^map type 'rings' is none of/,
      })
    }
    for (const no of [undefined, null, 0, {}]) {
      assert.throws(() => typedMap(no as never, { key: 'u32', value: 'u32' }), {
        code: 'ERR_INVALID_ARGUMENT',
        message: /is no map$/,
      })
    }
  })

  tidyTest('of using a ring', async () => {
    using map = createRingMap({ size: 4096 })
    using ring = openKernelRing(map)
    const consumer = openConsumer(ring)
    for (const signal of [null, 'x', {}]) {
      const message = /^signal .* is no AbortSignal$/
      assert.throws(() => consumer.wait({ signal: signal as never, timeoutMs: 1 }), {
        code: 'ERR_INVALID_ARGUMENT',
        message,
      })
      await assert.rejects(consumer.waitAsync({ signal: signal as never, timeoutMs: 1 }), {
        code: 'ERR_INVALID_ARGUMENT',
        message,
      })
      assert.throws(() => consumer.iterate({ signal: signal as never }), {
        code: 'ERR_INVALID_ARGUMENT',
        message,
      })
    }
    assert.throws(() => consumer.iterate(null as never), { code: 'ERR_INVALID_ARGUMENT' })
  })

  tidyTest('of using a user ring, which leave no record behind', () => {
    using map = createUserRingMap({ size: 4096 })
    using user = openUserRing(map)
    for (const no of [undefined, null, 5, 'text', [1, 2], new BigUint64Array(2), new Uint16Array(2)]) {
      assert.throws(() => user.output(no as never), {
        code: 'ERR_INVALID_ARGUMENT',
        message: /must be a Uint8Array$/,
      })
    }
    for (const no of [10n, 'x', Symbol('x'), {}, undefined]) {
      assert.equal(user.submit(no as never), -22)
      assert.equal(user.discard(no as never), -22)
    }
    assert.deepEqual(user.positions(), { consumer: 0, producer: 0 })
  })

  tidyTest('of attaching', () => {
    using xdp = loadProgram({ type: 'xdp', program })
    for (const [attach, message] of [
      [
        () => attachXdp(xdp, 'nowhere0', { mode: 'native' as never }),
        /^mode 'native' must be one of generic/,
      ],
      [() => attachXdp(xdp, 'nowhere0', null as never), /^options null/],
      [() => attachXdp(xdp, undefined as never), /^'undefined' is no name of a network interface/],
      [() => attachXdp(undefined as never, 'nowhere0'), /^program undefined/],
      [() => attachXdp(nothing, 'nowhere0'), /^the descriptor of the program -1/],
      [() => attachXdp(xdp, Symbol('lo') as never), /^'Symbol\(lo\)' is no name of a network interface/],
      [() => attachTc(xdp, Symbol('lo') as never, 'ingress'), /^'Symbol\(lo\)' is no name/],
      [() => attachTracepoint(xdp, 10n as never), /^tracepoint 10 must be a group and a name/],
      [() => attachTc(xdp, undefined as never, 'ingress'), /^'undefined' is no name/],
      [() => attachRawTracepoint(xdp, undefined as never), /^raw tracepoint undefined/],
      [() => attachRawTracepoint(xdp, 'sys_enter\0'), /^raw tracepoint "sys_enter\\u0000" .*without NUL/],
      [() => attachRawTracepoint(xdp, 'x'.repeat(128)), /of 1 to 127 bytes/],
      [() => attachTracepoint(xdp, 'sched/x\0'), /^tracepoint "sched\/x\\u0000" must be a group and a name/],
      [() => attachTracepoint(xdp, '../../id'), /must be a group and a name/],
      [() => attachTracepoint(xdp, 'sched'), /must be a group and a name/],
      [() => attachTracepoint(xdp, 'a/b', { tracefs: 5 as never }), /^tracefs 5/],
      [() => attachUprobe(xdp, { path: undefined as never, symbol: 'f' }), /^path undefined/],
      [() => attachUprobe(xdp, { path: '/bin/true\0', offset: 0 }), /^path "\/bin\/true\\u0000"/],
      [() => attachUprobe(xdp, { path: process.execPath, symbol: 5 as never }), /^symbol 5/],
      [() => attachUprobe(xdp, { path: process.execPath, symbol: 'no_such' }), /it has no such function/],
      [() => attachToSocket(undefined as never, 5), /^program undefined/],
      [() => attachToSocket(xdp, Number.NaN), /^socket NaN/],
    ] as const) {
      assert.throws(attach, { code: 'ERR_INVALID_ARGUMENT', message })
    }
  })

  tidyTest('of pinning', () => {
    using map = createRingMap({ size: 4096, name: 'ring' })
    using xdp = loadProgram({ type: 'xdp', program })
    for (const one of [map, xdp]) {
      assert.throws(() => one.pin(undefined as never), { code: 'ERR_INVALID_ARGUMENT' })
      assert.throws(() => one.pin('/tmp/a\0b'), { code: 'ERR_INVALID_ARGUMENT', message: /without NUL/ })
      assert.throws(() => one.unpin('/no/such/pin'), {
        code: 'ERR_SYSTEM',
        message: /^bpf\(BPF_OBJ_GET\) .*ENOENT, there is no/,
      })
      // A file of another kind is not taken away.
      const file = join(tmpdir(), `bpf-ringbuf-no-pin-${process.pid}`)
      writeFileSync(file, 'kept')
      assert.throws(() => one.unpin(file), { code: 'ERR_SYSTEM', message: /EACCES, .*nothing of BPF/ })
      assert.equal(readFileSync(file, 'utf8'), 'kept')
      rmSync(file)
    }
    assert.throws(() => openPinnedMap('/etc/passwd'), {
      code: 'ERR_SYSTEM',
      message:
        "bpf(BPF_OBJ_GET) map at '/etc/passwd': EACCES, the file is nothing of BPF, or its permissions or the mount do not allow it",
    })
  })

  tidyTest('that only the kernel can know', () => {
    assert.throws(() => createMap({ type: 'array', maxEntries: 2 ** 32 - 1, valueSize: 2 ** 31 }), {
      code: 'ERR_SYSTEM',
      message: "bpf(BPF_MAP_CREATE) array '': E2BIG, it is larger than this kernel allows",
    })
    assert.throws(() => loadProgram({ type: 'xdp', program, flags: 2 ** 30 }), {
      code: 'ERR_PROGRAM_REFUSED',
      message: /\(EINVAL\): this kernel does not know the type, a flag, or an instruction/,
    })
  })
})
