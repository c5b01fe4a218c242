import assert from 'node:assert/strict'
import type { CreateRingOptions, ReservationOrder } from 'bpf-ringbuf'
import {
  CONSUMER_POSITION,
  DATA_OFFSET,
  HIGH_WATER,
  PENDING_POSITION,
  PRODUCER_POSITION,
  RELEASED_POSITION,
  ROOM_SEQUENCE,
  ROOM_WAITERS,
  SLEEP_WORD,
} from '#dist/abi/region.js'
import type { Random } from './random.js'
import { firstDifference, pattern, Rig } from './rig.js'

/** Numbers that rounding, signs and widths treat differently. */
const EDGES = [
  ...[0, 1, 2, 3, 4, 7, 8, 9, 16, 4080, 4081, 4088, 4096, 8192, 12288, 12296, 20480],
  ...[
    2 ** 29,
    2 ** 30 - 1,
    2 ** 30,
    2 ** 31 - 8,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 31 + 8,
    2 ** 32 - 8,
    2 ** 32 - 1,
  ],
  ...[2 ** 32, 2 ** 32 + 8, 2 ** 53, -1, -8, -(2 ** 31), -(2 ** 32), 0.5, 1.5, -0.5, -0],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
]

/** Words whose damage is most telling. */
const TELLING = [
  CONSUMER_POSITION,
  RELEASED_POSITION,
  PRODUCER_POSITION,
  PENDING_POSITION,
  SLEEP_WORD,
  ROOM_WAITERS,
  ROOM_SEQUENCE,
  HIGH_WATER,
]

interface Held {
  readonly address: number
  /** 0 for a single record. */
  readonly records: number
  readonly size: number
}

/** A ring of each build, to which the same things happen. Whatever differs fails the test. */
export class Twins {
  readonly #wasm: Rig
  readonly #js: Rig
  readonly #random: Random
  readonly #held: Held[] = []
  #steps = 0
  /** How often each action had an answer that means success. */
  readonly succeeded = new Map<string, number>()
  /** Every reason a reservation failed for. */
  readonly reasons = new Set<string>()

