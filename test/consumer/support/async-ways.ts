import {
  type Consumer,
  openConsumer,
  openPoller,
  RingEpoll,
  type RingPoller,
  type Signal,
  type WaitStrategy,
} from 'bpf-ringbuf'
import type { AnyRing } from '../../ring/support/rings.js'

/** One who waits for one ring without blocking, in one of the ways there are. */
export interface AsyncWaiter extends Disposable {
  /** The wait, and how many records it found: a consumer takes all, a poller by its callback. */
  wait(options?: { readonly timeoutMs?: number; readonly signal?: Signal }): Promise<unknown>
  /** Consumes what is there. Answers how many records there were in all, polled or not, since it was last asked. */
  take(): number
  close(): void
  ref(): void
  unref(): void
  readonly hasRef: boolean
}

export type OpenAsyncWaiter = (ring: AnyRing, strategy: WaitStrategy) => AsyncWaiter

class ByConsumer implements AsyncWaiter {
  readonly #consumer: Consumer

  constructor(ring: AnyRing, strategy: WaitStrategy) {
    this.#consumer = openConsumer(ring, { strategy })
  }

  wait(options: { readonly timeoutMs?: number; readonly signal?: Signal } = {}): Promise<unknown> {
    return this.#consumer.waitAsync(options)
  }

  take(): number {
    return this.#consumer.consumeRaw(() => {})
  }

  close(): void {
    this.#consumer.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  ref(): void {
    this.#consumer.ref()
  }

  unref(): void {
    this.#consumer.unref()
  }

  get hasRef(): boolean {
    return this.#consumer.hasRef()
  }
}

class ByEpoll implements AsyncWaiter {
  readonly #epoll: RingEpoll
  readonly #consumer: Consumer

  constructor(ring: AnyRing, strategy: WaitStrategy, edgeTriggered: boolean) {
    this.#epoll = new RingEpoll({ strategy })
    this.#consumer = openConsumer(ring)
    this.#epoll.add(this.#consumer, { edgeTriggered })
  }

  wait(options: { readonly timeoutMs?: number; readonly signal?: Signal } = {}): Promise<unknown> {
    return this.#epoll.waitAsync(options)
  }

  take(): number {
    return this.#consumer.consumeRaw(() => {})
  }

  close(): void {
    this.#epoll.close()
    this.#consumer.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  ref(): void {
    this.#epoll.ref()
  }

  unref(): void {
    this.#epoll.unref()
  }

  get hasRef(): boolean {
    return this.#epoll.hasRef()
  }
}

class ByPoller implements AsyncWaiter {
  readonly #poller: RingPoller
  #taken = 0

  constructor(ring: AnyRing, strategy: WaitStrategy) {
    this.#poller = openPoller({ strategy })
    this.#poller.addRaw(ring, () => {
      this.#taken++
    })
  }

  wait({
    timeoutMs = -1,
    signal,
  }: {
    readonly timeoutMs?: number
    readonly signal?: Signal
  } = {}): Promise<unknown> {
    return this.#poller.pollAsync(timeoutMs, signal ? { signal } : {})
  }

  take(): number {
    this.#poller.consume()
    const taken = this.#taken
    this.#taken = 0
    return taken
  }

  close(): void {
    this.#poller.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  ref(): void {
    this.#poller.ref()
  }

  unref(): void {
    this.#poller.unref()
  }

  get hasRef(): boolean {
    return this.#poller.hasRef()
  }
}

export const ASYNC_WAYS: Readonly<Record<string, OpenAsyncWaiter>> = {
  'waitAsync of a consumer': (ring, strategy) => new ByConsumer(ring, strategy),
  'waitAsync of an epoll, level-triggered': (ring, strategy) => new ByEpoll(ring, strategy, false),
  'waitAsync of an epoll, edge-triggered': (ring, strategy) => new ByEpoll(ring, strategy, true),
  'pollAsync of a poller': (ring, strategy) => new ByPoller(ring, strategy),
}

export const STRATEGY_NAMES = ['adaptive', 'park', 'spin', 'yield', 'busy'] as const
