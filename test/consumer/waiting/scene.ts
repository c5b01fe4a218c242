import {
  BPF_RB_FORCE_WAKEUP,
  BPF_RB_NO_WAKEUP,
  type Consumer,
  openConsumer,
  openPoller,
  openProducer,
  RingbufError,
  RingEpoll,
  type RingPoller,
  type TimeLimit,
  type WaitStrategy,
} from 'bpf-ringbuf'
import type { Build } from '../../ring/support/builds.js'
import { type AnyRing, makeRing } from '../../ring/support/rings.js'
import type { Stagehand } from '../support/stagehand.js'
import { isAsync, isOfOneRing, isPoller, type Way } from './combination.js'

export const FLAGS: Readonly<Record<string, number>> = {
  record: 0,
  'record, NO_WAKEUP': BPF_RB_NO_WAKEUP,
  'record, FORCE_WAKEUP': BPF_RB_FORCE_WAKEUP,
  'record, NO_WAKEUP and FORCE_WAKEUP': BPF_RB_NO_WAKEUP | BPF_RB_FORCE_WAKEUP,
  'record, NO_WAKEUP, then flush': BPF_RB_NO_WAKEUP,
}

/** Rings, and one who waits for them in one way. Its answers are in words, the same for all ways. */
export class Scene {
  readonly way: Way
  readonly rings: AnyRing[] = []
  readonly #build: Build
  readonly #strategy: WaitStrategy
  readonly #stagehand: Stagehand
  #consumers: Consumer[] = []
  #epoll: RingEpoll | undefined
  #poller: RingPoller | undefined

  constructor(way: Way, build: Build, strategy: WaitStrategy, rings: number, stagehand: Stagehand) {
    this.way = way
    this.#build = build
    this.#strategy = strategy
    this.#stagehand = stagehand
    for (let i = 0; i < rings; i++) this.#createRing(i)
    this.open()
  }

  /** Makes one who waits, for all rings; also a new one after `closeWaiter`. */
  open(): void {
    this.#consumers = []
    if (isPoller(this.way)) this.#poller = openPoller({ strategy: this.#strategy })
    else if (!isOfOneRing(this.way)) this.#epoll = new RingEpoll({ strategy: this.#strategy })
    for (let i = 0; i < this.rings.length; i++) this.#enlist(i)
  }

  closeWaiter(): void {
    if (this.#poller) {
      this.#poller.close()
      return
    }
    this.#epoll?.close()
    for (const consumer of this.#consumers) consumer.close()
  }

  /** Puts a new ring in the place of one that was closed. */
  replaceRing(i: number): void {
    const consumer = this.#consumers[i] as Consumer
    this.#epoll?.delete(consumer)
    consumer.close()
    this.#createRing(i)
    this.#enlist(i)
  }

  output(i: number, flags: number): void {
    const answer = openProducer(this.rings[i] as AnyRing).output(new Uint8Array(8), flags)
    if (answer !== 0) throw new Error(`output answered ${answer}`)
  }

  /** Waits, and answers how that ended. */
  async wait(limit: TimeLimit): Promise<string> {
    try {
      if (isAsync(this.way)) return await this.#waitAsync(limit)
      return this.#waitBlocking(limit)
    } catch (error) {
      if (error instanceof RingbufError) return error.code
      throw error
    }
  }

  /** Consumes what is there, and lets the waiter find all rings empty. Answers how many records there were. */
  clear(): number {
    let records = 0
    for (const consumer of this.#consumers) records += consumer.consumeRaw(() => {})
    this.#epoll?.poll()
    this.#poller?.poll(0)
    return records
  }

  #waitBlocking(limit: TimeLimit): string {
    if (this.#poller) return `${this.#poller.poll(limit.timeoutMs)} records`
    if (this.#epoll) return this.#inWords(this.#epoll.wait(limit))
    return (this.#consumers[0] as Consumer).wait(limit)
  }

  async #waitAsync(limit: TimeLimit): Promise<string> {
    if (this.#poller) return `${await this.#poller.pollAsync(limit.timeoutMs)} records`
    if (this.#epoll) return this.#inWords(await this.#epoll.waitAsync(limit))
    return await (this.#consumers[0] as Consumer).waitAsync(limit)
  }

  #inWords(events: ReturnType<RingEpoll['poll']>): string {
    if (events.length === 0) return 'no events'
    return events.map(({ data, closed }) => `ring ${data}${closed ? ' closed' : ''}`).join(', ')
  }

  #createRing(i: number): void {
    const ring = makeRing(this.#build, { size: 4096 })
    this.rings[i] = ring
    this.#stagehand.attach(ring, i)
  }

  #enlist(i: number): void {
    const ring = this.rings[i] as AnyRing
    if (this.#poller) {
      const index = this.#poller.add(ring, () => {})
      this.#consumers[i] = this.#poller.ring(index).consumer
      return
    }
    const consumer = openConsumer(ring, { strategy: this.#strategy })
    this.#consumers[i] = consumer
    // Which of the two it is makes no difference here.
    this.#epoll?.add(consumer, { data: i, edgeTriggered: i % 2 === 1 })
  }
}
