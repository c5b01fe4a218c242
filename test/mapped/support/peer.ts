/** A program that runs as a thread of this process, or as a process of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { forbidBlocking } from '../../ring/support/forbid-blocking.js'

/** What a peer is; the last is a thread in which nothing may block. */
export type PeerKind = 'thread' | 'process' | 'unblocking thread'

export interface Peer {
  /** Rejects when it did not end well. */
  readonly ended: Promise<void>
  /** Why it did not, as soon as that is known. */
  readonly failure: Error | undefined
  /** What it tells when it is done. */
  readonly told: Promise<unknown>
  stop(): void
}

/** What it is started with. */
interface Start {
  readonly data: unknown
  readonly mayBlock: boolean
}

/** Starts it with data that survives JSON, where it is a process. */
export function startPeer(program: URL, data: unknown, kind: PeerKind): Peer {
  const start: Start = { data, mayBlock: kind !== 'unblocking thread' }
  const peer =
    kind === 'process'
      ? fork(fileURLToPath(program), [JSON.stringify(start)])
      : new Worker(program, { workerData: start })
  let failure: Error | undefined
  peer.on('error', (error: Error) => {
    failure ??= error
  })
  const ended = once(peer, 'exit').then(([code, signal]) => {
    if (code !== 0) failure ??= new Error(`it ended with ${code ?? signal}`)
    if (failure) throw failure
  })
  ended.catch((error) => {
    failure ??= error
  })
  const told = new Promise<unknown>((resolve, reject) => {
    peer.on('message', resolve)
    ended.then(() => reject(new Error('it ended without a word')), reject)
  })
  told.catch(() => {})
  return {
    ended,
    told,
    get failure() {
      return failure
    },
    stop() {
      if (peer instanceof Worker) void peer.terminate()
      else peer.kill('SIGKILL')
    },
  }
}

/** What this was started with. To be asked for before anything else is done. */
export async function dataOfPeer<T>(): Promise<T> {
  const { data, mayBlock }: Start = workerData ?? JSON.parse(process.argv[2] as string)
  if (!mayBlock) forbidBlocking()
  return data as T
}

/** Tells whoever started this. */
export function tell(what: unknown): void {
  if (parentPort) parentPort.postMessage(what)
  else process.send?.(what)
}
