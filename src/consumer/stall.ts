import { FREE_WORD, RECORD_BUSY_BIT, RECORD_LENGTH_MASK, RECORD_OWNER_SHIFT } from '../abi/record.js'
import {
  DATA_OFFSET,
  POSITION_BITS,
  PRODUCER_POSITION,
  PRODUCER_SLOTS,
  RING_FLAG_OWNERS,
} from '../abi/region.js'
import { nowMs } from '../memory/clock.js'
import type { Attachment } from '../ring/attachment.js'
import { slotCounters } from '../ring/counters.js'
import { Patience } from '../ring/recover.js'
import { attachmentOf, type Ring } from '../ring/ring.js'

/** What holds a consumer up: the record that it stands at was reserved, and is not committed. */
export interface Stall {
  /** Where the record stands: u32. */
  readonly position: number
  /** Bytes of its payload; undefined when its producer has not even written the header. */
  readonly length: number | undefined
  /** Milliseconds since this consumer first found it busy. It may have been so for longer. */
  readonly busyMs: number
  /** `id` of its producer, in rings that were made with `owners`. */
  readonly owner: number | undefined
  /**
   * The `id`s of the producers that hold reserved records now, by their counters; 0 stands for all that
   * share the first slot. If each thread commits what it has reserved, the owner is among them. Where one
   * commits what another has reserved, counters cannot tell, and this is a guess: use `owners`.
   */
  readonly holders: readonly number[]
}

/** Watches the record that a consumer stands at, and since when it is busy. */
export class StallWatch {
  readonly #attachment: Attachment
  #position = 0
  #since = Number.NaN
  readonly #patience: Patience | undefined

  constructor(ring: Ring<unknown>) {
    this.#attachment = attachmentOf(ring)
    if (this.#attachment.recoverable) this.#patience = new Patience(this.#attachment)
  }

  /** Looks at the head of the ring. Whoever waits calls it now and then, so that the time is known. */
  note(position: number): boolean {
    const { engine, views, address } = this.#attachment
    // Nothing stands there; whoever consumes is told so.
    if ((position & 7) !== 0) return false
    const producer = Atomics.load(views.i32, (address + PRODUCER_POSITION) >>> 2) & ~POSITION_BITS
    const word = Atomics.load(views.i32, this.#header(position))
    // In overwrite mode what stands there may be another record by now; then there are newer ones.
    if (producer === position || (word & RECORD_BUSY_BIT) === 0 || engine.isReady(position)) {
      this.#since = Number.NaN
      return false
    }
    if (Number.isNaN(this.#since) || this.#position !== position) {
      this.#since = nowMs()
      this.#position = position
    }
    return true
  }

  /**
   * For a consumer that has found nothing to take: notes what holds it up. In a recoverable ring, if that lasts,
   * it recovers from whoever died. Answers whether that has changed something.
   */
  recover(position: number): boolean {
    return this.#ask(this.note(position))
  }

  /**
   * For one that sleeps though something `isThere`: whoever left it may have died before he could wake anybody. It may
   * as well have been committed with BPF_RB_NO_WAKEUP; then nothing changes.
   */
  recoverAsleep(position: number, isThere: boolean): boolean {
    this.note(position)
    return this.#ask(isThere)
  }

  #ask(isHeld: boolean): boolean {
    if (isHeld) return this.#patience?.held() ?? false
    this.#patience?.calm()
    return false
  }

  /** The same, and tells what it has found. */
  look(position: number): Stall | null {
    if (!this.note(position)) return null
    const { views, flags } = this.#attachment
    const header = this.#header(position)
    const word = Atomics.load(views.i32, header)
    const now = nowMs()
    const unwritten = word === (FREE_WORD | 0)
    const second = Atomics.load(views.u32, header + 1)
    const owner = second >>> RECORD_OWNER_SHIFT
    const known = (flags & RING_FLAG_OWNERS) !== 0 && !unwritten && owner > 0 && owner < PRODUCER_SLOTS
    return {
      position: position >>> 0,
      length: unwritten ? undefined : word & RECORD_LENGTH_MASK,
      busyMs: now - this.#since,
      owner: known ? owner : undefined,
      holders: this.#holders(),
    }
  }

  #header(position: number): number {
    const { address, size } = this.#attachment
    return (address + DATA_OFFSET + (position & (size - 1))) >>> 2
  }

  #holders(): number[] {
    const { views, address } = this.#attachment
    const holders: number[] = []
    for (let slot = 0; slot < PRODUCER_SLOTS; slot++) {
      const { attempted, submitted, discarded, dropped, refused, abandoned } = slotCounters(
        views.u32,
        address,
        slot,
      )
      const held = attempted - (submitted + discarded + dropped + refused + abandoned)
      if (held > 0) holders.push(slot)
      // Somebody has committed what another has reserved: the books of both are wrong.
      if (held < 0) return []
    }
    return holders
  }
}