  constructor(order: ReservationOrder, options: Partial<CreateRingOptions>, random: Random) {
    this.#wasm = new Rig({ name: 'wasm', engine: 'wasm', reservations: order }, options)
    this.#js = new Rig({ name: 'js', engine: 'js', reservations: order }, options)
    assert.equal(this.#wasm.ring.engine, 'wasm')
    assert.equal(this.#js.ring.engine, 'js')
    this.#random = random
    this.#mustBeEqual('creation')
  }

  oneIn(times: number): boolean {
    return this.#random.oneIn(times)
  }

  /** One thing that a program might do. */
  step(): void {
    const random = this.#random
    const size = this.#size()
    const flags = random.below(4)
    const actions: [weight: number, act: () => unknown][] = [
      [3, () => this.#hold('reserve', 0, size, ({ producer }) => producer.reserve(size))],
      [1, () => this.#hold('tryReserve', 0, size, ({ producer }) => producer.tryReserve(size))],
      [2, () => this.#finish('submit')],
      [1, () => this.#finish('discard')],
      [2, () => this.#do('output', ({ producer }) => producer.output(pattern(size, this.#steps), flags))],
      [1, () => this.#outputMany(random.below(8), flags)],
      [1, () => this.#reserveBatch(1 + random.below(10), size >>> random.below(6))],
      [3, () => this.#consume()],
      [1, () => this.#do('counters', ({ ring }) => ring.counters())],
      [1, () => this.#look()],
    ]
    this.#pick(actions)
  }

  /** The same calls, with arguments that nobody should pass. */
  senselessStep(): void {
    const [a, b, c, d] = [this.#senseless(), this.#senseless(), this.#senseless(), this.#senseless()]
    const flags = this.oneIn(2) ? 0 : b
    const actions: [weight: number, act: () => unknown][] = [
      [1, () => this.#hold('reserve', 0, a, ({ producer }) => producer.reserve(a, flags))],
      [1, () => this.#hold('tryReserve', 0, a, ({ producer }) => producer.tryReserve(a, flags))],
      [1, () => this.#do('submit', ({ producer }) => producer.submit(a, b))],
      [1, () => this.#do('discard', ({ producer }) => producer.discard(a, b))],
      [1, () => this.#do('submitBatch', ({ producer }) => producer.submitBatch(a, b, c, d))],
      [1, () => this.#do('discardBatch', ({ producer }) => producer.discardBatch(a, b, c, d))],
      [1, () => this.#reserveBatch(a, b)],
      [1, () => this.#do('output', ({ producer }) => producer.output(pattern(8, 1), a))],
      [1, () => this.#do('batchAddress', ({ producer }) => producer.batchAddress(a, b, c))],
      [1, () => this.#do('query', ({ ring }) => ring.query(a))],
    ]
    this.#pick(actions)
  }

  /** Somebody writes one word, the same in both. */
  damage(): void {
    const random = this.#random
    const size = this.#wasm.ring.size
    const at = random.oneIn(2) ? random.pick(TELLING) : DATA_OFFSET + (random.below(size) & ~3)
    const before = this.#wasm.word(at)
    const word = random.pick([
      random.word(),
      before ^ (1 << random.below(32)),
      before + random.pick([-8, 8, 16, -4096, 4096, 4]),
      random.below(5000),
      0,
    ])
    // Whoever holds the lock never dies here, so nobody may seem to hold it.
    this.#do(`damage of the word at ${at}: ${before} to ${word >>> 0}`, (rig) => rig.setWord(at, word))
  }

  close(): void {
    this.#do('close', ({ ring }) => ring.close())
  }

  /** Takes one of the actions, each as often as it weighs. */
  #pick(actions: readonly [weight: number, act: () => unknown][]): void {
    let left = this.#random.below(actions.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, act] of actions) {
      left -= weight
      if (left < 0) {
        act()
        return
      }
    }
  }

  #size(): number {
    const random = this.#random
    const { size } = this.#wasm.ring
    return random.pick([
      random.below(9),
      random.below(100),
      random.below(100),
      random.below(size >>> 3),
      random.below(size + 32),
    ])
  }

  #senseless(): number {
    const random = this.#random
    const held = this.#held.length > 0 ? random.pick(this.#held) : undefined
    return random.pick([
      random.pick(EDGES),
      random.pick(EDGES),
      random.word(),
      random.below(25000),
      (held?.address ?? 0) + random.pick([0, 0, 8, -8, 4, 0.5, 2 ** 32]),
      held?.records ?? 1,
      held?.size ?? 8,
    ])
  }

  /** A reservation. Its payload is written, the same in both. */
  #hold(action: string, records: number, size: number, reserve: (rig: Rig) => number): void {
    const address = this.#do(action, reserve)
    if (address === 0) return
    this.#held.push({ address, records, size })
    const bytes = pattern(Math.min(size, 64), this.#steps)
    for (const rig of [this.#wasm, this.#js]) rig.u8.set(bytes, address)
  }

  #reserveBatch(records: number, size: number): void {
    this.#hold('reserveBatch', records, size, ({ producer }) => producer.reserveBatch(records, size))
  }

  #outputMany(records: number, flags: number): void {
    const payloads = Array.from({ length: records }, (_, i) => pattern(this.#size() >>> 2, i))
    this.#do('outputMany', ({ producer }) => producer.outputMany(payloads, flags))
  }

  #finish(way: 'submit' | 'discard'): void {
    const held = this.#held.splice(this.#random.below(this.#held.length || 1), 1)[0]
    if (held === undefined) return
    const { address, records, size } = held
    const flags = this.#random.below(4)
    const batch = way === 'submit' ? 'submitBatch' : 'discardBatch'
    if (records === 0) this.#do(way, ({ producer }) => producer[way](address, flags))
    else this.#do(batch, ({ producer }) => producer[batch](address, records, size, flags))
  }

  #consume(): void {
    const max = this.#random.below(12)
    const store = this.#random.oneIn(2) ? 'batch' : 'record'
    const throwAt = this.#random.oneIn(8) ? this.#random.below(4) : -1
    this.#do('consume', (rig) => {
      const seen: string[] = []
      const show = (memory: Uint8Array, offset: number, length: number) => {
        seen.push(`${offset}+${length}: ${Buffer.from(memory.subarray(offset, offset + 16)).toString('hex')}`)
        if (seen.length === throwAt) throw new Error('the callback threw')
      }
      try {
        return [rig.consumer.consumeRaw(show, { max, store }), ...seen]
      } catch (error) {
        return [describeError(error), ...seen]
      }
    })
  }

  #look(): void {
    this.#do('look', ({ ring, producer, consumer }) => [
      ...[0, 1, 2, 3, 4].map((flag) => ring.query(flag)),
      consumer.ready,
      consumer.position,
      ring.closed,
      producer.hasRoom(this.#steps % 5000),
    ])
  }

  #do<T>(action: string, act: (rig: Rig) => T): T {
    this.#steps++
    const answers = [this.#wasm, this.#js].map((rig) => {
      try {
        return act(rig)
      } catch (error) {
        // The same error in both is an answer; which errors are allowed, other tests say.
        return describeError(error) as T
      }
    }) as [T, T]
    const what = `step ${this.#steps}, ${action}`
    assert.deepEqual(answers[0], answers[1], `${what}: WebAssembly and JavaScript answer differently`)
    const reasons = [this.#wasm.producer.reason, this.#js.producer.reason]
    assert.equal(reasons[0], reasons[1], `${what}: the reasons differ`)
    this.reasons.add(reasons[0] as string)
    if (isSuccess(action, answers[0])) this.succeeded.set(action, (this.succeeded.get(action) ?? 0) + 1)
    this.#mustBeEqual(what)
    return answers[0]
  }

  #mustBeEqual(what: string): void {
    const at = firstDifference(this.#wasm.u8.subarray(0, this.#js.u8.length), this.#js.u8)
    if (at < 0) return
    assert.fail(
      `${what}: the byte at ${at} is ${this.#wasm.u8[at]} in WebAssembly, ${this.#js.u8[at]} in JavaScript`,
    )
  }
}

function isSuccess(action: string, answer: unknown): boolean {
  const reserves = /reserve/i.test(action)
  return reserves ? typeof answer === 'number' && answer !== 0 : answer === 0 || typeof answer !== 'number'
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.name} ${'code' in error ? error.code : ''} ${error.message}`
}
