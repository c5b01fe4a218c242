import { SLEEP_ASLEEP, SLEEP_COUNT, SLEEP_FORCED, SLEEP_WORD, SPURIOUS_COUNT } from '../abi/region.js'
import type { Bed, Watch } from '../memory/bed.js'
import { nowMs } from '../memory/clock.js'
import type { Attachment } from '../ring/attachment.js'
import { LOOK_MS } from '../ring/hold-up.js'
import type { Reader } from '../ring/reader.js'
import { attachmentOf, type Ring } from '../ring/ring.js'
import type { Pace } from './pace.js'
import type { StallWatch } from './stall.js'
import type { Sleeper } from './waiter.js'
import type { Watermark } from './watermark.js'

/**
 * How a wait ended.
 *
 * - `ready`: there is a record to consume.
 * - `woken`: somebody forced a wake-up (BPF_RB_FORCE_WAKEUP, or `ring.wake()`), but there is nothing to
 *   consume yet. Not of a closed ring: there it waits on for what is still busy.
 * - `timeout`: the time is over.
 * - `closed`: the ring was closed, and everything in it is consumed.
 */
export type WaitOutcome = 'ready' | 'woken' | 'timeout' | 'closed'

interface RingSleeperParts {
  readonly ring: Ring<unknown>
  readonly reader: Reader
  readonly pace: Pace
  readonly stall: StallWatch
  readonly watermark: Required<Watermark> | undefined
  readonly assertUsable: () => void
  /** Whether the sleep word is its own: not when it was closed, or another has taken over. */
  readonly isUsable: () => boolean
  /** Whether nothing will come any more, losses included. */
  readonly isFinished: () => boolean
}

/** How the consumer of one ring sleeps: on the ring's sleep word, until a record or a watermark. */
export class RingSleeper implements Sleeper<WaitOutcome> {
  readonly pace: Pace
  /** In a recoverable ring: whoever was to wake it may have died. */
  readonly watch: Watch | undefined
  readonly #ring: Ring<unknown>
  readonly #attachment: Attachment
  readonly #reader: Reader
  readonly #stall: StallWatch
  readonly #watermark: Required<Watermark> | undefined
  readonly #assertUsable: () => void
  readonly #isUsable: () => boolean
  readonly #isFinished: () => boolean
  /** What the sleep word says while it sleeps. */
  #asleep = SLEEP_ASLEEP
  /** With a watermark: when the records that are there have waited long enough. */
  #patience = Number.POSITIVE_INFINITY
  /** With a watermark: whether records came of late, so that the next will be followed by more. */
  #flowing = false
  #alarm = Number.POSITIVE_INFINITY

