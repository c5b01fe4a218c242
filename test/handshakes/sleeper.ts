import { type Consumer, openConsumer, openPoller, type Ring, RingEpoll, type WaitStrategy } from 'bpf-ringbuf'
import type { Random } from '../ring/support/random.js'

/** How the consumer of a round sleeps. */
export const SLEEPERS = ['consumer', 'epoll, level-triggered', 'epoll, edge-triggered', 'poller'] as const
export type SleeperKind = (typeof SLEEPERS)[number]

/** Sleeps when there is nothing, and takes what comes. */
export interface Sleeper extends Disposable {
  /**
   * One wait, and what it has found is taken. Answers false when all rings are closed and empty. Its time
   * may be over before; by default that is an error.
   */
  block(timeoutMs?: number): boolean
  /** The same without blocking; it may be aborted, too. */
  wait(timeoutMs?: number, signal?: AbortSignal): Promise<boolean>
}

/** Takes the records of one ring; throws when one is missing, or comes twice. */
export class Taker {
  taken = 0
  readonly #ring: number
  readonly #random: Random

  constructor(ring: number, random: Random) {
    this.#ring = ring
    this.#random = random
  }

  readonly take = (memory: Uint8Array, offset: number): void => {
    const number = new DataView(memory.buffer, memory.byteOffset).getUint32(offset, true)
    if (number !== this.taken) throw new Error(`ring ${this.#ring}: record ${number} came, not ${this.taken}`)
    this.taken++
  }

  /** Now and then a consumer is busy for some microseconds before it sleeps. */
  dawdle(): void {
    if (!this.#random.oneIn(4)) return
    const end = performance.now() + this.#random.below(20) / 1000
    while (performance.now() < end);
  }
}

/**
 * Nothing comes for so long only if it was lost. Not longer: whatever a wait leaves behind until its time
 * is over would not be noticed.
 */
const HOPELESS_MS = 5000

/** A time that is over before anything came: that is an error only if it was long. */
function mustBeShort(timeoutMs: number): void {
  if (timeoutMs >= HOPELESS_MS) throw new Error(`nothing came for ${timeoutMs} ms`)
}

export function openSleeper(
  kind: SleeperKind,
  rings: readonly Ring[],
  takers: readonly Taker[],
  strategy: WaitStrategy,
): Sleeper {
  if (kind === 'poller') return new PollingSleeper(rings, takers, strategy)
  if (kind === 'consumer') return new LoneSleeper(rings[0] as Ring, takers[0] as Taker, strategy)
  return new EpollSleeper(rings, takers, strategy, kind === 'epoll, edge-triggered')
}

class LoneSleeper implements Sleeper {
  readonly #consumer: Consumer
  readonly #taker: Taker

  constructor(ring: Ring, taker: Taker, strategy: WaitStrategy) {
    this.#consumer = openConsumer(ring, { strategy })
    this.#taker = taker
  }

  block(timeoutMs = HOPELESS_MS): boolean {
    return this.#took(this.#consumer.wait({ timeoutMs }), timeoutMs)
  }

  async wait(timeoutMs = HOPELESS_MS, signal?: AbortSignal): Promise<boolean> {
    return this.#took(await this.#consumer.waitAsync({ timeoutMs, ...(signal && { signal }) }), timeoutMs)
  }

  [Symbol.dispose](): void {
    this.#consumer.close()
  }

  #took(outcome: string, timeoutMs: number): boolean {
    if (outcome === 'closed') return false
    if (outcome === 'timeout') mustBeShort(timeoutMs)
    this.#consumer.consumeRaw(this.#taker.take)
    this.#taker.dawdle()
    return true
  }
}

class EpollSleeper implements Sleeper {
  readonly #epoll: RingEpoll
  readonly #consumers: readonly Consumer[]
  readonly #takers: readonly Taker[]

  constructor(
    rings: readonly Ring[],
    takers: readonly Taker[],
    strategy: WaitStrategy,
    edgeTriggered: boolean,
  ) {
    this.#epoll = new RingEpoll({ strategy })
    this.#takers = takers
    this.#consumers = rings.map((ring, data) => {
      const consumer = openConsumer(ring)
      this.#epoll.add(consumer, { edgeTriggered, data })
      return consumer
    })
  }

  block(timeoutMs = HOPELESS_MS): boolean {
    return this.#took(this.#epoll.wait({ timeoutMs }), timeoutMs)
  }

  async wait(timeoutMs = HOPELESS_MS, signal?: AbortSignal): Promise<boolean> {
    return this.#took(await this.#epoll.waitAsync({ timeoutMs, ...(signal && { signal }) }), timeoutMs)
  }

  [Symbol.dispose](): void {
    this.#epoll.close()
    for (const consumer of this.#consumers) consumer.close()
  }

  #took(events: ReturnType<RingEpoll['wait']>, timeoutMs: number): boolean {
    if (events.length === 0) mustBeShort(timeoutMs)
    for (const { consumer, data } of events) {
      const taker = this.#takers[data as number] as Taker
      consumer.consumeRaw(taker.take)
      taker.dawdle()
      // An edge may have told of records and of the closing at once.
      if (consumer.ring.closed && consumer.ring.query(0) === 0) this.#epoll.delete(consumer)
    }
    return this.#epoll.size > 0
  }
}

class PollingSleeper implements Sleeper {
  readonly #poller

  constructor(rings: readonly Ring[], takers: readonly Taker[], strategy: WaitStrategy) {
    this.#poller = openPoller({ strategy })
    for (const [i, ring] of rings.entries()) {
      this.#poller.addRaw(ring, (memory, offset) => {
        takers[i]?.take(memory, offset)
        takers[i]?.dawdle()
      })
    }
  }

  block(timeoutMs = HOPELESS_MS): boolean {
    return this.#took(performance.now(), this.#poller.poll(timeoutMs), timeoutMs)
  }

  async wait(timeoutMs = HOPELESS_MS, signal?: AbortSignal): Promise<boolean> {
    const started = performance.now()
    return this.#took(started, await this.#poller.pollAsync(timeoutMs, signal && { signal }), timeoutMs)
  }

  [Symbol.dispose](): void {
    this.#poller.close()
  }

  #took(started: number, records: number, timeoutMs: number): boolean {
    if (this.#poller.finished) return false
    // It answers 0 also for a visit that found discarded records only.
    if (records === 0 && performance.now() - started >= timeoutMs) mustBeShort(timeoutMs)
    return true
  }
}
