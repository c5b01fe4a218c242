/** The watcher: a thread that sleeps on words for another, and tells it which was woken. See futex-watch.ts. */
import { EAGAIN, ENOSYS, ETIMEDOUT } from '../abi/errno.js'
import { loadSystem } from '../system/load-system.js'
import { builtin } from '../system/runtime.js'
import type { FutexWord, System } from '../system/system.js'
import {
  BELL_WORD,
  COUNT_WORD,
  type FutexWatcherStart,
  WATCH_WORDS,
  WATCHES_AT,
  WATCHES_END,
  WATCHES_MOST,
} from './futex-watch.js'

interface Thread {
  readonly workerData: FutexWatcherStart
  readonly parentPort: { postMessage(tags: readonly number[]): void } | null
}

interface Watch extends FutexWord {
  readonly tag: number
}

const thread = builtin<Thread>('node:worker_threads')
if (thread?.parentPort) watch(thread)

function watch({ workerData: { backend, board }, parentPort }: Thread): void {
  const system = loadSystem({ only: backend })
  const words = new Int32Array(system.view(board, 4096))
  /** Told already: it is on the board until the other thread has read the message. */
  const told = new Set<number>()
  for (;;) {
    const bell = Atomics.load(words, BELL_WORD)
    if (bell % 2 !== 0) continue
    const watches = readBoard(words)
    if (watches === undefined) return
    if (Atomics.load(words, BELL_WORD) !== bell) continue
    for (const tag of told) if (!watches.some((one) => one.tag === tag)) told.delete(tag)
    const waiting = watches.filter(({ tag }) => !told.has(tag))
    const woken = sleep(system, { address: board, value: bell }, waiting)
    if (woken.length === 0) continue
    for (const tag of woken) told.add(tag)
    parentPort?.postMessage(woken)
  }
}

/** Undefined: it is to end. */
function readBoard(words: Int32Array): Watch[] | undefined {
  const count = Atomics.load(words, COUNT_WORD) >>> 0
  if (count === WATCHES_END) return undefined
  return Array.from({ length: Math.min(count, WATCHES_MOST) }, (_, i) => {
    const word = (which: number) => Atomics.load(words, WATCHES_AT + i * WATCH_WORDS + which) >>> 0
    return { address: word(0) + word(1) * 2 ** 32, value: word(2), tag: word(3) }
  })
}

/** Sleeps until the bell rings or words are woken; answers the tags of those. */
function sleep(system: System, bell: FutexWord, watches: readonly Watch[]): number[] {
  const answer = system.futexWaitAny([bell, ...watches], Number.POSITIVE_INFINITY)
  if (answer > 0) return [(watches[answer - 1] as Watch).tag]
  if (answer === -EAGAIN) return changed(system, watches)
  if (answer === -ENOSYS) return sleepByTurns(system, bell, watches)
  return []
}

/** The tags of the words that do not hold their values, or cannot be slept on any more. */
function changed(system: System, watches: readonly Watch[]): number[] {
  return watches
    .filter(({ address, value }) => system.futexWait(address, value, 0) !== -ETIMEDOUT)
    .map(({ tag }) => tag)
}

/** Before Linux 5.16 a thread can sleep on one word only: on each for a little while. */
function sleepByTurns(system: System, bell: FutexWord, watches: readonly Watch[]): number[] {
  if (system.futexWait(bell.address, bell.value, TURN_MS) !== -ETIMEDOUT) return []
  return watches
    .filter(({ address, value }) => system.futexWait(address, value, TURN_MS / 4) !== -ETIMEDOUT)
    .map(({ tag }) => tag)
}

const TURN_MS = 0.5
