/** 64-byte records from one process to another, and what they are compared with. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { unlinkSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { openConsumer, type RawCallback } from '../../../dist/index.js'
import { createMappedRing } from '../../../dist/ring/mapped-ring.js'
import { RING_BYTES } from '../cases.js'
import type { Contestant } from '../contestant.js'
import { PROCESS_BYTES } from '../linux/cases.js'
import type { OneWay } from '../linux/one-way.js'
import type { SenderKind } from '../linux/sender.js'
import { SequenceCheck } from '../sequence.js'
import { betweenProcesses } from './latency/mapped.js'

const SENDER = new URL('../linux/sender.js', import.meta.url)
/** Records between two looks at the clock. */
const LOOK_RECORDS = 4096

function startProcess(kind: SenderKind, place: string, fd?: number): ChildProcess {
  return spawn(process.execPath, [fileURLToPath(SENDER), kind, place], {
    stdio: ['ignore', 'ignore', 'inherit', ...(fd === undefined ? [] : [fd])],
  })
}

/** In another process, or in another thread of this one. */
async function openMapped(where: 'process' | 'thread', kind: SenderKind): Promise<OneWay> {
  const ring = createMappedRing({ size: RING_BYTES })
  const sender =
    where === 'process'
      ? startProcess(kind, '3', ring.fd)
      : new Worker(SENDER, { argv: [kind, JSON.stringify(ring.handle)] })
  const ended = once(sender, 'exit')
  const consumer = openConsumer(ring)
  const { i32 } = consumer.memory
  const check = new SequenceCheck()
  const look: RawCallback = (_memory, offset, length) => {
    if (length !== PROCESS_BYTES) throw new Error(`a record of ${length} bytes came out`)
    check.take(i32[offset >>> 2] as number)
  }
  // Its start is not measured.
  await consumer.waitAsync()
  return {
    pinned: true,
    receive(isOver) {
      do {
        if (consumer.consumeRaw(look, { max: LOOK_RECORDS }) < LOOK_RECORDS)
          consumer.waitBusy({ timeoutMs: 0.1 })
      } while (!isOver(check.received))
    },
    async end() {
      ring.close()
      const [code] = await ended
      if (code !== 0) throw new Error(`the sender ended with ${code}`)
      consumer.consumeRaw(look)
      const { submitted } = ring.counters()
      if (check.received !== submitted) throw new Error(`${submitted} sent, ${check.received} received`)
      return {}
    },
  }
}

/** Cuts a stream of bytes into records again. */
function openCutter(check: SequenceCheck): (bytes: Buffer) => void {
  const rest = Buffer.alloc(PROCESS_BYTES)
  let kept = 0
  return (bytes) => {
    let at = 0
    if (kept > 0) {
      at = Math.min(PROCESS_BYTES - kept, bytes.length)
      bytes.copy(rest, kept, 0, at)
      kept += at
      if (kept < PROCESS_BYTES) return
      check.take(rest.readInt32LE(0))
      kept = 0
    }
    for (; at + PROCESS_BYTES <= bytes.length; at += PROCESS_BYTES) check.take(bytes.readInt32LE(at))
    kept = bytes.copy(rest, 0, at)
  }
}

/** Receives from a stream until the run is over. `close` ends the sender. */
function receiveFrom(stream: Readable, ended: Promise<unknown>, close: () => void): OneWay {
  const check = new SequenceCheck()
  const take = openCutter(check)
  return {
    pinned: true,
    receive: (isOver) =>
      new Promise((resolve) => {
        const look = (bytes: Buffer) => {
          take(bytes)
          if (!isOver(check.received)) return
          stream.off('data', look)
          resolve()
        }
        stream.on('data', look)
      }),
    async end() {
      stream.destroy()
      close()
      await ended
      return {}
    },
  }
}

async function openSocket(kind: SenderKind): Promise<OneWay> {
  const path = `${tmpdir()}/bpf-ringbuf-bench-${process.pid}.sock`
  const server = createServer().listen(path)
  await once(server, 'listening')
  const sender = startProcess(kind, path)
  const ended = once(sender, 'exit')
  const [socket] = (await once(server, 'connection')) as [Socket]
  unlinkSync(path)
  return receiveFrom(socket, ended, () => server.close())
}

async function openPipe(kind: SenderKind): Promise<OneWay> {
  const sender = spawn(process.execPath, [fileURLToPath(SENDER), kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return receiveFrom(sender.stdout, once(sender, 'exit'), () => sender.kill())
}

/** Parent and child of Node, which have a channel: messages are cloned. */
async function openChannel(): Promise<OneWay> {
  const sender = fork(fileURLToPath(SENDER), ['ipc'], { serialization: 'advanced' })
  const ended = once(sender, 'exit')
  const check = new SequenceCheck()
  return {
    pinned: true,
    receive: (isOver) =>
      new Promise((resolve) => {
        sender.on('message', (message) => {
          const bytes = message as Uint8Array
          if (bytes.length !== PROCESS_BYTES) throw new Error(`a message of ${bytes.length} bytes came out`)
          check.take(new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true))
          if (isOver(check.received)) resolve()
        })
      }),
    async end() {
      sender.disconnect()
      await ended
      return {}
    },
  }
}

const absent = () => (process.platform === 'linux' ? null : 'rings between processes need Linux')

function mapped(
  name: string,
  about: string,
  where: 'process' | 'thread',
  kind: SenderKind,
  more: Contestant['cases'] = {},
): Contestant {
  return {
    name,
    about,
    absent,
    cases: { 'process-64B': { kind: 'one-way', open: () => openMapped(where, kind) }, ...more },
  }
}

function other(name: string, about: string, open: () => Promise<OneWay>): Contestant {
  return { name, about, absent, cases: { 'process-64B': { kind: 'one-way', open } } }
}

export const contestants: readonly Contestant[] = [
  mapped(
    'mapped-processes',
    'createMappedRing; another process reserves, fills, submits',
    'process',
    'reserve',
    betweenProcesses,
  ),
  mapped('mapped-threads', 'the same ring; another thread of this process', 'thread', 'reserve'),
  mapped('mapped-processes-output', 'createMappedRing; another process calls output', 'process', 'output'),
  mapped('mapped-threads-output', 'the same ring; another thread of this process', 'thread', 'output'),
  other('unix-socket', 'a Unix socket, one write a message', () => openSocket('socket')),
  other('unix-socket-batch', 'the same, but 16 messages with one write', () => openSocket('socket-batch')),
  other('pipe', 'standard output of a child, one write a message', () => openPipe('pipe')),
  other('pipe-batch', 'the same, but 16 messages with one write', () => openPipe('pipe-batch')),
  other('child-ipc', "process.send of a child of Node, serialization 'advanced'", openChannel),
]
