import { RingbufError } from '../abi/error.js'
import { REASON_BAD_LENGTH, REASON_BAD_POSITION, REASON_NAMES } from '../abi/reason.js'
import {
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH_MASK,
} from '../abi/record.js'
import {
  CONSUMER_OWNER,
  CONSUMER_POSITION,
  DATA_OFFSET,
  SLEEP_ASLEEP,
  SLEEP_FORCED,
  SLEEP_WORD,
} from '../abi/region.js'
import { mayBlock, sleepAsync } from '../memory/sleep.js'
import type { MemoryViews } from '../memory/views.js'
import { DAMAGED, recordBytes } from '../ring/algorithm/index.js'
import { type Attachment, attachmentOf, type Ring } from '../ring/ring.js'
import { Pace } from './pace.js'

/** Sees one record in place: `length` bytes at `offset` of `memory`, valid until it returns. */
export type RawCallback = (memory: Uint8Array<SharedArrayBuffer>, offset: number, length: number) => void

/** Gets one record as bytes of its own, to keep. */
export type RecordCallback = (record: Uint8Array<ArrayBuffer>) => void

export interface ConsumeOptions {
  /** Stop after this many records. Default: all that are there, and those that arrive meanwhile. */
  readonly max?: number
  /**
   * When the consumer position is stored, so that producers may write there again: after each `record`,
   * as libbpf does, or after a `batch` of at most 256. Default: `batch`.
   */
  readonly store?: 'record' | 'batch'
}

export interface WaitOptions {
  /** How long at most, in milliseconds. Default: for ever. */
  readonly timeoutMs?: number
  /** How often to look for a record before sleeping, 1 to 10 microseconds each. Default: 10. */
  readonly spin?: number
}

/**
 * How a wait ended.
 *
 * - `ready`: there is a record to consume.
 * - `woken`: somebody forced a wake-up (BPF_RB_FORCE_WAKEUP), but there is nothing to consume yet.
 * - `timeout`: the time is over.
 * - `closed`: the ring was closed, and everything in it is consumed.
 */
export type WaitOutcome = 'ready' | 'woken' | 'timeout' | 'closed'

export interface OpenConsumerOptions {
  /** Take the ring from a consumer that has died without closing. Default: false. */
  readonly takeOver?: boolean
}

/** Records of one look at the ring: enough to make the store of the position cheap. */
const BATCH_RECORDS = 256
const DEFAULT_SPIN = 10

/**
 * The reading end of a ring. A ring has one at a time, and one thread uses it (R36 is about its order).
 *
 * A callback that throws: the record it was called with counts as consumed, no other is lost, and the
 * error reaches the caller. Records that were discarded are never shown.
 */
export class Consumer {
  readonly ring: Ring
  /** Views over the ring's memory: the offset that consumeRaw shows is an index into `memory.u8`. */
  readonly memory: MemoryViews
  readonly #attachment: Attachment
  readonly #data: number
  readonly #mask: number
  /** Signed, as the algorithm keeps its words. */
  #position: number
  readonly #pace = new Pace()
  #open = true
  #busy = false
  #waiting = false

  /** @internal */
  constructor(ring: Ring, position: number) {
    this.ring = ring
    this.#attachment = attachmentOf(ring)
    this.memory = this.#attachment.views
    this.#data = this.#attachment.address + DATA_OFFSET
    this.#mask = this.#attachment.size - 1
    this.#position = position
  }

  /**
   * Consumes what is there, showing each record in place: nothing is copied, nothing allocated. The
   * memory is shared: read what you need, copy before you hand it to decoders, hashes or streams
   * (`decodeText` is a safe way to text), and keep nothing.
   *
   * @returns how many records were shown.
   * @throws RingbufError ERR_CORRUPTED, ERR_REENTRANT, ERR_CONSUMER_CLOSED; and what the callback throws.
   */
  consumeRaw(callback: RawCallback, options: ConsumeOptions = {}): number {
    const { max = Number.POSITIVE_INFINITY, store = 'batch' } = options
    checkMax(max)
    checkStore(store)
    this.#enter()
    try {
      let consumed = 0
      while (consumed < max) {
        const records = store === 'record' ? 1 : Math.min(BATCH_RECORDS, max - consumed)
        const from = this.#position
        const end = this.#attachment.engine.scan(from, records)
        if (end === from) break
        if (end === DAMAGED)
          throw this.#corrupted(this.#attachment.engine.reason(), this.#attachment.engine.evidence())
        consumed += this.#visit(end, callback)
      }
      this.#pace.learn(consumed)
      return consumed
    } finally {
      this.#busy = false
    }
  }

  /**
   * Consumes what is there, giving each record as bytes of its own, which are yours to keep.
   *
   * @returns how many records were given.
   */
  consume(callback: RecordCallback, options: ConsumeOptions = {}): number {
    return this.consumeRaw(
      (memory, offset, length) => callback(memory.slice(offset, offset + length)),
      options,
    )
  }