  constructor({ ring, reader, pace, stall, watermark, ...asks }: RingSleeperParts) {
    this.#ring = ring
    this.#attachment = attachmentOf(ring)
    this.#reader = reader
    this.pace = pace
    this.#stall = stall
    this.#watermark = watermark
    this.#assertUsable = asks.assertUsable
    this.#isUsable = asks.isUsable
    this.#isFinished = asks.isFinished
    if (this.#attachment.recoverable) this.watch = { everyMs: LOOK_MS, isQuiet: () => this.#isQuiet() }
  }

  look(): WaitOutcome | undefined {
    this.#assertUsable()
    if (this.#reader.ready) return this.#isEnough() ? 'ready' : undefined
    if (!this.#attachment.engine.isFinished(this.#reader.position)) return undefined
    // Of losses behind the last record a visit tells.
    return this.#isFinished() ? 'closed' : 'ready'
  }

  readonly repeats = true

  /** So that it is known since when the record was busy that it waits for. */
  idled(): void {
    this.#stall.recover(this.#reader.position)
  }

  over(): undefined {
    this.#assertUsable()
  }

  abandon(): void {
    if (this.#isUsable()) this.#attachment.engine.wakeUp()
  }

  timeout(): WaitOutcome {
    return this.#reader.ready ? 'ready' : 'timeout'
  }

  fallAsleep(): WaitOutcome | undefined {
    this.#assertUsable()
    this.idled()
    const { engine, memory } = this.#attachment
    // What was rung for before the look that follows must not end the sleep behind it.
    memory.rung?.()
    const asleep = this.#announce()
    if (asleep === 0) return this.look() ?? (this.#reader.ready ? 'ready' : 'woken')
    this.#asleep = asleep
    engine.tally(SLEEP_COUNT, 1)
    return undefined
  }

  beds(): readonly Bed[] {
    const index = (this.#attachment.address + SLEEP_WORD) >>> 2
    return [this.#attachment.memory.bed(index, this.#asleep)]
  }

  alarm(): number {
    return this.#alarm
  }

  wakeUp(): WaitOutcome | undefined {
    // Before anything is touched: the sleep word may be another consumer's by now.
    this.#assertUsable()
    const { engine } = this.#attachment
    const state = engine.wakeUp()
    const outcome = this.look()
    if (outcome) return outcome
    const roused = state !== this.#asleep
    if (!this.#reader.ready) {
      if (roused) engine.tally(SPURIOUS_COUNT, 1)
      else this.#stopsFlowing()
    }
    return state === SLEEP_FORCED && !this.#ring.closed ? 'woken' : undefined
  }

  /**
   * The consumer took so many records. What is there now has not waited yet, unless it has left some
   * `behind` of those that were there when it began: those have waited long enough.
   */
  took(records: number, behind: boolean): void {
    this.#patience = behind ? 0 : Number.POSITIVE_INFINITY
    if (records > 0) this.#flowing = true
  }

  /** Whether it sleeps by the ring's rules: nobody has woken it, and nobody who was to is dead. */
  #isQuiet(): boolean {
    const { views, address } = this.#attachment
    if (!this.#isUsable() || this.#ring.closed) return false
    if (Atomics.load(views.i32, (address + SLEEP_WORD) >>> 2) !== this.#asleep) return false
    return !this.#stall.recoverAsleep(this.#reader.position, this.#reader.readable)
  }

  /** Answers what the sleep word says then; 0 when there is no need to sleep. */
  #announce(): number {
    const { engine } = this.#attachment
    const position = this.#reader.position
    this.#alarm = Number.POSITIVE_INFINITY
    if (this.#watermark) {
      const { bytes, records, maxDelayMs } = this.#watermark
      if (this.#reader.ready) this.#alarm = this.#patience
      // Records come in a flow: let the next gather. If none comes, we look once, and then wait for one.
      // One that comes meanwhile may come at once, so it has waited long enough then.
      else if (this.#flowing) this.#alarm = this.#patience = nowMs() + maxDelayMs
      // Programs of the kernel know of no watermark: behind the first record they wake nobody.
      if (this.#reader.ready && this.#attachment.memory.rung) {
        this.#alarm = Math.min(this.#alarm, nowMs() + GATHERING_LOOK_MS)
      }
      if (this.#alarm !== Number.POSITIVE_INFINITY) return engine.fallAsleepForMore(position, bytes, records)
    }
    return engine.fallAsleep(position) ? SLEEP_ASLEEP : 0
  }

  #stopsFlowing(): void {
    this.#flowing = false
    this.#patience = Number.POSITIVE_INFINITY
  }

  /** Whether what is there need not wait for more. */
  #isEnough(): boolean {
    if (!this.#watermark) return true
    const { bytes, records, maxDelayMs } = this.#watermark
    const { engine } = this.#attachment
    if (this.#ring.closed || engine.hasEnough(this.#reader.position, bytes, records)) return true
    const now = nowMs()
    if (this.#patience === Number.POSITIVE_INFINITY) this.#patience = now + maxDelayMs
    return now >= this.#patience
  }
}

/** How often a ring is looked at in which records gather, whose producers would not say that there are enough. */
const GATHERING_LOOK_MS = 1
