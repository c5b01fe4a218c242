/** A program that runs as a thread of this process, or as a process of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parentPort, Worker, workerData } from 'node:worker_threads'

export interface Peer {
  /** Rejects when it did not end well. */
  readonly ended: Promise<void>
  /** Why it did not, as soon as that is known. */
  readonly failure: Error | undefined
  /** What it tells when it is done. */
  readonly told: Promise<unknown>
  stop(): void
}

/** Starts it with data that survives JSON, where it is a process. */
export function startPeer(program: URL, data: unknown, kind: 'thread' | 'process'): Peer {
  const peer =
    kind === 'thread'
      ? new Worker(program, { workerData: data })
      : fork(fileURLToPath(program), [JSON.stringify(data)])
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

/** What this was started with. */
export function dataOfPeer<T>(): T {
  return (workerData ?? JSON.parse(process.argv[2] as string)) as T
}

/** Tells whoever started this. */
export function tell(what: unknown): void {
  if (parentPort) parentPort.postMessage(what)
  else process.send?.(what)
}
