/** Threads as a browser has them: in bundles for it, this stands where `mapped/support/peer.ts` does elsewhere. */
import type { Peer, PeerKind } from '../mapped/support/peer.js'
import { forbidBlocking } from '../ring/support/forbid-blocking.js'

/** So much of a browser as is needed here. The types of a browser and those of Node exclude each other. */
interface Scope {
  readonly Worker: new (program: URL, options: { readonly type: 'module' }) => Thread
  postMessage(message: unknown): void
  addEventListener(event: 'message', listener: (event: { readonly data: unknown }) => void): void
}
interface Thread {
  postMessage(message: unknown): void
  terminate(): void
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onerror: ((event: { readonly message?: string }) => void) | null
}
interface Start {
  readonly data: unknown
  readonly mayBlock: boolean
}

const scope = globalThis as unknown as Scope

export function startPeer(program: URL, data: unknown, kind: PeerKind): Peer {
  if (kind === 'process') throw new Error('a browser starts no processes')
  const thread = new scope.Worker(program, { type: 'module' })
  let failure: Error | undefined
  const ended = new Promise<void>((_, reject) => {
    thread.onerror = ({ message = 'it cannot be loaded' }) => {
      failure ??= new Error(message)
      reject(failure)
    }
  })
  ended.catch(() => {})
  const told = new Promise<unknown>((resolve, reject) => {
    thread.onmessage = ({ data }) => resolve(data)
    ended.catch(reject)
  })
  told.catch(() => {})
  thread.postMessage({ data, mayBlock: kind !== 'unblocking thread' } satisfies Start)
  return {
    ended,
    told,
    get failure() {
      return failure
    },
    stop: () => thread.terminate(),
  }
}

/** What this was started with is its first message. */
export async function dataOfPeer<T>(): Promise<T> {
  const { data, mayBlock } = await new Promise<Start>((resolve) =>
    scope.addEventListener('message', ({ data }) => resolve(data as Start)),
  )
  if (!mayBlock) forbidBlocking()
  return data as T
}

export function tell(what: unknown): void {
  scope.postMessage(what)
}
