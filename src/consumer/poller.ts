import { checkFunction, checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { BPF_RB_AVAIL_DATA, BPF_RB_PROD_POS } from '../abi/flags.js'
import { nowMs } from '../memory/clock.js'
import { CopyPool, copyBytes } from '../memory/copies.js'
import { nap, nextTurn, pauseAsync } from '../memory/sleep.js'
import type { Ring } from '../ring/ring.js'
import { type Budget, checkBudget } from './budget.js'
import { type Consumer, type OpenConsumerOptions, type OwnedRecord, STOP } from './consumer.js'
import { type EpollEvent, RingEpoll } from './epoll.js'
import { openConsumer } from './open-consumer.js'
import type { WaitStrategy } from './strategy.js'
import { checkSignal, type Signal } from './waiter.js'

/**
 * Gets one record of a ring, and the context that the ring was added with. A negative answer stops: the
 * record counts as consumed, and whoever polls is answered that number. Any other answer goes on.
 */
export type SampleCallback<Context> = (record: OwnedRecord, context: Context) => unknown

/** The same for a record where it is: see RawCallback. */
export type RawSampleCallback<Context> = (
  memory: Uint8Array,
  offset: number,
  length: number,
  context: Context,
) => unknown

export interface OpenPollerOptions {
  /** What waits do until something comes. Default: `adaptive`. */
  readonly strategy?: WaitStrategy
  /**
   * What one visit to one ring takes at most, before the next ring has its turn. Default: what was
   * reserved when the visit began, and 4 milliseconds.
   */
  readonly budget?: Budget
}

export interface AddOptions<Context>
  extends Omit<OpenConsumerOptions, 'strategy' | 'watermark' | 'showLost'> {
  /** Handed to the callback with every record. */
  readonly context?: Context
}

/** As libbpf's: what it counts never exceeds it. */
const INT_MAX = 0x7fff_ffff
/** Longer than that no other ring, nor the event loop, should wait for its turn. */
const TURN_MS = 4
/** A record that stays busy for longer will stay so for long. */
const SOON_MS = 0.3

/**
 * Many rings, each with a callback of its own, and one wait for all: libbpf's `ring_buffer__*`.
 *
 * Only rings that are ready are visited, and they take turns: each visit has a budget, so a producer that
 * is faster than its callback keeps neither the other rings nor the event loop waiting. (libbpf stays with
 * a ring for as long as its producers keep up: that is `budget: { max: Infinity }`.)
 */
export class RingPoller {
  readonly #epoll: RingEpoll
  readonly #budget: Budget
  readonly #rings: PolledRing[] = []
  /** Whose turn it is first, since a callback stopped the last visit in front of it. */
  #next: PolledRing | undefined
  #polling = false
  #closed = false

  constructor({ strategy = 'adaptive', budget = { maxMs: TURN_MS } }: OpenPollerOptions = {}) {
    checkBudget(budget)
    if (budget.max === 0) {
      throw new RingbufError('ERR_INVALID_ARGUMENT', 'a budget of max 0 would never take anything', {
        value: 0,
      })
    }
    this.#epoll = new RingEpoll({ strategy })
    // With the last ring that is open goes what a pollAsync waits for.
    this.#epoll.onLeft = () => {
      if (this.#isDone) this.#epoll.endWait()
    }
    this.#budget = budget
  }

  /**
   * ring_buffer__add: opens the ring's consumer, and gives each of its records to the callback. Answers
   * its index.
   *
   * @throws RingbufError ERR_CONSUMER_TAKEN, ERR_CORRUPTED
   */
  add<Context = undefined>(
    ring: Ring<unknown>,
    callback: SampleCallback<Context>,
    options: AddOptions<Context> = {},
  ): number {
    checkFunction('callback', callback)
    const context = options.context as Context
    const copy = options.pooledCopies ? new CopyPool().copy : copyBytes
    return this.addRaw<Context>(
      ring,
      (memory, offset, length) => callback(copy(memory, offset, length), context),
      options,
    )
  }

  /** The same, without copying: the callback sees each record where it is, until it returns. */
  addRaw<Context = undefined>(
    ring: Ring<unknown>,
    callback: RawSampleCallback<Context>,
    options: AddOptions<Context> = {},
  ): number {
    checkFunction('callback', callback)
    checkOptions('options', options)
    const { context, ...open } = options
    const consumer = openConsumer(ring, open)
    const polled = new PolledRing(consumer, callback as RawSampleCallback<unknown>, context)
    try {
      this.#epoll.add(consumer, { data: polled })
    } catch (error) {
      consumer.close()
      throw error
    }
    return this.#rings.push(polled) - 1
  }

  /** How many rings were added. */
  get length(): number {
    return this.#rings.length
  }

  /** ring_buffer__ring: one of the rings, by index. @throws RingbufError ERR_INVALID_ARGUMENT */
  ring(index: number): PolledRing {
    const ring = this.#rings[index]
    if (ring) return ring
    throw new RingbufError('ERR_INVALID_ARGUMENT', `there is no ring ${index} among ${this.length}`, {
      value: index,
      limit: this.length,
    })
  }

  /** Whether all rings were closed, and everything in them is consumed: polling gives nothing any more. */
  get finished(): boolean {
    return this.#rings.every((ring) => ring.finished)
  }

  /**
   * ring_buffer__poll: blocks until a ring is ready, then visits those that are. Answers how many records
   * they gave; 0 when the time is over or all rings are finished, or given up, and also when all that came
   * was discarded, or a ring has finished; or what a callback answered that stopped it: then the other rings
   * wait for the next call.
   *
   * A ring whose first record stays busy is ready, by the kernel's rule, and has nothing to give. libbpf
   * answers 0 at once then; this waits on, looking often at first, then about once a millisecond.
   *
   * @param timeoutMs negative: no limit.
   * @throws RingbufError ERR_CANNOT_BLOCK, ERR_NO_COMMON_BELL, ERR_CORRUPTED, ERR_INVALID_ARGUMENT; and
   *   what a callback throws.
   */
  poll(timeoutMs = -1): number {
    const deadline = deadlineOf(timeoutMs)
    this.#beginPoll()
    try {
      for (;;) {
        if (this.#isDone) return 0
        const events = this.#epoll.wait({ deadline })
        if (events.length === 0) return 0
        const answer = this.#visit(events)
        if (answer !== undefined) return answer
        if (nowMs() >= deadline) return 0
        nap()
      }
    } finally {
      this.#polling = false
    }
  }

  /** The same, on any thread and without blocking it. */
  async pollAsync(timeoutMs = -1, options: { readonly signal?: Signal } = {}): Promise<number> {
    checkOptions('options', options)
    const { signal } = options
    checkSignal(signal)
    const deadline = deadlineOf(timeoutMs)
    this.#beginPoll()
    let busySince = Number.POSITIVE_INFINITY
    try {
      for (;;) {
        if (this.#isDone) return 0
        const events = await this.#epoll.waitAsync(signal ? { deadline, signal } : { deadline })
        if (events.length === 0 || this.#closed) return 0
        // They are reported again.
        signal?.throwIfAborted()
        const answer = this.#visit(events)
        if (answer !== undefined) return answer
        const now = nowMs()
        if (now >= deadline) return 0
        busySince = Math.min(busySince, now)
        // Most records are busy for some microseconds, and a timer takes a millisecond.
        await (now - busySince < SOON_MS ? nextTurn(this.hasRef()) : pauseAsync(1, this.hasRef()))
      }
    } finally {
      this.#polling = false
    }
  }

  /**
   * Polls until all rings are finished, and answers 0; or what a callback answered that stopped it.
   *
   * @throws the signal's reason.
   */
  async run(options: { readonly signal?: Signal } = {}): Promise<number> {
    while (!this.finished && !this.#closed) {
      const answer = await this.pollAsync(-1, options)
      if (answer < 0) return answer
    }
    return 0
  }

  /**
   * ring_buffer__consume: visits all rings in the order in which they were added, ready or not, without
   * waiting. Answers as `poll` does. May be called while a pollAsync is pending.
   */
  consume(): number {
    this.#assertOpen()
    let count = 0
    for (const ring of this.#rings) {
      if (ring.consumer.closed) continue
      const answer = ring.consume()
      if (answer < 0) return answer
      count = Math.min(count + answer, INT_MAX)
      if (this.#closed) break
    }
    return count
  }

  /** ring_buffer__consume_n: the same, but at most `n` records of all rings together. */
  consumeN(n: number): number {
    checkCount(n)
    this.#assertOpen()
    let count = 0
    for (const ring of this.#rings) {
      if (count >= n || this.#closed) break
      if (ring.consumer.closed) continue
      const answer = ring.consumeN(n - count)
      if (answer < 0) return answer
      count += answer
    }
    return count
  }

  /**
   * Consumes everything that is committed now, with or without a wake-up, and answers as `consume`. The
   * same as `consume`, which never takes more; from another thread, use `ring.flush()`.
   */
  flush(): number {
    return this.consume()
  }

  /** Lets the process end though a pollAsync is pending; and `ref` the opposite, which is the default. */
  unref(): this {
    this.#epoll.unref()
    return this
  }

  ref(): this {
    this.#epoll.ref()
    return this
  }

  hasRef(): boolean {
    return this.#epoll.hasRef()
  }

  /**
   * ring_buffer__free: gives all rings free, leases included. A pending pollAsync answers 0. Called by a
   * callback, it ends the visit behind the record.
   */
  close(): void {
    this.#closed = true
    const visited = this.#rings.find((ring) => ring.isVisited)
    // Its callback is at work: it calls this again when that has returned.
    if (visited) {
      visited.endWith(() => this.close())
      return
    }
    this.#epoll.close()
    for (const ring of this.#rings) ring.consumer[Symbol.dispose]()
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** Nothing will come any more; but with no rings at all it waits, for one may be added. */
  get #isDone(): boolean {
    return this.#closed || (this.length > 0 && this.finished)
  }

  #assertOpen(): void {
    if (this.#closed) throw new RingbufError('ERR_CONSUMER_CLOSED', 'this poller was closed')
  }

  #beginPoll(): void {
    this.#assertOpen()
    if (this.#polling) throw new RingbufError('ERR_REENTRANT', 'this poller polls already')
    this.#polling = true
  }

  /** Answers undefined when no ring had anything to give: their first records are busy. */
  #visit(events: readonly EpollEvent[]): number | undefined {
    let count = 0
    let moved = false
    const turns = this.#inTurn(events)
    for (const [index, { consumer, data, closed }] of turns.entries()) {
      const ring = data as PolledRing
      // By hand, or by the callback of another ring.
      if (consumer.closed) continue
      const before = consumer.position
      // A callback that stops, or throws, every time must not keep the other rings waiting.
      this.#next = turns[index + 1]?.data as PolledRing | undefined
      const answer = ring.visit(this.#budget)
      if (answer < 0) return answer
      count = Math.min(count + answer, INT_MAX)
      if (this.#closed) return count
      moved ||= closed || answer > 0 || consumer.position !== before
      if (closed && !consumer.closed) {
        ring.finish()
        this.#epoll.delete(consumer)
      }
    }
    this.#epoll.learn(count / events.length)
    return moved ? count : undefined
  }

  /** The events, from that of the ring whose turn it is. */
  #inTurn(events: readonly EpollEvent[]): readonly EpollEvent[] {
    const first = events.findIndex(({ data }) => data === this.#next)
    return first > 0 ? [...events.slice(first), ...events.slice(0, first)] : events
  }
}

/** One ring of a poller: libbpf's `ring__*`. */
export class PolledRing {
  readonly consumer: Consumer
  readonly #give: (memory: Uint8Array, offset: number, length: number) => unknown
  #answer = 0
  #finished = false
  #visited = false
  /** What is to be done when the visit that lasts is over. */
  #end: (() => void) | undefined

  /** @internal */
  constructor(consumer: Consumer, callback: RawSampleCallback<unknown>, context: unknown) {
    this.consumer = consumer
    this.#give = (memory, offset, length) => {
      const answer = callback(memory, offset, length, context)
      if (typeof answer === 'number' && answer < 0) this.#answer = answer
      return this.#answer < 0 || this.#end ? STOP : undefined
    }
  }

  /** ring__consume: what is there now. Answers as `RingPoller.poll`. */
  consume(): number {
    return this.visit({})
  }

  /** ring__consume_n: at most `n` records. */
  consumeN(n: number): number {
    checkCount(n)
    return this.visit({ max: n })
  }

  /** ring__consumer_pos: u32, wraps. */
  get consumerPosition(): number {
    return this.consumer.position
  }

  /** ring__producer_pos: u32, wraps. */
  get producerPosition(): number {
    return this.consumer.ring.query(BPF_RB_PROD_POS)
  }

  /** ring__avail_data_size: bytes not yet consumed, busy and discarded records included. An estimate. */
  get availableBytes(): number {
    return this.consumer.ring.query(BPF_RB_AVAIL_DATA)
  }

  /** ring__size: bytes of data. */
  get size(): number {
    return this.consumer.ring.size
  }

  /** Whether the ring was closed, and everything in it is consumed; or its consumer was closed. */
  get finished(): boolean {
    return this.#finished || this.consumer.closed
  }

  /** @internal */
  finish(): void {
    this.#finished = true
  }

  /** @internal One visit. Answers how many records were given, or the negative answer of the callback. */
  visit(budget: Budget): number {
    this.#answer = 0
    const outer = this.#visited
    this.#visited = true
    try {
      const count = this.consumer.consumeRaw(this.#give, budget)
      return this.#answer < 0 ? this.#answer : Math.min(count, INT_MAX)
    } finally {
      this.#visited = outer
      if (!outer) this.#end?.()
    }
  }

  /** @internal Whether its callback is at work. */
  get isVisited(): boolean {
    return this.#visited
  }

  /** @internal Ends the visit behind the record, and then does this. */
  endWith(end: () => void): void {
    this.#end = end
  }
}

/** Opens a poller: libbpf's `ring_buffer__new`, without its first ring. */
export function openPoller(options: OpenPollerOptions = {}): RingPoller {
  checkOptions('options', options)
  return new RingPoller(options)
}

function deadlineOf(timeoutMs: number): number {
  if (Number.isNaN(timeoutMs)) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', 'timeoutMs NaN must be a number; negative: no limit', {
      value: 'NaN',
    })
  }
  return timeoutMs < 0 ? Number.POSITIVE_INFINITY : nowMs() + timeoutMs
}

function checkCount(n: number): void {
  if (Number.isInteger(n) && n >= 0) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `n ${n} must be a whole number from 0`, { value: n })
}
