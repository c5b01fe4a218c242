import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ProgramBuilder, r0 } from 'bpf-ringbuf/bytecode'
import {
  attachRawTracepoint,
  attachTc,
  attachToSocket,
  attachTracepoint,
  attachUprobe,
  attachXdp,
  loadProgram,
} from 'bpf-ringbuf/kernel'
import { symbolOffset } from '#dist/kernel/elf-symbol.js'
import { F_DUPFD_CLOEXEC } from '#dist/system/constants.js'
import { Descriptor } from '#dist/system/descriptor.js'
import { door, NO_BPF } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'
import { runProgram } from '../system/support/process.js'
import { loadNoting } from './support/noting-program.js'

const SOL_SOCKET = 1
const SO_DETACH_BPF = 27

const attaching = fileURLToPath(new URL('./support/attaching.js', import.meta.url))

/** Brings up the loopback interface of a new network namespace. */
const LO_UP = `python3 -c "import socket,fcntl,struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sH14s', b'lo', 0x41, b''))"`

describe('a program that is attached', { skip: NO_BPF }, () => {
  tidyTest('to a raw tracepoint: sees this process, until it is detached', () => {
    const notes = loadNoting('raw_tracepoint', process.pid)
    assert.equal(notes.count(), 0)
    const attachment = attachRawTracepoint(notes.program, 'sys_enter')
    for (let i = 0; i < 5; i++) statSync('/')
    attachment.close()
    attachment.close()
    assert.equal(attachment.closed, true)
    assert.ok(notes.count() >= 5)
    statSync('/')
    assert.equal(notes.count(), 0)
    assert.throws(() => attachRawTracepoint(notes.program, 'no_such_thing'), {
      code: 'ERR_SYSTEM',
      message: /ENOENT, there is no such tracepoint/,
    })
    notes.close()
  })

  test('it stays so though nobody holds it', async () => {
    const noting = JSON.stringify(import.meta.resolve('./support/noting-program.js'))
    const kernel = JSON.stringify(import.meta.resolve('bpf-ringbuf/kernel'))
    const { output, errors } = await runProgram(
      `const { loadNoting } = await import(${noting})
       const { attachRawTracepoint } = await import(${kernel})
       const { statSync } = await import('node:fs')
       const notes = loadNoting('raw_tracepoint', process.pid)
       attachRawTracepoint(notes.program, 'sys_enter')
       for (let i = 0; i < 5; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 10)) }
       notes.count()
       statSync('/')
       process.stdout.write(String(notes.count() > 0))`,
      ['--expose-gc'],
    )
    assert.equal(output, 'true', errors)
  })

  tidyTest('to a socket: sees what it receives', async () => {
    const notes = loadNoting('socket_filter', 0, -1)
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [peer] = (await once(server, 'connection')) as [Socket]
    const { fd } = (peer as unknown as { _handle: { fd: number } })._handle
    {
      using _ = attachToSocket(notes.program, fd)
      assert.throws(() => attachToSocket(notes.program, fd), { code: 'ERR_INVALID_ARGUMENT' })
      client.write('hello')
      assert.equal(String((await once(peer, 'data'))[0]), 'hello')
      assert.ok(notes.count() > 0)
    }
    client.write('again')
    await once(peer, 'data')
    assert.equal(notes.count(), 0)
    client.destroy()
    peer.destroy()
    server.close()
    assert.throws(() => attachToSocket(notes.program, notes.program.fd), {
      code: 'ERR_SYSTEM',
      message: /ENOTSOCK/,
    })
    notes.close()
  })

  for (const returns of [false, true]) {
    tidyTest(`to a function of a library, ${returns ? 'when it returns' : 'by its name'}`, () => {
      const libc = /\/\S*\/libc\.so\.6/.exec(readFileSync('/proc/self/maps', 'utf8'))?.[0] as string
      const notes = loadNoting('kprobe', process.pid)
      const attachment = attachUprobe(notes.program, {
        path: libc,
        symbol: 'getppid',
        returns,
        pid: process.pid,
      })
      for (let i = 0; i < 3; i++) assert.ok(process.ppid > 0)
      attachment.close()
      assert.equal(notes.count(), 3)
      assert.ok(process.ppid > 0)
      assert.equal(notes.count(), 0)
      const offset = symbolOffset(door, libc, 'getppid')
      const again = attachUprobe(notes.program, { path: libc, offset, returns, pid: process.pid })
      assert.ok(process.ppid > 0)
      again.close()
      assert.equal(notes.count(), 1)
      notes.close()
      assert.throws(() => symbolOffset(door, libc, 'no_such_function'), { code: 'ERR_INVALID_ARGUMENT' })
      assert.throws(() => symbolOffset(door, '/etc/passwd', 'x'), { code: 'ERR_INVALID_ARGUMENT' })
    })
  }

  for (const kind of ['xdp', 'tc-ingress', 'tc-egress']) {
    test(`${kind}, to an interface of a network of its own`, () => {
      const { stdout, stderr } = spawnSync(
        'unshare',
        ['-n', 'sh', '-c', `${LO_UP} && node ${attaching} ${kind}`],
        {
          encoding: 'utf8',
        },
      )
      assert.equal(stdout.trim(), '0 5 0', stderr)
    })
  }

  test('to a tracepoint', () => {
    const command = `mount -t tracefs tracefs /mnt && node ${attaching} tracepoint`
    const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', command], { encoding: 'utf8' })
    assert.equal(stdout.trim(), '0 5 0', stderr)
  })

  tidyTest('to a socket, not to the number of its descriptor', async () => {
    using program = loadProgram({
      type: 'socket_filter',
      program: new ProgramBuilder().mov(r0, -1).exit().build(),
    })
    const listening = () => createServer().listen(0, '127.0.0.1').unref()
    const [one, other] = [listening(), listening()]
    await Promise.all([once(one, 'listening'), once(other, 'listening')])
    const fdOf = (server: Server) => (server as unknown as { _handle: { fd: number } })._handle.fd
    const at700 = (server: Server) =>
      Descriptor.own(door, door.fcntl(fdOf(server), F_DUPFD_CLOEXEC, 700), 'fcntl', 'number 700')
    const hasProgram = (server: Server) => door.setsockopt(fdOf(server), SOL_SOCKET, SO_DETACH_BPF, 0) === 0

    const first = at700(one)
    const { fd } = first
    const attachment = attachToSocket(program, fd)
    assert.throws(() => attachToSocket(program, fdOf(one)), { code: 'ERR_INVALID_ARGUMENT' })
    first.close()
    {
      using second = at700(other)
      assert.equal(second.fd, fd)
      using _ = attachToSocket(program, fd)
      attachment.close()
      assert.equal(hasProgram(other), true)
    }
    assert.equal(hasProgram(one), true)
    attachToSocket(program, fdOf(one)).close()
    assert.equal(hasProgram(one), false)
    one.close()
    other.close()
  })

  tidyTest('what is not there', () => {
    using program = loadProgram({ type: 'xdp', program: new ProgramBuilder().mov(r0, 2).exit().build() })
    assert.throws(() => attachXdp(program, 'nothing0'), {
      code: 'ERR_SYSTEM',
      message: /no such network interface/,
    })
    assert.throws(() => attachXdp(program, '../lo'), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => attachTc(program, 'lo', 'in' as never), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => attachTc(program, 'lo', 'ingress'), { code: 'ERR_SYSTEM', message: /EINVAL/ })
    assert.throws(() => attachTracepoint(program, 'sched/nothing', { tracefs: '/nowhere' }), {
      code: 'ERR_SYSTEM',
      message: /mount -t tracefs/,
    })
    assert.throws(() => attachUprobe(program, { path: '/bin/true' }), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => attachUprobe(program, { path: '/bin/true', offset: -1 }), {
      code: 'ERR_INVALID_ARGUMENT',
    })
    assert.throws(() => attachTracepoint(program, Number.NaN), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => attachToSocket(program, Number.NaN), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => attachUprobe(program, { path: '/no/such', offset: 0 }), {
      code: 'ERR_SYSTEM',
      message: /ENOENT, there is no such file$/,
    })
    // Cut to 32 bits it would be this process.
    assert.throws(() => attachUprobe(program, { path: '/bin/true', offset: 0, pid: 2 ** 32 }), {
      code: 'ERR_INVALID_ARGUMENT',
      message: /^pid 4294967296 must be a whole number from -1 to 2147483647/,
    })
    assert.throws(() => attachUprobe(program, { path: '/bin/true', offset: null as never }), {
      code: 'ERR_INVALID_ARGUMENT',
      message: /^offset null must be/,
    })
    assert.throws(() => attachTracepoint(program, 999_999_999), {
      code: 'ERR_SYSTEM',
      message: /EINVAL, there is no such event$/,
    })
    assert.throws(() => attachToSocket(program, 99_999), {
      code: 'ERR_SYSTEM',
      message: /EBADF, this process has no such descriptor$/,
    })
    assert.throws(() => attachUprobe(program, { path: '/etc', symbol: 'x' }), {
      code: 'ERR_INVALID_ARGUMENT',
      message: /no ELF file/,
    })
  })
})
