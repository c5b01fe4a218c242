/** Wakes the event loop when a descriptor is readable, without blocking a thread of the runtime's pool. */
import { RingbufError } from '../abi/error.js'
import type { LoopHandle } from './backend.js'
import { EPOLL_CTL_ADD, EPOLLIN, F_DUPFD_CLOEXEC } from './constants.js'
import { must } from './failure.js'
import { opened } from './openings.js'
import type { System } from './system.js'
import { watchByThread } from './watch-thread.js'

export interface WatchOptions {
  /** By the event loop itself, where it can be asked, or by a thread of its own. Default: the first that is. */
  readonly by?: 'loop' | 'thread'
}

/**
 * A descriptor that is watched. `ready` is called from the event loop while the descriptor is readable, again
 * and again until it was read empty (level-triggered), or the watch is closed. It keeps the process alive
 * until `unref`. What `ready` throws is an uncaught exception, and the watch goes on.
 */
export class Watch {
  readonly what: string
  readonly #handle: LoopHandle
  readonly #notOpen: () => void
  #open = true

  /**
   * Watches a duplicate: the descriptor itself may be closed at any time, and be watched several times.
   *
   * @throws RingbufError ERR_SYSTEM; EPERM for files, which are always readable, and cannot be watched
   */
  constructor(system: System, fd: number, what: string, ready: () => void, { by }: WatchOptions = {}) {
    this.what = what
    const loop = system.watchReadable
    if (by === 'loop' && !loop) {
      throw new RingbufError('ERR_NOT_SUPPORTED', `the event loop cannot be asked by ${system.backend}`)
    }
    const mine = must(system.fcntl(fd, F_DUPFD_CLOEXEC, 0), 'fcntl(F_DUPFD_CLOEXEC)', what)
    try {
      mustBePollable(system, mine, what)
      const call = () => guarded(ready)
      this.#handle = loop && by !== 'thread' ? loop(mine, call) : watchByThread(system, mine, what, call)
    } catch (error) {
      system.close(mine)
      throw error
    }
    const notOpen = opened('watch', what)
    this.#notOpen = () => {
      notOpen()
      system.close(mine)
    }
  }

  get closed(): boolean {
    return !this.#open
  }

  /** Keeps the process alive. @throws RingbufError ERR_RESOURCE_CLOSED */
  ref(): this {
    this.#mustBeOpen()
    this.#handle.ref()
    return this
  }

  /** Lets the process end. @throws RingbufError ERR_RESOURCE_CLOSED */
  unref(): this {
    this.#mustBeOpen()
    this.#handle.unref()
    return this
  }

  /** `ready` is not called any more. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#handle.close()
    this.#notOpen()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new RingbufError('ERR_RESOURCE_CLOSED', `${this.what}: the watch was closed`)
  }
}

/** Asks the kernel as it will be asked then; event loops abort where it refuses. */
function mustBePollable(system: System, fd: number, what: string): void {
  const epoll = must(system.epollCreate(), 'epoll_create1', what)
  const answer = system.epollControl(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, 0)
  system.close(epoll)
  must(answer, 'epoll_ctl', what)
}

/** Nobody stands above to catch it; inside a callback of C it would be lost in some runtimes. */
function guarded(ready: () => void): void {
  try {
    ready()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
