/** Receives from Unix sockets and pipes, and cuts what comes into records again. */
import { once } from 'node:events'
import { unlinkSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import type { Readable } from 'node:stream'
import type { OneWay } from '../linux/one-way.js'
import { checkOf, type SequenceCheck } from '../sequence.js'
import { allEnded, startProcess } from './start.js'
import type { Load, SenderTask } from './task.js'

export async function openSockets(load: Load): Promise<OneWay> {
  const path = `${tmpdir()}/bpf-ringbuf-bench-${process.pid}.sock`
  const server = createServer().listen(path)
  await once(server, 'listening')
  const streams: Socket[] = []
  const connected = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      if (streams.push(socket) === load.senders) resolve()
    })
  })
  const ended = allEnded(
    tasksOf({ ...load, kind: 'socket', place: path }).map((task) =>
      startProcess(task, ['ignore', 'ignore', 'inherit']),
    ),
  )
  await connected
  unlinkSync(path)
  return receiveFrom(streams, load, ended, () => server.close())
}

export async function openPipes(load: Load): Promise<OneWay> {
  const senders = tasksOf({ ...load, kind: 'pipe' }).map((task) =>
    startProcess(task, ['ignore', 'pipe', 'inherit']),
  )
  const streams = senders.map(({ stdout }) => stdout as Readable)
  return receiveFrom(streams, load, allEnded(senders), () => {
    for (const sender of senders) sender.kill()
  })
}

function tasksOf(common: Omit<SenderTask, 'sender'>): SenderTask[] {
  return Array.from({ length: common.senders }, (_, sender) => ({ ...common, sender }))
}

/** Until the run is over. `close` ends the senders. */
function receiveFrom(
  streams: readonly Readable[],
  { bytes, senders }: Load,
  ended: Promise<void>,
  close: () => void,
): OneWay {
  const check = checkOf(senders)
  return {
    pinned: true,
    begun: () => check.begun,
    receive: (isOver) =>
      new Promise((resolve, reject) => {
        for (const stream of streams) {
          const take = openCutter(check, bytes)
          const look = (chunk: Buffer) => {
            try {
              take(chunk)
              if (isOver(check.received)) resolve()
              else return
            } catch (error) {
              reject(error)
            }
            for (const each of streams) each.pause()
          }
          stream.on('data', look)
        }
      }),
    async end() {
      for (const stream of streams) stream.destroy()
      close()
      await ended
      return {}
    },
  }
}

/** Cuts a stream of bytes into records again. */
function openCutter(check: SequenceCheck, bytes: number): (chunk: Buffer) => void {
  const rest = Buffer.alloc(bytes)
  let kept = 0
  return (chunk) => {
    let at = 0
    if (kept > 0) {
      at = Math.min(bytes - kept, chunk.length)
      chunk.copy(rest, kept, 0, at)
      kept += at
      if (kept < bytes) return
      check.take(rest.readInt32LE(0))
      kept = 0
    }
    for (; at + bytes <= chunk.length; at += bytes) check.take(chunk.readInt32LE(at))
    kept = chunk.copy(rest, 0, at)
  }
}
