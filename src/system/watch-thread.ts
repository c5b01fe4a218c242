/**
 * Watching descriptors where the event loop cannot be asked: a thread of our own waits in epoll for all that
 * this thread watches, and sends a message when something is ready.
 *
 *   this thread                        epoll                    the watcher (watch-worker.ts)
 *   register once ──────────────────►  fd, one event
 *                                      readable  ────────────►  epoll_wait returns
 *   ready()  ◄──────────────────────────────────── message ───  waits on
 *   register again, for one event ──►  still readable? ──────►  at once
 *
 * One event each (EPOLLONESHOT): the watcher would send the same message again and again, faster than this
 * thread can read. Registering again asks the kernel anew, so nothing is lost between.
 */
import { RingbufError } from '../abi/error.js'
import type { BackendName, LoopHandle } from './backend.js'
import { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EPOLLIN, EPOLLONESHOT } from './constants.js'
import { must } from './failure.js'
import { atExit, builtin, workerOptions } from './runtime.js'
import type { System } from './system.js'

/** What the watcher is told at its start. */
export interface WatcherStart {
  readonly backend: BackendName
  readonly epoll: number
}

/** The tag of the eventfd that ends the watcher; those of watches follow, and are never used again. */
export const END_TAG = 0

interface WorkerThreads {
  Worker: new (
    url: URL,
    options: { readonly workerData: WatcherStart; readonly execArgv?: readonly string[] },
  ) => {
    on(event: 'message', listener: (tags: readonly number[]) => void): void
    on(event: 'error', listener: (error: unknown) => void): void
    on(event: 'exit', listener: () => void): void
    ref(): void
    unref(): void
  }
}

interface Watched {
  readonly fd: number
  readonly ready: () => void
  ref: boolean
}

let watcher: Watcher | undefined

/** @throws RingbufError ERR_SYSTEM, ERR_NOT_SUPPORTED where there are no threads */
export function watchByThread(system: System, fd: number, what: string, ready: () => void): LoopHandle {
  if (!watcher?.takes(system)) watcher = new Watcher(system)
  return watcher.add(fd, what, ready)
}

class Watcher {
  readonly #system: System
  // Numbers without an owner: the watcher uses them until it has ended, whoever has closed what.
  readonly #epoll: number
  readonly #end: number
  readonly #worker: InstanceType<WorkerThreads['Worker']>
  readonly #watched = new Map<number, Watched>()
  #nextTag = END_TAG + 1
  #ended = false

  constructor(system: System) {
    const threads = builtin<WorkerThreads>('node:worker_threads')
    if (!threads) throw new RingbufError('ERR_NOT_SUPPORTED', 'this runtime has no node:worker_threads')
    this.#system = system
    this.#epoll = must(system.epollCreate(), 'epoll_create1', 'watcher')
    this.#end = must(system.eventfd(0), 'eventfd2', 'watcher')
    system.epollControl(this.#epoll, EPOLL_CTL_ADD, this.#end, EPOLLIN, END_TAG)
    this.#worker = new threads.Worker(new URL('./watch-worker.js', import.meta.url), {
      workerData: { backend: system.backend, epoll: this.#epoll },
      ...workerOptions(),
    })
    this.#worker.on('message', (tags) => this.#deliver(tags))
    this.#worker.on('error', (error) => {
      this.#ended = true
      throw error
    })
    // The thread that ends waits for its watcher, which would sleep on for up to a slice.
    const notAtExit = atExit(() => system.eventfdWrite(this.#end, 1))
    this.#worker.on('exit', () => {
      notAtExit()
      system.close(this.#epoll)
      system.close(this.#end)
    })
  }

  /** Whether it still takes watches of this door. */
  takes(system: System): boolean {
    return !this.#ended && this.#system === system
  }

  add(fd: number, what: string, ready: () => void): LoopHandle {
    const tag = this.#nextTag++
    const watched = { fd, ready, ref: true }
    this.#watched.set(tag, watched)
    this.#refWorker()
    const answer = this.#system.epollControl(this.#epoll, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLONESHOT, tag)
    if (answer < 0) this.#remove(tag)
    must(answer, 'epoll_ctl', what)
    const setRef = (ref: boolean) => {
      watched.ref = ref
      this.#refWorker()
    }
    return { close: () => this.#remove(tag), ref: () => setRef(true), unref: () => setRef(false) }
  }

  #remove(tag: number): void {
    const watched = this.#watched.get(tag)
    if (!watched || this.#ended) return
    this.#watched.delete(tag)
    this.#system.epollControl(this.#epoll, EPOLL_CTL_DEL, watched.fd, 0, 0)
    this.#refWorker()
    if (this.#watched.size > 0) return
    this.#ended = true
    this.#system.eventfdWrite(this.#end, 1)
  }

  #deliver(tags: readonly number[]): void {
    for (const tag of tags) {
      const watched = this.#watched.get(tag)
      if (!watched) continue
      watched.ready()
      // Closed meanwhile, perhaps by its own callback.
      if (!this.#watched.has(tag)) continue
      this.#system.epollControl(this.#epoll, EPOLL_CTL_MOD, watched.fd, EPOLLIN | EPOLLONESHOT, tag)
    }
  }

  #refWorker(): void {
    if ([...this.#watched.values()].some(({ ref }) => ref)) this.#worker.ref()
    else this.#worker.unref()
  }
}
