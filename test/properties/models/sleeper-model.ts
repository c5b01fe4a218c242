import { BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP, type WaitOutcome } from 'bpf-ringbuf'
import type { Model } from './ring-model.js'

/**
 * Who waits for one ring: R38, R40, R43. A commit wakes it by force, or if it is not to be without and the sleeper
 * stands at that record; nothing else that is committed does.
 */
export class SleeperModel {
  readonly #ring: Model
  asleep = false
  /** Commits that woke it. */
  wakeups = 0
  /** What the wait has answered that was ended last. */
  outcome: WaitOutcome | undefined

  constructor(ring: Model) {
    this.#ring = ring
  }

  /** It begins to wait. */
  begin(): void {
    this.outcome = this.found
    this.asleep = this.outcome === undefined
  }

  /** @param position where the record begins that was committed, or the batch */
  committed(position: number, flags: number): void {
    const forced = (flags & BPF_RB_FORCE_WAKEUP) !== 0
    const without = (flags & BPF_RB_NO_WAKEUP) !== 0
    if (!this.asleep || !(forced || (!without && position === this.#ring.consumer))) return
    this.wakeups++
    this.#wake(forced)
  }

  forced(): void {
    if (this.asleep) this.#wake(true)
  }

  closed(): void {
    if (this.asleep) this.#wake(false)
  }

  /** What a look finds. */
  get found(): WaitOutcome | undefined {
    if (this.#ring.ready) return 'ready'
    return this.#ring.closed && this.#ring.producer === this.#ring.consumer ? 'closed' : undefined
  }

  #wake(forced: boolean): void {
    this.outcome = this.found ?? (forced && !this.#ring.closed ? 'woken' : undefined)
    this.asleep = this.outcome === undefined
  }
}
