import { checkFunction } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import {
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH_MASK,
  RECORD_LOST_OWNER,
  RECORD_OWNER_SHIFT,
} from '../abi/record.js'
import { CONSUMER_OWNER, RING_FLAG_LOST_RECORDS } from '../abi/region.js'
import { CopyPool, copyBytes } from '../memory/copies.js'
import type { TimeLimit } from '../memory/deadline.js'
import type { MemoryViews } from '../memory/views.js'
import { recordBytes } from '../ring/algorithm/index.js'
import type { Attachment } from '../ring/attachment.js'
import { CopyingReader } from '../ring/copying-reader.js'
import type { RingCounters } from '../ring/counters.js'
import { corrupted, InPlaceReader, type Reader } from '../ring/reader.js'
import { attachmentOf, type Ring } from '../ring/ring.js'
import { type Budget, checkBudget, type Limits, limitsOf } from './budget.js'
import { type IterateOptions, RecordIterator } from './iterator.js'
import { Lease, type LeaseOptions } from './lease.js'
import { LeaseList } from './lease-list.js'
import { DropTeller, LostRecord, UnshownLosses } from './loss.js'
import { Pace } from './pace.js'
import { RingSleeper, type WaitOutcome } from './ring-sleeper.js'
import { type Stall, StallWatch } from './stall.js'
import type { WaitStrategy } from './strategy.js'
import { Waiter, type WaitOptions } from './waiter.js'
import { parseWatermark, type Watermark } from './watermark.js'

/** The bytes of a record, its own: nobody else sees them. */
export type OwnedRecord = Uint8Array<ArrayBuffer>

/**
 * Sees one record where it is: `length` bytes at `offset` of `memory`, valid until it returns. The memory
 * is the ring's own, or, in overwrite mode, a private copy.
 */
export type RawCallback = (memory: Uint8Array, offset: number, length: number) => unknown

/** Gets one record as bytes of its own, to keep. */
export type RecordCallback<R = OwnedRecord> = (record: R) => unknown

export interface ConsumeOptions extends Budget {
  /**
   * When the consumer position is stored, so that producers may write there again: after each `record`,
   * as libbpf does, or after a `batch`: at most 256 of them, or an eighth of the ring. Default: `batch`.
   */
  readonly store?: 'record' | 'batch'
}

export interface OpenConsumerOptions {
  /** Take the ring from a consumer that has died without closing. Default: false. */
  readonly takeOver?: boolean
  /** What waits do until something comes. Default: `adaptive`. */
  readonly strategy?: WaitStrategy
  /** Wakes a wait for many records instead of one. */
  readonly watermark?: Watermark
  /**
   * Called while the consumer consumes, in order with the records, when some are missing. What it throws
   * reaches whoever consumes.
   */
  readonly onLost?: (lost: LostRecord) => void
  /** Whether a gap is shown in the stream of records, as a LostRecord. Default: false. */
  readonly showLost?: boolean
  /**
   * Whether copies of 65 to 8192 bytes share buffers of 64 KiB, which makes them several times faster. Then
   * `record.buffer` is not the record's own: do not transfer it. Default: false.
   */
  readonly pooledCopies?: boolean
}

/**
 * Answered by a callback, it ends the visit behind the record that the callback was called with. Any other
 * answer means nothing.
 */
export const STOP: unique symbol = Symbol('stop consuming')

/** @internal What whoever waits for many consumers needs of each. */
export interface ConsumerParts {
  readonly attachment: Attachment
  readonly reader: Reader
  /** It waits in an epoll, and in no other way; if it is closed it leaves that. */
  enlist(leave: () => void): void
  delist(): void
  /** Lets the event loop turn, if that is due: see Waiter.breathe. */
  breathe(): Promise<void> | undefined
  /** Whether nothing will come any more, losses included. */
  finished(): boolean
}

/** @internal */
export let partsOf: (consumer: Consumer<unknown>) => ConsumerParts

/** Records of one look at the ring: enough to make the store of the position cheap. */
const BATCH_RECORDS = 256
/**
 * More than one look ever finds. Passed on in place of Infinity, which is no small integer: V8 allocates a number for it.
 */
