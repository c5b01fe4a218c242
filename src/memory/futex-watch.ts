/**
 * Sleeping on words of several processes without blocking a thread. No event loop can wait for a futex, so a
 * thread of our own sleeps on all words for which this thread wants to be woken, and sends it a message.
 *
 *   this thread                    board                        the watcher (futex-watcher.ts)
 *   watch ──────── writes ──────►  words, values, tags
 *                  changes, wakes  the bell, a futex too ────►  reads the board, sleeps on all of it
 *   awake() ◄───────────────────────────────────── message ───  a word was woken, or holds another value
 *
 * A tag is told once, and never used again.
 */
import { RingbufError } from '../abi/error.js'
import type { BackendName } from '../system/backend.js'
import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../system/constants.js'
import { must } from '../system/failure.js'
import { atExit, builtin, workerOptions } from '../system/runtime.js'
import type { FutexWord, System } from '../system/system.js'
import type { Lying } from './bed.js'

/**
 * The board, in memory of this process, where it is a futex for its threads.
 *
 *     +0  bell     u32, atomic   odd while the board is written; changes with it
 *     +4  count    u32           of watches; WATCHES_END: the watcher is to end
 *     +8  watches  address u64, value u32, tag u32
 */
export const BELL_WORD = 0
export const COUNT_WORD = 1
export const WATCHES_AT = 2
export const WATCH_WORDS = 4
/** As many as one call can sleep on, but for the bell. */
export const WATCHES_MOST = 127
export const WATCHES_END = 0xffff_ffff
const BOARD_BYTES = 4096

/** What the watcher is told at its start. */
export interface FutexWatcherStart {
  readonly backend: BackendName
  readonly board: number
}

interface WorkerThreads {
  Worker: new (
    url: URL,
    options: { readonly workerData: FutexWatcherStart; readonly execArgv?: readonly string[] },
  ) => {
    on(event: 'message', listener: (tags: readonly number[]) => void): void
    on(event: 'error', listener: (error: unknown) => void): void
    on(event: 'exit', listener: () => void): void
    unref(): void
  }
}

interface Watched {
  readonly word: FutexWord
  readonly awake: () => void
}

let watcher: FutexWatcher | undefined
/** Rings of this thread that may want to be watched: with the last one the watcher ends. */
let users = 0

/** Says that this thread has one ring more, or less, whose words it may watch. */
export function countFutexUsers(more: 1 | -1): void {
  users += more
  if (users > 0) return
  watcher?.end()
  watcher = undefined
}

/**
 * Calls `awake` when somebody wakes those who sleep on the word, or when it holds another value than it should.
 * It does not keep the process alive.
 *
 * @throws RingbufError ERR_NOT_SUPPORTED where there are no threads; ERR_INVALID_ARGUMENT for more than 127
 */
export function watchFutex(system: System, word: FutexWord, awake: () => void): Lying {
  if (!watcher?.takes(system)) watcher = new FutexWatcher(system)
  return watcher.add({ word, awake })
}

class FutexWatcher {
  readonly #system: System
  // Without an owner: the watcher uses it until it has ended, whoever has closed what.
  readonly #board: number
  readonly #words: Int32Array
  readonly #watched = new Map<number, Watched>()
  #nextTag = 1
  #ended = false

  constructor(system: System) {
    const threads = builtin<WorkerThreads>('node:worker_threads')
    if (!threads) throw new RingbufError('ERR_NOT_SUPPORTED', 'this runtime has no node:worker_threads')
    this.#system = system
    const [protection, flags] = [PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS]
    this.#board = must(system.mmap(0, BOARD_BYTES, protection, flags, -1, 0), 'mmap', 'watched words')
    this.#words = new Int32Array(system.view(this.#board, BOARD_BYTES))
    const worker = new threads.Worker(new URL('./futex-watcher.js', import.meta.url), {
      workerData: { backend: system.backend, board: this.#board },
      ...workerOptions(),
    })
    worker.on('message', (tags) => this.#deliver(tags))
    // After that: a listener for messages holds the process.
    worker.unref()
    worker.on('error', (error) => {
      this.#ended = true
      throw error
    })
    // The thread that ends waits for its watcher, which would sleep on for up to a slice.
    const notAtExit = atExit(() => this.end())
    worker.on('exit', () => {
      notAtExit()
      this.#ended = true
      system.munmap(this.#board, BOARD_BYTES)
    })
  }

  /** Whether it still takes watches of this door. */
  takes(system: System): boolean {
    return !this.#ended && this.#system === system
  }

  add(watched: Watched): Lying {
    if (this.#watched.size >= WATCHES_MOST) {
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `a thread can wait for ${WATCHES_MOST} rings of several processes at once`,
        { value: this.#watched.size + 1, limit: WATCHES_MOST },
      )
    }
    const tag = this.#nextTag++
    this.#watched.set(tag, watched)
    this.#write(this.#watched.size)
    return {
      leave: () => {
        if (this.#watched.delete(tag)) this.#write(this.#watched.size)
      },
    }
  }

  end(): void {
    if (this.#ended) return
    this.#write(WATCHES_END)
    this.#ended = true
  }

  #deliver(tags: readonly number[]): void {
    const told: Watched[] = []
    for (const tag of tags) {
      const watched = this.#watched.get(tag)
      if (!watched) continue
      this.#watched.delete(tag)
      told.push(watched)
    }
    if (told.length === 0) return
    this.#write(this.#watched.size)
    for (const { awake } of told) awake()
  }

  #write(count: number): void {
    if (this.#ended) return
    const words = this.#words
    Atomics.add(words, BELL_WORD, 1)
    Atomics.store(words, COUNT_WORD, count)
    let at = WATCHES_AT
    for (const [tag, { word }] of this.#watched) {
      Atomics.store(words, at, word.address % 2 ** 32)
      Atomics.store(words, at + 1, Math.floor(word.address / 2 ** 32))
      Atomics.store(words, at + 2, word.value)
      Atomics.store(words, at + 3, tag)
      at += WATCH_WORDS
    }
    Atomics.add(words, BELL_WORD, 1)
    this.#system.futexWake(this.#board, 1)
  }
}
