/**
 * Places to sleep in until somebody wakes whoever sleeps there. What a place is made of depends on where the
 * memory is and who wakes: a word of this process's shared memory, a word that other processes map too, a
 * descriptor of the kernel.
 */
import { nowMs } from './clock.js'

/** Somebody who sleeps without blocking a thread. */
export interface Lying {
  /** Nothing is called any more. */
  leave(): void
}

/** One place to sleep in, once: it may also end early for no reason, so sleepers look again. */
export interface Bed {
  /** What several beds have in common that one call can wait in. */
  readonly kind?: BedKind
  /** Blocks the thread for at most so many milliseconds. Answers whether it was woken, or must not sleep. */
  block(ms: number): boolean
  /** Calls `awake` when it is woken, once. Undefined: it must not sleep, what it sleeps on has changed. */
  lie(awake: () => void): Lying | undefined
}

/** Beds that a thread can sleep in at once. */
export interface BedKind {
  /** How many at most. */
  readonly most: number
  /** As `Bed.block`, in all of these. Undefined: it cannot, after all. */
  block(beds: readonly Bed[], ms: number): boolean | undefined
}

/** How long a runtime without Atomics.waitAsync sleeps between two looks. */
const POLL_MS = 2

/** A word of shared memory, for as long as it holds `value` and nobody notifies it. */
export class WordBed implements Bed {
  readonly #words: Int32Array
  readonly #index: number
  readonly #value: number

  constructor(words: Int32Array, index: number, value: number) {
    this.#words = words
    this.#index = index
    this.#value = value
  }

  block(ms: number): boolean {
    return Atomics.wait(this.#words, this.#index, this.#value, ms) !== 'timed-out'
  }

  lie(awake: () => void): Lying | undefined {
    const [words, index] = [this.#words, this.#index]
    if (typeof Atomics.waitAsync !== 'function') {
      const timer = setTimeout(awake, POLL_MS)
      return { leave: () => clearTimeout(timer) }
    }
    // No time limit: one that Atomics.waitAsync is given stays in the runtime until it is over, even if a
    // notification came long before, and V8 then clears away thousands at once.
    const wait = Atomics.waitAsync(words as Int32Array<SharedArrayBuffer>, index, this.#value)
    if (!wait.async) return undefined
    wait.value.then(awake)
    // Nobody else sleeps in this bed; what the runtime keeps for this sleep goes with the notification.
    return { leave: () => Atomics.notify(words, index) }
  }
}

/** Somebody who looks after a sleeper now and then, and does not wake it as long as all is quiet. */
export interface Watch {
  readonly everyMs: number
  /** Whether the sleep may go on. */
  isQuiet(): boolean
}

/** Blocks the thread in several beds at once, for at most `ms` milliseconds, or until the watch ends it. */
export function blockInBeds(beds: readonly Bed[], ms: number, watch?: Watch): void {
  if (!watch) {
    block(beds, ms)
    return
  }
  const end = nowMs() + ms
  for (;;) {
    const left = end - nowMs()
    if (left <= 0 || block(beds, Math.min(left, watch.everyMs)) || !watch.isQuiet()) return
  }
}

/** Answers whether one of them woke it, or must not be slept in. */
function block(beds: readonly Bed[], ms: number): boolean {
  const [first] = beds
  if (first === undefined) return true
  if (beds.length === 1) return first.block(ms)
  const { kind } = first
  if (kind && beds.length <= kind.most && beds.every((bed) => bed.kind === kind)) {
    const woken = kind.block(beds, ms)
    if (woken !== undefined) return woken
  }
  return blockByTurns(beds, ms)
}

/**
 * No call of the system waits on words of shared memory, futexes and descriptors at once: a thread that must
 * block for such a mixture sleeps in each for a little while, at first short, then up to a millisecond.
 */
function blockByTurns(beds: readonly Bed[], ms: number): boolean {
  const end = nowMs() + ms
  for (let roundMs = SHORTEST_ROUND_MS; ; roundMs = Math.min(2 * roundMs, LONGEST_ROUND_MS)) {
    for (const bed of beds) {
      const left = end - nowMs()
      if (left <= 0) return false
      if (bed.block(Math.min(roundMs / beds.length, left))) return true
    }
  }
}

const SHORTEST_ROUND_MS = 0.1
const LONGEST_ROUND_MS = 1
