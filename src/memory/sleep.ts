/** Sleeping without blocking a thread, and passing time, in any runtime. */
import type { Bed, Lying, Watch } from './bed.js'
import { nowMs } from './clock.js'
import { mayBlock } from './may-block.js'

/** The longest time that a timer can be set to, in every runtime. */
const LONGEST_MS = 0x7fff_ffff

type Timer = ReturnType<typeof setTimeout>

interface TimerHost {
  readonly refTimer?: (id: unknown) => void
  readonly unrefTimer?: (id: unknown) => void
}

/**
 * One sleep that does not block the thread. It ends when somebody wakes one of the beds, when the time is
 * over, or by `end`; it may also end early for no reason, so callers look again.
 *
 * No bed keeps a process alive; a timer does, unless it is told not to. Deno needs the timer even after a
 * notification of the same thread: it would end before it goes on.
 */
export class AsyncSleep {
  readonly promise: Promise<void>
  readonly #lying: Lying[] = []
  #timer: Timer | undefined
  #ref: boolean
  #resolve: () => void = () => {}
  #over = false

  constructor(beds: readonly Bed[], timeoutMs: number, ref: boolean, watch?: Watch) {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#ref = ref
    this.#lieDown(beds)
    if (!this.#over) this.#sleepUntil(nowMs() + timeoutMs, watch)
  }

  /** Ends it now, from this thread. */
  end(): void {
    if (this.#over) return
    this.#settle()
  }

  /** Whether it keeps the process alive. */
  setRef(ref: boolean): void {
    this.#ref = ref
    if (this.#timer !== undefined) refTimer(this.#timer, ref)
  }

  /** With a watch the timer is set anew as long as that finds it quiet, and where timers go off early, too. */
  #sleepUntil(end: number, watch: Watch | undefined): void {
    const left = end - nowMs()
    const ms = watch ? Math.min(left, watch.everyMs) : left
    const timer = setTimeout(
      () => {
        const goesOn = nowMs() < end && (!watch || ms === left || watch.isQuiet())
        if (goesOn) this.#sleepUntil(end, watch)
        else this.end()
      },
      Math.min(Math.ceil(ms), LONGEST_MS),
    )
    this.#timer = timer
    refTimer(timer, this.#ref)
  }

  #lieDown(beds: readonly Bed[]): void {
    for (const bed of beds) {
      const lying = bed.lie(() => this.#settle(lying))
      if (lying === undefined) {
        // It lies down in no further bed: nobody would get it out of there.
        this.#settle()
        return
      }
      this.#lying.push(lying)
    }
  }

  #settle(woken?: Lying): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    // What sleeps on in the other beds would take the next wake-up from whoever sleeps there then.
    for (const lying of this.#lying) if (lying !== woken) lying.leave()
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

/** Sleeps once, in one bed. */
export function sleepAsync(bed: Bed, timeoutMs: number): Promise<void> {
  return new AsyncSleep([bed], timeoutMs, true).promise
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
