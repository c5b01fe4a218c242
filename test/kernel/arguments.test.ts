import assert from 'node:assert/strict'
import { describe } from 'node:test'
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
  loadProgram,
  openKernelRing,
  openMapByFd,
  openMapById,
  openPinnedMap,
  openPinnedProgram,
  openProgramByFd,
  openProgramById,
  openUserRing,
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
}

/** What TypeScript refuses, or cannot know: none of it may reach the kernel as something else. */
const MISTAKES: readonly (readonly [
  call: keyof typeof CALLS,
  mistake: object | string | number | undefined,
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
  ['openKernelRing', -1, /^-1 is no map/],
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
        message: /^unlink .*ENOENT, there is no/,
      })
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