const MOST_RECORDS = 2 ** 30
/** So many times at least it gives back what it has consumed while it goes once round the ring. */
const STRIDES = 8
/** So many discarded records are passed over between two looks at the clock. */
const LATE_RECORDS = 64

/**
 * The reading end of a ring. A ring has one at a time, and one thread uses it (R36 is about its order).
 *
 * A callback that throws: the record it was called with counts as consumed, no other is lost, and the
 * error reaches the caller. Records that were discarded are never shown.
 *
 * A ring in overwrite mode is read by copying, since its producers do not wait for its consumer: what is
 * shown was checked to be complete, and what was overwritten before it could be read is counted exactly. It is
 * copied ahead, up to 64 KiB of records, however few a visit may take (`max`): the next visits show the rest,
 * also if it was overwritten in the ring meanwhile, and none of it counts as lost.
 */
export class Consumer<R = OwnedRecord> {
  static {
    partsOf = (consumer) => ({
      attachment: consumer.#attachment,
      reader: consumer.#reader,
      enlist(leave) {
        consumer.#assertMayWait()
        consumer.#leave = leave
      },
      delist() {
        consumer.#leave = undefined
      },
      breathe: () => consumer.#waiter.breathe(),
      finished: () => consumer.#finished,
    })
  }

  readonly ring: Ring<unknown>
  /** Views over the ring's memory. The offset that consumeRaw shows is an index into `memory.u8`, but in
   * overwrite mode, where it shows copies. */
  readonly memory: MemoryViews
  readonly #attachment: Attachment
  readonly #reader: Reader
  readonly #pace = new Pace()
  readonly #sleeper: RingSleeper
  readonly #waiter: Waiter<WaitOutcome>
  readonly #drops: DropTeller
  readonly #stall: StallWatch
  readonly #onLost: ((lost: LostRecord) => void) | undefined
  readonly #showLost: boolean
  readonly #copy: typeof copyBytes
  /** Whether producers say in the ring what they lost. */
  readonly #inBand: boolean
  /** What `read` reads. */
  #read: R | null = null
  readonly #keep = (record: OwnedRecord | LostRecord): void => {
    this.#read = record as R
  }
  readonly #keepCopy: RawCallback = (memory, offset, length) => {
    this.#read = this.#copy(memory, offset, length) as R
  }
  /** Takes the gaps that are shown in the stream, while a visit lasts. */
  #showGap: ((lost: LostRecord) => unknown) | undefined
  #shownGaps = 0
  readonly #unshown = new UnshownLosses()
  #stopped = false
  #open = true
  #busy = false
  /** Leaves the epoll that it is in. */
  #leave: (() => void) | undefined
  #lease: Lease | undefined
  readonly #list = new LeaseList()
  /** Bytes after which it gives back what it has consumed, so that producers of long records need not wait. */
  readonly #stride: number

  /** What stands in the ring while this is its consumer. */
  readonly #owner: number

  /** @internal */
  constructor(ring: Ring<unknown>, position: number, owner: number, options: OpenConsumerOptions) {
    const { strategy = 'adaptive', watermark, onLost, showLost = false, pooledCopies = false } = options
    if (onLost !== undefined) checkFunction('onLost', onLost)
    this.ring = ring
    this.#owner = owner
    this.#attachment = attachmentOf(ring)
    this.memory = this.#attachment.views
    this.#stride = this.#attachment.size / STRIDES
    this.#reader = ring.overwrites
      ? CopyingReader.consumer(this.#attachment)
      : new InPlaceReader(this.#attachment, position)
    this.#attachment.ends.add(this)
    this.#stall = new StallWatch(ring)
    this.#sleeper = new RingSleeper({
      ring,
      reader: this.#reader,
      pace: this.#pace,
      stall: this.#stall,
      watermark: watermark && parseWatermark(watermark, ring.size),
      assertUsable: () => this.#assertUsable(),
      isUsable: () => this.#open && this.#isOwner,
      isFinished: () => this.#finished,
    })
    this.#waiter = new Waiter(this.#sleeper, strategy)
    this.#drops = new DropTeller(ring)
    this.#onLost = onLost
    this.#copy = pooledCopies ? new CopyPool().copy : copyBytes
    this.#showLost = showLost
    this.#inBand = (this.#attachment.flags & RING_FLAG_LOST_RECORDS) !== 0
  }

  /**
   * Consumes what is there, showing each record where it is: nothing is copied, nothing allocated (in
   * overwrite mode, where producers wait for nobody, 64 KiB at a time are copied). The
   * memory is shared: read what you need, copy before you hand it to decoders, hashes or streams
   * (`decodeText` is a safe way to text), and keep nothing.
   *
   * Without a budget it takes what was reserved when it began, so it ends however fast producers are.
   *
   * @returns how many records were shown.
   * @throws RingbufError ERR_CORRUPTED, ERR_REENTRANT, ERR_LEASED, ERR_CONSUMER_CLOSED; and what the
   *   callback throws.
   */
  consumeRaw(callback: RawCallback, options: ConsumeOptions = NOTHING): number {
    checkFunction('callback', callback)
    return this.#consume(callback, undefined, options)
  }

  /**
   * Consumes what is there, giving each record as bytes of its own, which are yours to keep.
   *
   * @returns how many were given.
   */
  consume(callback: RecordCallback<R>, options: ConsumeOptions = NOTHING): number {
    checkFunction('callback', callback)
    const give = callback as RecordCallback<OwnedRecord | LostRecord>
    const copy: RawCallback = (memory, offset, length) => give(this.#copy(memory, offset, length))
    return this.#consume(copy, give, options)
  }

  /** The next record as bytes of its own, or null when none is ready. */
  read(): R | null {
    this.#read = null
    this.#consume(this.#keepCopy, this.#keep, ONE)
    return this.#read
  }

  /**
   * Lends records where they are, until they are released: views instead of copies, and one store of the
   * consumer position for all of them. Empty when none is ready. Meanwhile nothing else can be consumed.
   *
   *     using lease = consumer.lease()
   *     for (const record of lease) sum += record.float64[0]
   *
   * @throws RingbufError ERR_LEASED, ERR_REENTRANT, ERR_CORRUPTED, ERR_CONSUMER_CLOSED,
   *   ERR_INVALID_ARGUMENT
   */
  lease(options: LeaseOptions = NOTHING): Lease {
    checkBudget(options)
    this.#enter()
    try {
      this.#tellDrops()
      const end = this.#findLease(options)
      const isHeld = () => this.#open && this.#isOwner
      this.#lease = new Lease(this.#reader, this.#list, isHeld, (taken) => {
        this.#lease = undefined
        this.#pace.learn(taken)
        this.#sleeper.took(taken, this.#reader.isBefore(end))
      })
      return this.#lease
    } finally {
      this.#busy = false
    }
  }

  /** Whether a record is ready to be consumed. Of a closed one: no. */
  get ready(): boolean {
    // Closed, its memory may be gone.
    return this.#open && this.#reader.ready
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return !this.#open
  }

  /** Where the consumer stands: u32, wraps. */
  get position(): number {
    return this.#reader.position >>> 0
  }

  /** What happened in this ring so far: `ring.counters()`. */
  counters(): RingCounters {
    return this.ring.counters()
  }

  /**
   * What holds this consumer up: the record that it stands at was reserved and is not committed, for how
   * long, and by whom as far as that is known. Null when nothing does.
   */
  stall(): Stall | null {
    return this.#open ? this.#stall.look(this.#reader.position) : null
  }

  /**
   * Blocks the thread until there is something to consume. It spins a little first, by its strategy, then
   * sleeps, and the producers wake it by the kernel's rule (R38): only when it has caught up with their
   * record.
   *
   * @throws RingbufError ERR_CANNOT_BLOCK in threads that may not block, like a browser's main thread;
   *   ERR_REENTRANT, ERR_CONSUMER_CLOSED, ERR_INVALID_ARGUMENT
   */
  wait(options: WaitOptions = NOTHING): WaitOutcome {
    this.#assertMayWait()
    return this.#waiter.block(options)
  }

  /**
   * Like `wait`, on any thread and without blocking it. While it waits the process stays alive, unless
   * `unref` was called. One wait at a time: a second one, while the first is pending, is an error, and so
   * is closing the consumer.
   *
   * A loop that only waits and consumes lets the event loop turn every few milliseconds, however fast
   * records come.
   */
  async waitAsync(options: WaitOptions = NOTHING): Promise<WaitOutcome> {
    this.#assertMayWait()
    return this.#waiter.wait(options)
  }

  /** Polls without ever sleeping, for the lowest latency (R14). Keeps one CPU busy. */
  waitBusy(options: TimeLimit = NOTHING): WaitOutcome {
    this.#assertUsable()
    return this.#waiter.poll(options)
  }

  /** Keeps the process alive while this consumer waits. That is so from the beginning. */
  ref(): this {
    this.#waiter.ref = true
    return this
  }

  /** Lets the process end though this consumer waits. */
  unref(): this {
    this.#waiter.ref = false
    return this
  }

  hasRef(): boolean {
    return this.#waiter.ref
  }

  /** The records that are there now, as bytes of their own. Each is consumed when it is asked for. */
  *[Symbol.iterator](): Generator<R, void, void> {
    this.#assertUsable()
    const { end } = this.#reader
    do {
      const record = this.read()
      if (record === null) return
      yield record
    } while (this.#reader.isBefore(end))
  }

  /** Records as they come, as bytes of their own, until the ring is closed and empty. */
  [Symbol.asyncIterator](): AsyncIterableIterator<R> {
    return this.iterate()
  }

  /** The same, with a signal that ends it or a strategy of its own. */
  iterate(options: IterateOptions = {}): AsyncIterableIterator<R> {
    const source = {
      read: () => this.read(),
      wait: (how: WaitOptions) => this.waitAsync(how),
      breathe: () => this.#waiter.breathe(),
      finished: () => this.#finished,
    }
    return new RecordIterator(source, options)
  }

  /**
   * Gives the ring free for another consumer, which goes on where this one stands. A waitAsync that is
   * pending fails with ERR_CONSUMER_CLOSED.
   *
   * @throws RingbufError ERR_REENTRANT inside a callback: it still has to release what it shows;
   *   ERR_LEASED while a lease is out.
   */
  close(): void {
    if (!this.#open) return
    this.#assertIdle()
    this.#open = false
    this.#attachment.ends.delete(this)
    this.#waiter.interrupt()
    const isOwner = this.#isOwner
    this.#leave?.()
    // Of one that took over, this must not touch anything.
    if (!isOwner) return
    this.#attachment.engine.wakeUp()
    Atomics.compareExchange(this.memory.u32, this.#ownerIndex, this.#owner, (this.#owner + 1) >>> 0)
  }

  /** The same as `close`, but a lease that is out is released first, as leaving its block does. */
  [Symbol.dispose](): void {
    this.#lease?.[Symbol.dispose]()
    this.close()
  }

  #consume(
    show: RawCallback,
    showGap: ((lost: LostRecord) => unknown) | undefined,
    options: ConsumeOptions,
  ): number {
    checkBudget(options)
    const { max = Number.POSITIVE_INFINITY, store = 'batch' } = options
    checkStore(store)
    this.#enter()
    this.#showGap = this.#showLost ? showGap : undefined
    this.#shownGaps = 0
    this.#stopped = false
    try {
      const reader = this.#reader
      const limits = limitsOf(options)
      // It always looks once, so that damage is found. Then it ends where the ring ended when it began:
      // whoever only discards, as fast as this goes, would keep it here for ever.
      const bounded = options.max !== Number.POSITIVE_INFINITY
      const { end: last, position: first } = reader
      let consumed = 0
      for (let lost = this.#unshown.next; lost && this.#canShow(max); lost = this.#unshown.next) {
        this.#unshown.remove(lost)
        this.#show(lost)
      }
      if (this.#shownGaps < max) this.#tellDrops()
      while (consumed + this.#shownGaps < max && !this.#stopped) {
        const left = max - consumed - this.#shownGaps
        const end = reader.scan(store === 'record' ? 1 : Math.min(BATCH_RECORDS, left))
        this.#tellGap()
        if (end === reader.position) break
        if (consumed + this.#shownGaps >= max || this.#stopped) break
        consumed += this.#visit(end, show, limits, Math.min(max - consumed, MOST_RECORDS))
        // What another has taken over is not released here: it would come again, for ever.
        if (this.#stopped || limits?.reached || !this.#isOwner) break
        if (bounded && !reader.isBefore(last)) break
      }
      // Whoever polls finds nothing for as long as the head is busy: that is when its time begins.
      if (consumed === 0) this.#stall.recover(reader.position)
      this.#pace.learn(consumed, (reader.position - first) >>> 0 >= this.#stride)
      this.#sleeper.took(consumed, reader.isBefore(last))
      return consumed + this.#shownGaps
    } finally {
      this.#showGap = undefined
      this.#busy = false
    }
  }

  /**
   * Shows the records up to `end`, which scan has checked. Each header is read once and believed only as
   * far as `end` allows, since a peer may have changed it since.
   */
  #visit(end: number, show: RawCallback, limits: Limits | undefined, most: number): number {
    const reader = this.#reader
    const { u8, i32, base, origin, mask } = reader.window
    let [position, released] = [reader.position, reader.position]
    let shown = 0
    let consumed = 0
    let skipped = 0
    try {
      while (position !== end) {
        // A batch of long records would be the whole ring, and its producers would wait for all of it.
        if ((position - released) >>> 0 >= this.#stride && this.#isOwner) {
          reader.release(position, consumed, skipped)
          released = position
          shown += consumed
          consumed = 0
          skipped = 0
        }
        const header = base + ((position - origin) & mask)
        const word = i32[header >>> 2] as number
        const length = word & RECORD_LENGTH_MASK
        const total = recordBytes(length)
        if ((word & RECORD_BUSY_BIT) !== 0 || total > (end - position) >>> 0) {
          throw corrupted(this.ring.name, 'bad-length', position, word)
        }
        if ((word & RECORD_DISCARD_BIT) !== 0) {
          position = (position + total) | 0
          if (
            this.#inBand &&
            (i32[(header + 4) >>> 2] as number) >>> RECORD_OWNER_SHIFT === RECORD_LOST_OWNER
          ) {
            this.#tellInBand(i32, (header + RECORD_HEADER_BYTES) >>> 2)
            if (shown + consumed + this.#shownGaps >= most || this.#stopped) break
          } else if (++skipped % LATE_RECORDS === 0 && limits?.isLate()) {
            break
          }
          continue
        }
        if (limits !== undefined && !limits.allow(length)) break
        position = (position + total) | 0
        consumed++
        if (show(u8, header + RECORD_HEADER_BYTES, length) === STOP) {
          this.#stopped = true
          break
        }
      }
    } finally {
      // Also when the callback throws: what was shown is consumed, what was not stays. But not where
      // another has taken over meanwhile: it has consumed the same.
      if (this.#isOwner) reader.release(position, consumed, skipped)
    }
    return shown + consumed
  }

  /** Tells what producers have dropped, as of now; unless they say so themselves, in the ring. */
  #tellDrops(): void {
    if (this.#onLost === undefined && !this.#showLost) return
    // At the end everything is told, also what nobody has noted, or found a record to go in front of.
    if (!this.#attachment.engine.isFinished(this.#reader.position)) {
      if (this.#inBand || !this.#drops.hasNews()) return
    }
    this.#tell(this.#drops.tellAll(this.#reader.position))
  }

  /** Whether nothing will come any more: neither a record, nor word of records dropped behind the last. */
  get #finished(): boolean {
    const reader = this.#reader
    if (reader.ready || !this.#attachment.engine.isFinished(reader.position)) return false
    return !((this.#onLost !== undefined || this.#showLost) && this.#drops.untold)
  }

  /** What the reader came over, which is not there any more. */
  #tellGap(): void {
    const gap = this.#reader.takeGap()
    if (gap) this.#tell(new LostRecord(gap.count, gap.position, 'overwritten'))
  }

  /**
   * Lists what a lease can lend. What is no record, at the head, is passed over until there is one. Answers
   * where all ended that was reserved then.
   */
  #findLease({ max = BATCH_RECORDS, maxBytes = Number.POSITIVE_INFINITY }: LeaseOptions): number {
    const [reader, list] = [this.#reader, this.#list]
    const { end: last } = reader
    for (;;) {
      const found = reader.scan(Math.min(max, 2 ** 31))
      this.#tellGap()
      const isNothing = found === reader.position
      const end = this.#inBand ? this.#nextReport(found) : found
      list.fill(this.ring.name, reader, end, maxBytes)
      if (list.count > 0 || isNothing) return last
      reader.release(list.position(0), 0, list.skipped(0))
      if (reader.isBefore(last)) continue
      list.clear()
      return last
    }
  }

  /** Takes the reports of losses at the head. Answers where the next one stands, or `end`. */
  #nextReport(end: number): number {
    const reader = this.#reader
    const { i32, base, origin, mask } = reader.window
    let position = reader.position
    for (let leading = true; position !== end; ) {
      const header = base + ((position - origin) & mask)
      const word = i32[header >>> 2] as number
      const total = recordBytes(word & RECORD_LENGTH_MASK)
      // A peer has changed it since it was scanned: the lease will find out.
      if (total > (end - position) >>> 0) return end
      const owner = (i32[(header + 4) >>> 2] as number) >>> RECORD_OWNER_SHIFT
      const isReport = (word & RECORD_DISCARD_BIT) !== 0 && owner === RECORD_LOST_OWNER
      if (isReport && !leading) return position
      position = (position + total) | 0
      if (isReport) {
        // Read before it is released, told after: what the hook throws must not make it come again.
        const payload = i32.slice((header + RECORD_HEADER_BYTES) >>> 2, (header + total) >>> 2)
        reader.release(position, 0, 0)
        this.#tellInBand(payload, 0)
      } else {
        leading = false
      }
    }
    return end
  }

  /** A record of a producer that says how many it has dropped: its count, and where that began. */
  #tellInBand(words: Int32Array, at: number): void {
    const count = (words[at] as number) >>> 0
    this.#tell(this.#drops.tell(count, words[at + 2] as number))
  }

  #tell(lost: LostRecord | undefined): void {
    if (lost === undefined) return
    // A lease and the raw way cannot show it: the next visit that can will.
    if (this.#showLost && this.#showGap === undefined) this.#unshown.add(lost)
    this.#onLost?.(lost)
    this.#show(lost)
  }

  #canShow(max: number): boolean {
    return this.#showGap !== undefined && this.#shownGaps < max && !this.#stopped
  }

  #show(lost: LostRecord): void {
    if (this.#showGap === undefined) return
    this.#shownGaps++
    if (this.#showGap(lost) === STOP) this.#stopped = true
  }

  #assertMayWait(): void {
    this.#assertUsable()
    if (this.#leave || this.#waiter.pending) {
      throw new RingbufError('ERR_REENTRANT', 'this consumer waits already, by itself or among others')
    }
  }

  #enter(): void {
    this.#assertUsable()
    this.#assertIdle()
    this.#busy = true
  }

  #assertUsable(): void {
    if (!this.#open) throw new RingbufError('ERR_CONSUMER_CLOSED', 'this consumer was closed')
    if (this.#isOwner) return
    throw new RingbufError('ERR_CONSUMER_CLOSED', `another consumer has taken over ring '${this.ring.name}'`)
  }

  get #ownerIndex(): number {
    return (this.#attachment.address + CONSUMER_OWNER) >>> 2
  }

  get #isOwner(): boolean {
    return Atomics.load(this.memory.u32, this.#ownerIndex) === this.#owner
  }

  #assertIdle(): void {
    if (this.#busy) {
      throw new RingbufError('ERR_REENTRANT', 'the consumer was used from inside its own callback')
    }
    if (this.#lease) {
      throw new RingbufError('ERR_LEASED', 'records of this consumer are on lease: release them first')
    }
  }
}

const ONE: ConsumeOptions = { max: 1 }
/** Made once, not for each call: a visit that takes one record would allocate more than the record is long. */
const NOTHING = Object.freeze({})

/** @internal @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkConsumer(value: unknown): void {
  if (value instanceof Consumer) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${String(value)} is no consumer`, { value: String(value) })
}

function checkStore(store: string): void {
  if (store === 'record' || store === 'batch') return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `store '${String(store)}' must be one of record, batch`, {
    value: String(store),
  })
}
