/** The watcher: a thread that waits in epoll for another, and tells it what is ready. See watch-thread.ts. */
import { must } from './failure.js'
import { loadSystem } from './load-system.js'
import { builtin } from './runtime.js'
import { END_TAG, type WatcherStart } from './watch-thread.js'

interface Thread {
  readonly workerData: WatcherStart
  readonly parentPort: { postMessage(tags: readonly number[]): void } | null
}

const EVENTS_AT_ONCE = 64

const thread = builtin<Thread>('node:worker_threads')
if (thread) watch(thread)

function watch({ workerData: { backend, epoll }, parentPort }: Thread): void {
  const system = loadSystem({ only: backend })
  const ready = new Uint32Array(2 * EVENTS_AT_ONCE)
  for (;;) {
    const count = must(system.epollWait(epoll, ready, Number.POSITIVE_INFINITY), 'epoll_wait', 'watcher')
    const tags = Array.from({ length: count }, (_, i) => ready[2 * i + 1] as number)
    if (tags.includes(END_TAG)) return
    parentPort?.postMessage(tags)
  }
}
