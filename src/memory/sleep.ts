/** Sleeping on words of shared memory, in any thread of any runtime. */
import { RingbufError } from '../abi/error.js'

/** A word to sleep on, for as long as it holds `value` and nobody notifies it. */
export interface Bed {
  readonly words: Int32Array
  readonly index: number
  readonly value: number
}

let blocking: boolean | undefined

/** Whether this thread may block: the main thread of a browser may not. */
export function mayBlock(): boolean {
  if (blocking === undefined) {
    try {
      // The word does not hold 1, so a thread that may wait returns at once.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0)
      blocking = true
    } catch {
      blocking = false
    }
  }
  return blocking
}

/** @throws RingbufError ERR_CANNOT_BLOCK, naming what may be called instead. */
export function assertMayBlock(instead: string): void {
  if (mayBlock()) return
  throw new RingbufError('ERR_CANNOT_BLOCK', `this thread may not block: use ${instead}`)
}

/** How long a runtime without Atomics.waitAsync sleeps between two looks. */
const POLL_MS = 2
/** The longest time that a timer can be set to, in every runtime. */
const LONGEST_MS = 0x7fff_ffff

type Timer = ReturnType<typeof setTimeout>

interface TimerHost {
  readonly refTimer?: (id: unknown) => void
  readonly unrefTimer?: (id: unknown) => void
}

/**
 * One sleep that does not block the thread. It ends when one of the beds changes or is notified, when the
 * time is over, or by `end`; it may also end early for no reason, so callers look again.
 *
 * Atomics.waitAsync never keeps a process alive, in any runtime; a timer of its own does, unless it is told
 * not to. Deno needs the timer even after a notification of the same thread: it would end before it goes on.
 */
export class AsyncSleep {
  readonly promise: Promise<void>
  readonly #beds: readonly Bed[]
  #timer: Timer | undefined
  #resolve: () => void = () => {}
  #over = false

  constructor(beds: readonly Bed[], timeoutMs: number, ref: boolean) {
    this.#beds = beds
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve
    })
    if (typeof Atomics.waitAsync === 'function') this.#sleepOnWords(timeoutMs)
    else this.#timer = setTimeout(() => this.#settle(), Math.min(timeoutMs, POLL_MS))
    this.setRef(ref)
  }

  /** Ends it now, from this thread. */
  end(): void {
    if (this.#over) return
    this.#settle()
    this.#leaveBeds()
  }

  /** Whether it keeps the process alive. */
  setRef(ref: boolean): void {
    if (this.#timer !== undefined) refTimer(this.#timer, ref)
  }

  /**
   * The time is kept by a timer of ours, which is cleared. One that Atomics.waitAsync is given stays in the
   * runtime until it is over, even if a notification came long before: V8 then clears away thousands at once.
   */
  #sleepOnWords(timeoutMs: number): void {
    for (const { words, index, value } of this.#beds) {
      const wait = Atomics.waitAsync(words as Int32Array<SharedArrayBuffer>, index, value)
      if (wait.async) wait.value.then(() => this.#settle())
      else {
        // It lies down in no further bed: nobody would get it out of there.
        this.#settle()
        return
      }
    }
    this.#timer = setTimeout(() => this.end(), Math.min(Math.ceil(timeoutMs), LONGEST_MS))
  }

  /** Nobody else sleeps in these beds; what the runtime keeps for this sleep goes with the notification. */
  #leaveBeds(): void {
    for (const { words, index } of this.#beds) Atomics.notify(words, index)
  }

  #settle(): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    // What sleeps on in the other beds would take the next notification from whoever sleeps there then.
    if (this.#beds.length > 1) this.#leaveBeds()
    this.#resolve()
  }
}

function refTimer(timer: Timer, ref: boolean): void {
  if (typeof timer === 'object') {
    if (ref) timer.ref?.()
    else timer.unref?.()
    return
  }
  const { Deno } = globalThis as { Deno?: TimerHost }
  if (ref) Deno?.refTimer?.(timer)
  else Deno?.unrefTimer?.(timer)
}

/** Sleeps once, on one word. */
export function sleepAsync(
  words: Int32Array,
  index: number,
  value: number,
  timeoutMs: number,
): Promise<void> {
  return new AsyncSleep([{ words, index, value }], timeoutMs, true).promise
}

const nothing = new Int32Array(1)
let nobody: Int32Array<SharedArrayBuffer> | undefined

/**
 * Gives the CPU away for a moment, in a thread that may block: 50 to 100 microseconds, the shortest sleep
 * that systems know. Elsewhere it only passes the time of a few loads.
 */
export function nap(): void {
  if (!mayBlock()) {
    for (let i = 0; i < 1000; i++) Atomics.load(nothing, 0)
    return
  }
  nobody ??= new Int32Array(new SharedArrayBuffer(4))
  Atomics.wait(nobody, 0, 0, 0.01)
}

interface TurnHost {
  readonly setImmediate?: (callback: () => void) => unknown
}

/**
 * Lets the event loop turn once: timers that are due, messages, input and output. `ref`: whether that keeps
 * the process alive.
 */
export function nextTurn(ref: boolean): Promise<void> {
  const { setImmediate } = globalThis as unknown as TurnHost
  // An immediate that is not held waits until something else wakes the event loop; a timer does not.
  if (!ref) return pauseAsync(0, false)
  return new Promise((resolve) => {
    if (setImmediate) {
      setImmediate(resolve)
      return
    }
    // A timer of browsers takes 4 ms; a message does not.
    const { port1, port2 } = new MessageChannel()
    const turned = () => {
      port1.close()
      resolve()
    }
    // As a property, which starts the port in every runtime.
    Object.assign(port1, { onmessage: turned })
    port2.postMessage(null)
  })
}

let turns: Promise<void> = Promise.resolve()

/**
 * Lets the event loop turn, once for each of those who ask: of many who keep a thread busy by turns, one
 * goes on in each turn. It keeps the process alive.
 */
export function ownTurn(): Promise<void> {
  turns = turns.then(() => nextTurn(true))
  return turns
}

/** Lets this time pass, without blocking. */
export function pauseAsync(ms: number, ref: boolean): Promise<void> {
  return new Promise((resolve) => {
    refTimer(setTimeout(resolve, ms), ref)
  })
}