  /** The next record as bytes of its own, or null when none is ready. */
  read(): Uint8Array<ArrayBuffer> | null {
    let record: Uint8Array<ArrayBuffer> | null = null
    this.consume(
      (bytes) => {
        record = bytes
      },
      { max: 1 },
    )
    return record
  }

  /** Whether a record is ready to be consumed. */
  get ready(): boolean {
    return Boolean(this.#attachment.engine.isReady(this.#position))
  }

  /** Where the consumer stands: u32, wraps. */
  get position(): number {
    return this.#position >>> 0
  }

  /**
   * Blocks the thread until there is something to consume. It looks a few times first, then sleeps, and
   * the producers wake it by the kernel's rule (R38): only when it has caught up with their record.
   *
   * @throws RingbufError ERR_CANNOT_BLOCK in threads that may not block, like a browser's main thread.
   */
  wait(options: WaitOptions = {}): WaitOutcome {
    if (!mayBlock()) {
      throw new RingbufError('ERR_CANNOT_BLOCK', 'this thread may not block: use waitAsync, or poll')
    }
    const { spin = DEFAULT_SPIN } = options
    const deadline = this.#beginWait(spin, options)
    try {
      const early = this.#spin(spin, deadline)
      if (early) return early
      for (;;) {
        const outcome = this.#fallAsleep(deadline)
        if (outcome) return outcome
        Atomics.wait(this.memory.i32, this.#sleepWord, SLEEP_ASLEEP, deadline - performance.now())
        const woken = this.#wakeUp(deadline)
        if (woken) return woken
      }
    } finally {
      this.#waiting = false
    }
  }

  /**
   * Like `wait`, on any thread and without blocking it. While it waits the process stays alive. One wait
   * at a time: a second one, while the first is pending, is an error, and so is closing the consumer.
   *
   * When a record is ready already, the promise settles without a turn of the event loop. A loop that
   * only waits and consumes then keeps timers waiting for as long as producers keep up: let it in now
   * and then, with `setImmediate` in Node.
   */
  async waitAsync(options: WaitOptions = {}): Promise<WaitOutcome> {
    const { spin = 0 } = options
    const deadline = this.#beginWait(spin, options)
    try {
      const early = this.#spin(spin, deadline)
      if (early) return early
      for (;;) {
        const outcome = this.#fallAsleep(deadline)
        if (outcome) return outcome
        await sleepAsync(this.memory.i32, this.#sleepWord, SLEEP_ASLEEP, deadline - performance.now())
        // The sleep word may be another consumer's by now.
        this.#assertUsable()
        const woken = this.#wakeUp(deadline)
        if (woken) return woken
      }
    } finally {
      this.#waiting = false
    }
  }

  /** Polls without ever sleeping, for the lowest latency (R14). Keeps one CPU busy. */
  waitBusy(options: Pick<WaitOptions, 'timeoutMs'> = {}): WaitOutcome {
    this.#assertUsable()
    const deadline = deadlineOf(options)
    return this.#spin(Number.POSITIVE_INFINITY, deadline) ?? 'timeout'
  }

  /** Records as they come, as bytes of their own, until the ring is closed and empty. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    for (;;) {
      // One at a time: a loop that is left early loses nothing.
      for (let record = this.read(); record !== null; record = this.read()) yield record
      if ((await this.waitAsync()) === 'closed') return
    }
  }

  /**
   * Gives the ring free for another consumer, which goes on where this one stands. A waitAsync that is
   * pending fails with ERR_CONSUMER_CLOSED.
   *
   * @throws RingbufError ERR_REENTRANT inside a callback: it still has to release what it shows.
   */
  close(): void {
    if (!this.#open) return
    this.#assertIdle()
    this.#open = false
    this.#attachment.engine.wakeUp()
    Atomics.notify(this.memory.i32, this.#sleepWord)
    Atomics.store(this.memory.u32, (this.#attachment.address + CONSUMER_OWNER) >>> 2, 0)
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close()
  }

  get #sleepWord(): number {
    return (this.#attachment.address + SLEEP_WORD) >>> 2
  }

  /**
   * Shows the records up to `end`, which scan has checked. Each header is read once and believed only as
   * far as `end` allows, since a peer may have changed it since.
   */
  #visit(end: number, callback: RawCallback): number {
    const { u8, i32 } = this.memory
    const from = this.#position
    let position = from
    let consumed = 0
    let skipped = 0
    try {
      while (position !== end) {
        const header = this.#data + (position & this.#mask)
        const word = i32[header >>> 2] as number
        const length = word & RECORD_LENGTH_MASK
        const total = recordBytes(length)
        if ((word & RECORD_BUSY_BIT) !== 0 || total > (end - position) >>> 0) {
          throw this.#corrupted(REASON_BAD_LENGTH, word, position)
        }
        position = (position + total) | 0
        if ((word & RECORD_DISCARD_BIT) !== 0) {
          skipped++
        } else {
          consumed++
          callback(u8, header + RECORD_HEADER_BYTES, length)
        }
      }
    } finally {
      // Also when the callback throws: what was shown is consumed, what was not stays.
      this.#position = position
      if (position !== from) this.#attachment.engine.release(from, position, consumed, skipped)
    }
    return consumed
  }

  #enter(): void {
    this.#assertUsable()
    this.#assertIdle()
    const stored = Atomics.load(this.memory.i32, (this.#attachment.address + CONSUMER_POSITION) >>> 2)
    if (stored !== this.#position) throw this.#corrupted(REASON_BAD_POSITION, stored)
    this.#busy = true
  }

  #assertUsable(): void {
    if (!this.#open) throw new RingbufError('ERR_CONSUMER_CLOSED', 'this consumer was closed')
  }

  #assertIdle(): void {
    if (!this.#busy) return
    throw new RingbufError('ERR_REENTRANT', 'the consumer was used from inside its own callback')
  }

  /** Two who sleep on one word would be woken by one notification: the other would sleep on. */
  #beginWait(spin: number, options: WaitOptions): number {
    const deadline = deadlineOf(options)
    checkSpin(spin)
    this.#assertUsable()
    if (this.#waiting) throw new RingbufError('ERR_REENTRANT', 'a wait of this consumer is pending already')
    this.#waiting = true
    return deadline
  }

  /** Looks up to `times` times, at a pace that leaves the producers their cache lines. */
  #spin(times: number, deadline: number): WaitOutcome | undefined {
    if (times > 0) this.#pace.gather()
    for (let look = 0; ; look++) {
      const outcome = this.#look()
      if (outcome) return outcome
      if (look >= times) return undefined
      this.#pace.idle()
      if ((look & 63) === 63 && performance.now() >= deadline) return 'timeout'
    }
  }

  #look(): WaitOutcome | undefined {
    if (this.ready) return 'ready'
    return this.#attachment.engine.isFinished(this.#position) ? 'closed' : undefined
  }

  /** Announces sleep. Answers an outcome when there is no need to, or no time left. */
  #fallAsleep(deadline: number): WaitOutcome | undefined {
    if (!this.#attachment.engine.fallAsleep(this.#position)) return this.#look() ?? 'woken'
    if (performance.now() < deadline) return undefined
    this.#attachment.engine.wakeUp()
    return this.#look() ?? 'timeout'
  }

  #wakeUp(deadline: number): WaitOutcome | undefined {
    const state = this.#attachment.engine.wakeUp()
    const outcome = this.#look()
    if (outcome) return outcome
    if (state === SLEEP_FORCED && !this.ring.closed) return 'woken'
    return performance.now() >= deadline ? 'timeout' : undefined
  }

  #corrupted(reason: number, evidence: number, at = this.#position): RingbufError {
    const position = at >>> 0
    const found = evidence >>> 0
    const name = REASON_NAMES[reason] ?? 'unknown'
    return new RingbufError(
      'ERR_CORRUPTED',
      `ring '${this.ring.name}' is damaged at position ${position}: ${name}, found 0x${found.toString(16)}`,
      { reason: name, position, found },
    )
  }
}

/**
 * Opens the reading end of a ring in this thread. It goes on where the last consumer stood.
 *
 * @throws RingbufError ERR_CONSUMER_TAKEN while another is open, in any thread; ERR_CORRUPTED.
 */
export function openConsumer(ring: Ring, options: OpenConsumerOptions = {}): Consumer {
  const { views, address, engine } = attachmentOf(ring)
  const owner = (address + CONSUMER_OWNER) >>> 2
  if (Atomics.exchange(views.u32, owner, 1) !== 0 && !options.takeOver) {
    throw new RingbufError('ERR_CONSUMER_TAKEN', `ring '${ring.name}' has a consumer already`)
  }
  const position = Atomics.load(views.i32, (address + CONSUMER_POSITION) >>> 2)
  const aligned = (position & 7) === 0
  if (!aligned || !engine.finishRelease() || !engine.refreshLimit(position)) {
    Atomics.store(views.u32, owner, 0)
    const found = (aligned ? engine.evidence() : position) >>> 0
    throw new RingbufError(
      'ERR_CORRUPTED',
      `ring '${ring.name}' is damaged: no consumer can begin at position ${position >>> 0}, found ${found}`,
      { reason: 'bad-position', position: position >>> 0, found },
    )
  }
  return new Consumer(ring, position)
}

function checkMax(max: number): void {
  if (max >= 0 && (Number.isInteger(max) || max === Number.POSITIVE_INFINITY)) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `max ${max} must be a whole number from 0, or Infinity`, {
    value: max,
  })
}

function checkStore(store: string): void {
  if (store === 'record' || store === 'batch') return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `store '${store}' must be one of record, batch`, {
    value: store,
  })
}

function checkSpin(spin: number): void {
  if (spin >= 0) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `spin ${spin} must be 0 or more`, { value: spin })
}

function deadlineOf({ timeoutMs = Number.POSITIVE_INFINITY }: WaitOptions): number {
  if (!(timeoutMs >= 0)) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `timeoutMs ${timeoutMs} must be 0 or more`, {
      value: timeoutMs,
    })
  }
  return performance.now() + timeoutMs
}
