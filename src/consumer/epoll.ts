import { checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { BELL_PLACE, SLEEP_ASLEEP, SLEEP_WORD } from '../abi/region.js'
import { type Bed, type Watch, WordBed } from '../memory/bed.js'
import { bellIndex, boardName, listen, returnBell, stopListening, takeBell } from '../memory/bells.js'
import { allocateSharedMemory, sharedBuffer } from '../memory/shared-memory.js'
import { LOOK_MS } from '../ring/hold-up.js'
import { Patience } from '../ring/recover.js'
import { type Consumer, type ConsumerParts, checkConsumer, partsOf } from './consumer.js'
import { Pace } from './pace.js'
import type { WaitStrategy } from './strategy.js'
import { type Sleeper, Waiter, type WaitOptions } from './waiter.js'

export interface EpollOptions {
  /** Report only news, not what is there (EPOLLET). Default: false. */
  readonly edgeTriggered?: boolean
  /** Comes back with each event. */
  readonly data?: unknown
}

export interface EpollEvent {
  readonly consumer: Consumer<unknown>
  readonly data: unknown
  /** The ring was closed, and everything in it is consumed (EPOLLHUP). */
  readonly closed: boolean
}

export interface EpollWaitOptions extends WaitOptions {
  /** Events at most. Default: as many as there are rings. */
  readonly maxEvents?: number
}

/**
 * Waits for many rings at once, by the rules of the kernel's epoll and its ring buffer map:
 *
 * - A ring is readable when anything is reserved, committed or not, discarded or not.
 * - What makes a ring known is a wake-up, by R38 and R40, or that it was readable when it was added or
 *   reported. So records committed with NO_WAKEUP are not seen by a ring that was found empty, nor is a
 *   plain submit behind a discard with NO_WAKEUP.
 * - Level-triggered, a ring is reported by every wait for as long as it is readable; edge-triggered, once
 *   for a wake-up.
 * - With fewer `maxEvents` than readable rings they take turns.
 *
 * One thread uses it. A consumer in it cannot wait by itself, and its watermark does not count.
 */
export class RingEpoll {
  readonly #sleeper = new EpollSleeper()
  readonly #waiter: Waiter<EpollEvent[]>

  constructor(options: { readonly strategy?: WaitStrategy } = {}) {
    this.#waiter = new Waiter(this.#sleeper, options.strategy ?? 'adaptive')
    // Whoever sleeps in the bed of a ring that has left would be woken in the place of its next consumer.
    this.#sleeper.onLeft = () => {
      this.#waiter.interrupt()
      this.onLeft()
    }
  }

  /** @internal Called when a ring has left. */
  onLeft: () => void = () => {}

  /** How many rings are in it. */
  get size(): number {
    return this.#sleeper.size
  }

  /** EPOLL_CTL_ADD. @throws RingbufError ERR_INVALID_ARGUMENT when it is in already; ERR_REENTRANT */
  add(consumer: Consumer<unknown>, options: EpollOptions = {}): void {
    this.#sleeper.add(consumer, options)
    this.#waiter.interrupt()
  }

  /** EPOLL_CTL_MOD: other options; if it is readable it is reported anew. @throws RingbufError ERR_INVALID_ARGUMENT */
  modify(consumer: Consumer<unknown>, options: EpollOptions = {}): void {
    this.#sleeper.modify(consumer, options)
    this.#waiter.interrupt()
  }

  /** EPOLL_CTL_DEL. @throws RingbufError ERR_INVALID_ARGUMENT when it is not in */
  delete(consumer: Consumer<unknown>): void {
    this.#sleeper.delete(consumer)
  }

  /**
   * Blocks until a ring is to be reported. Empty when the time is over.
   *
   * @throws RingbufError ERR_NO_COMMON_BELL when the rings were made by different threads, which cannot be
   *   waited for at once by a thread that blocks; ERR_CANNOT_BLOCK, ERR_REENTRANT, ERR_INVALID_ARGUMENT
   */
  wait(options: EpollWaitOptions = {}): EpollEvent[] {
    this.#begin(options)
    this.#sleeper.assertOneBed()
    return this.#waiter.block(options)
  }

  /** The same, on any thread and without blocking it; any rings can be waited for together. */
  async waitAsync(options: EpollWaitOptions = {}): Promise<EpollEvent[]> {
    this.#begin(options)
    return this.#waiter.wait(options)
  }

  /** What is to be reported now, without waiting: epoll_wait with a timeout of 0. */
  poll(options: Pick<EpollWaitOptions, 'maxEvents'> = {}): EpollEvent[] {
    return this.#sleeper.collect(options.maxEvents)
  }

  #begin(options: EpollWaitOptions): void {
    checkOptions('options', options)
    const { maxEvents } = options
    if (this.#waiter.pending) throw new RingbufError('ERR_REENTRANT', 'a wait is pending here already')
    this.#sleeper.limit(maxEvents)
  }

  /** Makes a pending waitAsync of this thread look again. */
  interrupt(): void {
    this.#waiter.interrupt()
  }

  /** @internal Ends a pending waitAsync of this thread, with what is to be reported, or no events. */
  endWait(): void {
    if (!this.#waiter.pending) return
    this.#sleeper.endWait()
    this.#waiter.interrupt()
  }

  /** @internal Tells it how many records an event was worth: see Pace. */
  learn(taken: number): void {
    this.#sleeper.pace.learn(taken)
  }

  /** Lets the process end though this waits; and `ref` the opposite, which is so from the beginning. */
  unref(): this {
    this.#waiter.ref = false
    return this
  }

  ref(): this {
    this.#waiter.ref = true
    return this
  }

  hasRef(): boolean {
    return this.#waiter.ref
  }

  /** Takes all rings out of it, and gives its bells back. A pending waitAsync ends with no events. */
  close(): void {
    this.#sleeper.close()
    this.#waiter.interrupt()
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close()
  }
}

/** One ring in it. */
interface Item extends ConsumerParts {
  readonly consumer: Consumer<unknown>
  edgeTriggered: boolean
  data: unknown
  /** The sleep word of its ring, in its memory. */
  readonly sleepIndex: number
  readonly bell: Bell | undefined
  /** In the queue of those to be looked at. */
  queued: boolean
  /** Its producers have been asked to wake us. */
  armed: boolean
  /** In a recoverable ring: with those who were to ring for it. */
  readonly patience: Patience | undefined
  /** Its end was reported. */
  ended: boolean
}

/** A bell that was taken on one board, for all rings of that board. */
interface Bell {
  readonly words: Int32Array
  readonly place: number
  /** How many items use it. */
  users: number
  /** What it said before the rings were looked at. */
  rung: number
}

class EpollSleeper implements Sleeper<EpollEvent[]> {
  readonly pace = new Pace()
  readonly #items = new Map<Consumer<unknown>, Item>()
  readonly #bells = new Map<string, Bell>()
  /** Those that may be readable, oldest first: the kernel's ready list. */
  #ready: Item[] = []
  #maxEvents = Number.POSITIVE_INFINITY
  #closed = false
  /** The wait that is pending is to end, whatever there is. */
  #ending = false
  /** Called when a ring has left. */
  onLeft: () => void = () => {}
  #nowhere: Int32Array | undefined
  readonly #watch: Watch = { everyMs: LOOK_MS, isQuiet: () => this.#isQuiet() }

  get size(): number {
    return this.#items.size
  }

  limit(maxEvents = Number.POSITIVE_INFINITY): void {
    this.#check(maxEvents)
    this.#maxEvents = maxEvents
    this.#ending = false
  }

  endWait(): void {
    this.#ending = true
  }

  #check(maxEvents: number): void {
    if (typeof maxEvents !== 'number' || !(maxEvents >= 1)) {
      throw new RingbufError('ERR_INVALID_ARGUMENT', `maxEvents ${String(maxEvents)} must be 1 or more`, {
        value: String(maxEvents),
      })
    }
    this.#assertOpen()
  }

  #assertOpen(): void {
    if (this.#closed) throw new RingbufError('ERR_CONSUMER_CLOSED', 'this epoll was closed')
  }

  add(consumer: Consumer<unknown>, options: EpollOptions): void {
    this.#assertOpen()
    checkConsumer(consumer)
    checkOptions('options', options)
    const { edgeTriggered = false, data } = options
    if (this.#items.has(consumer)) {
      throw new RingbufError('ERR_INVALID_ARGUMENT', `ring '${consumer.ring.name}' is in this epoll already`)
    }
    const parts = partsOf(consumer)
    const { attachment } = parts
    parts.enlist(() => this.delete(consumer))
    const bell = this.#bellOf(attachment.bells)
    const place = (attachment.address + BELL_PLACE) >>> 2
    Atomics.store(attachment.views.i32, place, bell?.place ?? 0)
    const sleepIndex = (attachment.address + SLEEP_WORD) >>> 2
    const flags = { queued: false, armed: false, ended: false }
    const patience = attachment.recoverable ? new Patience(attachment) : undefined
    const item: Item = { ...parts, consumer, edgeTriggered, data, sleepIndex, bell, patience, ...flags }
    this.#items.set(consumer, item)
    this.#lookAt(item)
  }

  modify(consumer: Consumer<unknown>, { edgeTriggered = false, data }: EpollOptions): void {
    const item = this.#itemOf(consumer)
    item.edgeTriggered = edgeTriggered
    item.data = data
    this.#lookAt(item)
  }

  delete(consumer: Consumer<unknown>): void {
    const item = this.#itemOf(consumer)
    const { attachment, bell } = item
    this.#items.delete(consumer)
    this.#ready = this.#ready.filter((other) => other !== item)
    attachment.engine.wakeUp()
    Atomics.store(attachment.views.i32, (attachment.address + BELL_PLACE) >>> 2, 0)
    item.delist()
    if (bell && --bell.users === 0) {
      this.#bells.delete(boardName(bell.words))
      returnBell(bell.words, bell.place)
    }
    this.onLeft()
  }

  close(): void {
    for (const consumer of [...this.#items.keys()]) this.delete(consumer)
    this.#closed = true
  }

  assertOneBed(): void {
    // Beds of other kinds can be slept in by turns.
    const beds = this.beds().filter((bed) => bed instanceof WordBed).length
    if (beds <= 1) return
    throw new RingbufError(
      'ERR_NO_COMMON_BELL',
      `${this.size} rings hang on ${beds} different bells, and a thread that blocks can sleep on one only`,
      { value: beds, limit: 1 },
    )
  }

  look(): EpollEvent[] | undefined {
    const events = this.#closed ? [] : this.collect(this.#maxEvents)
    return this.#closed || this.#ending || events.length > 0 ? events : undefined
  }

  /** An edge is reported once. */
  readonly repeats = false

  idled(): void {
    this.#isQuiet()
  }

  /** Whoever was to ring for one of them may have died. */
  get watch(): Watch | undefined {
    for (const { patience } of this.#items.values()) if (patience) return this.#watch
    return undefined
  }

  over(): EpollEvent[] | undefined {
    return this.#closed ? [] : undefined
  }

  abandon(): void {
    // What is armed stays so: what rings is not forgotten.
    this.#stopListening()
  }

  /** What is to be reported now. */
  collect(maxEvents = Number.POSITIVE_INFINITY): EpollEvent[] {
    this.#check(maxEvents)
    for (const item of this.#items.values()) this.#notice(item)
    const events: EpollEvent[] = []
    // Those that are put back wait for the next time.
    for (let left = this.#ready.length; left > 0 && events.length < maxEvents; left--) {
      const item = this.#ready.shift() as Item
      item.queued = false
      const { engine } = item.attachment
      // Before it is looked at: what comes after the look is rung for.
      engine.arm()
      item.armed = true
      if (!item.reader.readable) continue
      const closed = Boolean(engine.isFinished(item.reader.position)) && !item.reader.ready
      item.ended ||= closed
      events.push({ consumer: item.consumer, data: item.data, closed })
      if (item.edgeTriggered) continue
      // It will be looked at again in any case, so its producers need not ring.
      engine.wakeUp()
      item.armed = false
      this.#enqueue(item)
    }
    return events
  }

  timeout(): EpollEvent[] {
    return []
  }

  fallAsleep(): EpollEvent[] | undefined {
    for (const bell of this.#bells.values()) bell.rung = listen(bell.words, bell.place)
    const events = this.look()
    if (events) this.#stopListening()
    return events
  }

  beds(): readonly Bed[] {
    const beds: Bed[] = []
    for (const { words, place, rung } of this.#bells.values()) {
      beds.push(new WordBed(words, bellIndex(place), rung))
    }
    for (const { bell, attachment, sleepIndex } of this.#items.values()) {
      if (!bell) beds.push(attachment.memory.bed(sleepIndex, SLEEP_ASLEEP))
    }
    // With no rings it sleeps all the same, as the kernel's does.
    if (beds.length === 0) {
      this.#nowhere ??= allocateWord()
      beds.push(new WordBed(this.#nowhere, 0, 0))
    }
    return beds
  }

  alarm(): number {
    return Number.POSITIVE_INFINITY
  }

  wakeUp(): EpollEvent[] | undefined {
    this.#stopListening()
    return this.look()
  }

  #stopListening(): void {
    for (const { words, place } of this.#bells.values()) stopListening(words, place)
  }

  /** As the kernel does when one is added or modified: it is queued if it is readable now. */
  #lookAt(item: Item): void {
    const { engine } = item.attachment
    // It stays in the queue if it was rung for before.
    this.#notice(item)
    engine.arm()
    item.armed = true
    if (item.reader.readable) this.#enqueue(item)
  }

  /** Whether somebody rang for it. */
  #notice(item: Item): void {
    if (!item.armed || !isRung(item)) return
    item.armed = false
    this.#enqueue(item)
  }

  /** Whether it sleeps by the rings' rules: nobody has rung, and nobody who was to is dead. */
  #isQuiet(): boolean {
    for (const item of this.#items.values()) {
      const { patience, reader, consumer } = item
      if (!patience || !item.armed) continue
      if (isRung(item)) return false
      if (consumer.ring.closed && !item.ended) {
        this.#enqueue(item)
        return false
      }
      if (!reader.readable) patience.calm()
      else if (patience.held()) return false
    }
    return true
  }

  #enqueue(item: Item): void {
    if (item.queued) return
    item.queued = true
    this.#ready.push(item)
  }

  #itemOf(consumer: Consumer<unknown>): Item {
    const item = this.#items.get(consumer)
    if (item) return item
    throw new RingbufError('ERR_INVALID_ARGUMENT', `ring '${consumer.ring.name}' is not in this epoll`)
  }

  /** The bell for rings of this board; none when it has none left: then the ring's own word must do. */
  #bellOf(words: Int32Array | undefined): Bell | undefined {
    if (!words) return undefined
    const name = boardName(words)
    let bell = this.#bells.get(name)
    if (!bell) {
      const place = takeBell(words)
      if (place === 0) return undefined
      bell = { words, place, users: 0, rung: 0 }
      this.#bells.set(name, bell)
    }
    bell.users++
    return bell
  }
}

function isRung({ attachment: { memory, views }, sleepIndex }: Item): boolean {
  // [B3] Changed since it was armed.
  return memory.rung ? memory.rung() : Atomics.load(views.i32, sleepIndex) !== SLEEP_ASLEEP
}

function allocateWord(): Int32Array {
  return new Int32Array(sharedBuffer(allocateSharedMemory(4)) as SharedArrayBuffer)
}
