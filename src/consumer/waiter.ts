import { checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { type Bed, blockInBeds, type Watch } from '../memory/bed.js'
import { nowMs } from '../memory/clock.js'
import { deadlineOf, type TimeLimit } from '../memory/deadline.js'
import { assertMayBlock } from '../memory/may-block.js'
import { AsyncSleep, nap, nextTurn, ownTurn } from '../memory/sleep.js'
import type { Pace } from './pace.js'
import { SpinBudget, stepsOf, type WaitSteps, type WaitStrategy } from './strategy.js'

export interface WaitOptions extends TimeLimit {
  /** What to do until something comes. Default: what the consumer was opened with, else `adaptive`. */
  readonly strategy?: WaitStrategy
  /** Ends the wait: it fails with the signal's reason. A wait that blocks looks at it only as it begins. */
  readonly signal?: Signal
}

/** The part of an AbortSignal that is used here. */
export interface Signal {
  readonly aborted: boolean
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkSignal(signal: Signal | undefined): void {
  if (signal === undefined || typeof signal?.throwIfAborted === 'function') return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `signal ${String(signal)} is no AbortSignal`, {
    value: String(signal),
  })
}

/** Whoever waits: what for, and how it says that it sleeps. */
export interface Sleeper<Outcome> {
  readonly pace: Pace
  /** What came, without waiting; undefined: nothing yet. */
  look(): Outcome | undefined
  /** Says that it is about to sleep. Answers what came instead; undefined: it may sleep in its beds. */
  fallAsleep(): Outcome | undefined
  /** Whether it can go on, after others had their turn: throws if not, or answers how it ends. */
  over(): Outcome | undefined
  /** The wait is given up, without a look at what came. */
  abandon(): void
  /** Whether what came is there for the next look too, so that an abort may hide it. */
  readonly repeats: boolean
  /** It has looked for a while, in vain. */
  idled(): void
  /** What a wait answers whose time is over. */
  timeout(): Outcome
  /** Where it sleeps, after fallAsleep. */
  beds(): readonly Bed[]
  /** Looks after it while it sleeps. */
  readonly watch: Watch | undefined
  /** When it wants to be awake by itself, on the clock of `nowMs`. */
  alarm(): number
  /** Says that it is awake. Answers what came. */
  wakeUp(): Outcome | undefined
}

/**
 * Waits for one sleeper by any strategy, in any thread: spins, yields, parks. Nothing in here knows what
 * is waited for.
 */
export class Waiter<Outcome> {
  readonly #sleeper: Sleeper<Outcome>
  readonly #steps: Required<WaitSteps>
  readonly #budget = new SpinBudget()
  #waiting = false
  #ref = true
  #sleep: AsyncSleep | undefined
  #turned = nowMs()

  constructor(sleeper: Sleeper<Outcome>, strategy: WaitStrategy) {
    this.#sleeper = sleeper
    this.#steps = stepsOf(strategy)
  }

  /** Blocks the thread. @throws RingbufError ERR_CANNOT_BLOCK, ERR_REENTRANT, ERR_INVALID_ARGUMENT */
  block(options: WaitOptions): Outcome {
    assertMayBlock('the asynchronous wait, or poll')
    const steps = this.#begin(options)
    try {
      const deadline = deadlineOf(options)
      const early = this.#spin(steps, deadline) ?? this.#nap(steps.yieldUs, deadline)
      if (early !== undefined) return early
      for (;;) {
        if (nowMs() >= deadline) return this.#sleeper.timeout()
        const found = this.#sleeper.fallAsleep()
        if (found !== undefined) return found
        const remaining = Math.min(deadline, this.#sleeper.alarm()) - nowMs()
        if (remaining > 0) blockInBeds(this.#sleeper.beds(), remaining, this.#sleeper.watch)
        const came = this.#sleeper.wakeUp()
        if (came !== undefined) return came
      }
    } finally {
      this.#waiting = false
    }
  }

  /** Does not block the thread. While it waits the process stays alive, unless `unref`. */
  async wait(options: WaitOptions): Promise<Outcome> {
    const steps = this.#begin(options)
    const { signal } = options
    const interrupt = () => this.interrupt()
    try {
      const deadline = deadlineOf(options)
      signal?.addEventListener('abort', interrupt)
      let soon = await this.#spinInTurns(steps, deadline, signal)
      if (soon === undefined && steps.yieldUs > 0) soon = await this.#turn(steps.yieldUs, deadline, signal)
      if (soon !== undefined) {
        await this.breathe()
        if (this.#sleeper.repeats) signal?.throwIfAborted()
        return this.#sleeper.over() ?? soon
      }
      for (;;) {
        // It may have been aborted while the event loop turned.
        signal?.throwIfAborted()
        if (nowMs() >= deadline) {
          await this.breathe()
          return this.#sleeper.over() ?? this.#sleeper.timeout()
        }
        const found = this.#sleeper.fallAsleep()
        if (found !== undefined) return found
        const remaining = Math.min(deadline, this.#sleeper.alarm()) - nowMs()
        if (remaining > 0) await this.#park(remaining)
        if (signal?.aborted) this.#sleeper.abandon()
        // Before what came is taken: it would be gone with the error.
        signal?.throwIfAborted()
        const came = this.#sleeper.wakeUp()
        if (came !== undefined) return came
      }
    } finally {
      signal?.removeEventListener('abort', interrupt)
      this.#waiting = false
    }
  }

  /** Polls, and never sleeps. */
  poll(limit: TimeLimit): Outcome {
    return this.#spin(BUSY, deadlineOf(limit)) ?? this.#sleeper.timeout()
  }

  /**
   * Lets the event loop turn if it has not for a while: whoever finds something at once, every time,
   * would keep timers and input waiting for as long as producers keep up. Undefined: not due.
   */
  breathe(): Promise<void> | undefined {
    const now = nowMs()
    if (now - this.#turned < BREATH_MS) return undefined
    // There is something to do, so the process lives on, and the turn must not wait for anything else.
    return ownTurn().then(() => {
      this.#turned = nowMs()
    })
  }

  /** Makes a pending wait of this thread look again. */
  interrupt(): void {
    this.#sleep?.end()
  }

  get pending(): boolean {
    return this.#waiting
  }

  get ref(): boolean {
    return this.#ref
  }

  /** Whether a pending wait keeps the process alive. */
  set ref(ref: boolean) {
    this.#ref = ref
    this.#sleep?.setRef(ref)
  }

  #begin(options: WaitOptions): Required<WaitSteps> {
    checkOptions('options', options)
    const { strategy, signal } = options
    const steps = strategy === undefined ? this.#steps : stepsOf(strategy)
    checkSignal(signal)
    signal?.throwIfAborted()
    // Two who sleep in one bed would be woken by one notification: the other would sleep on.
    if (this.#waiting) throw new RingbufError('ERR_REENTRANT', 'a wait is pending here already')
    this.#waiting = true
    return steps
  }

  /** Looks for so long, at a pace that leaves the producers their cache lines. */
  #spin({ spinUs, adaptive }: Required<WaitSteps>, deadline: number): Outcome | undefined {
    const { pace } = this.#sleeper
    if (spinUs > 0) pace.gather()
    let found = this.#sleeper.look()
    if (found !== undefined || spinUs === 0) return found
    const started = nowMs()
    const us = adaptive ? this.#budget.of(spinUs) : spinUs
    const end = Math.min(deadline, started + us / 1000)
    let idle = started
    let loads = LOADS_PER_CLOCK
    for (;;) {
      found = this.#sleeper.look()
      if (found !== undefined) {
        this.#budget.found((nowMs() - started) * 1000)
        return found
      }
      if (loads >= LOADS_PER_CLOCK) {
        loads = 0
        const now = nowMs()
        if (now >= end) break
        if (now - idle >= 1) {
          idle = now
          this.#sleeper.idled()
        }
      }
      loads += pace.idle()
    }
    this.#sleeper.idled()
    this.#budget.missed()
    return undefined
  }

  /** The same in a thread that must not block: for no longer at a time than its event loop can bear. */
  async #spinInTurns(
    steps: Required<WaitSteps>,
    deadline: number,
    signal: Signal | undefined,
  ): Promise<Outcome | undefined> {
    const us = steps.adaptive ? this.#budget.of(steps.spinUs) : steps.spinUs
    if (us <= SLICE_US) return this.#spin(steps, deadline)
    const end = Math.min(deadline, nowMs() + us / 1000)
    for (;;) {
      const found = this.#spin({ ...steps, spinUs: SLICE_US, adaptive: false }, end)
      if (found !== undefined || nowMs() >= end) return found
      await nextTurn(this.#ref)
      this.#turned = nowMs()
      signal?.throwIfAborted()
    }
  }

  #nap(us: number, deadline: number): Outcome | undefined {
    const end = Math.min(deadline, nowMs() + us / 1000)
    while (us > 0 && nowMs() < end) {
      nap()
      this.#sleeper.idled()
      const found = this.#sleeper.look()
      if (found !== undefined) return found
    }
    return undefined
  }

  async #turn(us: number, deadline: number, signal?: Signal): Promise<Outcome | undefined> {
    const end = Math.min(deadline, nowMs() + us / 1000)
    while (nowMs() < end) {
      await nextTurn(this.#ref)
      signal?.throwIfAborted()
      this.#sleeper.idled()
      const found = this.#sleeper.look()
      if (found !== undefined) return found
    }
    return undefined
  }

  async #park(timeoutMs: number): Promise<void> {
    this.#sleep = new AsyncSleep(this.#sleeper.beds(), timeoutMs, this.#ref, this.#sleeper.watch)
    try {
      await this.#sleep.promise
    } finally {
      this.#sleep = undefined
      this.#turned = nowMs()
    }
  }
}

const BUSY = stepsOf('busy')
/** Each answer of the clock is garbage, and a spinning thread looks three million times a second: it asks every 1.5 us. */
const LOADS_PER_CLOCK = 250
/** How long a thread that must not block spins before its event loop turns. */
const SLICE_US = 500
/** The longest time that an event loop is kept from turning. */
const BREATH_MS = 4
