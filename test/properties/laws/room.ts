/**
 * Producers that wait for room, and those who wait until all is consumed. After every step nobody waits for what is
 * there, and nobody has got what is not.
 */
import assert from 'node:assert/strict'
import { type Consumer, openConsumer } from 'bpf-ringbuf'
import fc from 'fast-check'
import type { Build } from '../../ring/support/builds.js'
import { pattern, Rig } from '../../ring/support/rig.js'
import { type Held, Model } from '../models/ring-model.js'
import { property } from '../property.js'
import { commitOne } from '../support/commit-one.js'
import { build, buildOf, initialPosition, max, only, steps, which } from '../support/draw.js'
import { Pending } from '../support/pending.js'

type Operation =
  | { readonly do: 'output' | 'reserve' | 'wait for room' | 'wait no time'; readonly size: number }
  | { readonly do: 'submit' | 'discard'; readonly which: number }
  | { readonly do: 'consume'; readonly max: number }
  | { readonly do: 'flush' | 'close' }

/** Long, so that the ring is full before long. */
const size = fc.oneof(fc.nat(900), fc.nat(4080))
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({ do: fc.constantFrom('output' as const, 'reserve' as const), size }),
  },
  { weight: 20, arbitrary: fc.record({ do: fc.constant('wait for room' as const), size }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait no time' as const), size }) },
  {
    weight: 20,
    arbitrary: fc.record({ do: fc.constantFrom('submit' as const, 'discard' as const), which }),
  },
  { weight: 20, arbitrary: fc.record({ do: fc.constant('consume' as const), max }) },
  { weight: 8, arbitrary: only('flush') },
  { weight: 1, arbitrary: only('close') },
)

interface Waiter {
  readonly size: number
  readonly wait: Pending<number>
}

class WaitingRoom {
  readonly #rig: Rig
  readonly #model: Model
  readonly #consumer: Consumer
  readonly #held: Held[] = []
  #waiters: Waiter[] = []
  /** Who waits until all is consumed up to there. */
  #flushes: { readonly target: number; readonly wait: Pending<boolean> }[] = []
  /** Those that waited and have an answer, in the order in which they got it. */
  readonly #answered: { readonly size: number; readonly address: number }[] = []
  #serial = 0

  constructor(build: Build, initialPosition: number) {
    this.#rig = new Rig(build, { initialPosition })
    this.#model = new Model(4096, build.reservations, initialPosition)
    this.#consumer = openConsumer(this.#rig.ring)
  }

  async apply(operation: Operation): Promise<void> {
    const { producer, ring } = this.#rig
    switch (operation.do) {
      case 'output': {
        const payload = pattern(operation.size, this.#serial++)
        assert.equal(producer.output(payload), this.#model.outputMany([payload]) ? 0 : -11)
        break
      }
      case 'reserve':
        this.#note(operation.size, producer.reserve(operation.size))
        break
      case 'wait no time':
        this.#note(operation.size, await producer.reserveAsync(operation.size, 0))
        break
      case 'wait for room': {
        const { size } = operation
        const reserving = producer.reserveAsync(size)
        void reserving.then((address) => this.#answered.push({ size, address }))
        this.#waiters.push({ size, wait: new Pending(reserving) })
        break
      }
      case 'submit':
      case 'discard':
        this.#commit(operation.do, operation.which)
        break
      case 'consume': {
        const shown: Uint8Array[] = []
        this.#consumer.consume((record) => shown.push(record), { max: operation.max })
        assert.deepEqual(shown, this.#model.consume(operation.max))
        break
      }
      case 'flush':
        this.#flushes.push({ target: this.#model.committed, wait: new Pending(ring.flushAsync()) })
        break
      case 'close':
        ring.close()
        this.#model.closed = true
    }
    await this.#settle()
    this.#mustAgree()
  }

  /** Closing ends all waits for room; consuming ends those for a flush. */
  async finish(): Promise<void> {
    await this.apply({ do: 'close' })
    while (this.#held.length > 0) await this.apply({ do: 'submit', which: 0 })
    await this.apply({ do: 'consume', max: Number.POSITIVE_INFINITY })
    assert.deepEqual([this.#waiters, this.#flushes], [[], []], 'somebody waits for ever')
  }

  #commit(way: 'submit' | 'discard', which: number): void {
    commitOne({ rig: this.#rig, model: this.#model, held: this.#held }, way, which, this.#serial++)
  }

  #note(size: number, address: number): void {
    assert.equal(address, this.#model.reserve(size), 'what a reservation answers')
    if (address !== 0) this.#held.push({ address, records: 1, size, batch: false })
  }

  /** Until nobody waits for what is there. Room that one of them takes is not there for the next. */
  async #settle(): Promise<void> {
    for (let moved = true; moved; ) {
      moved = false
      const lucky = this.#waiters.filter(({ size }) => this.#model.closed || this.#model.fits(size))
      if (lucky.length > 0) {
        const [first] = lucky as [Waiter]
        await first.wait.settle(() => lucky.some(({ wait }) => wait.isOver))
        moved = true
      }
      for (const { size, address } of this.#answered.splice(0)) this.#note(size, address)
      this.#waiters = this.#waiters.filter(({ wait }) => !wait.isOver)
    }
    for (const { target, wait } of this.#flushes) {
      if (this.#model.consumer >= target) await wait.end()
    }
  }

  #mustAgree(): void {
    const [rig, model] = [this.#rig, this.#model]
    for (const { target, wait } of this.#flushes) {
      assert.equal(wait.isOver, model.consumer >= target, 'whether all is consumed')
      if (wait.isOver) assert.equal(wait.value, true)
    }
    this.#flushes = this.#flushes.filter(({ wait }) => !wait.isOver)
    // One who waits is an attempt already, or is none yet.
    const counters = this.#waiters.length > 0 ? undefined : rig.mustBalance()
    if (counters) assert.deepEqual(counters, model.counters())
    assert.deepEqual(
      [rig.producerPosition, rig.consumerPosition],
      [model.producer % 2 ** 32, model.consumer % 2 ** 32],
    )
  }
}

export const ROOM = property({
  name: 'room',
  law: 'who waits for room gets it when it is there, who waits for a flush hears of it, and the end ends both',
  promise: 'No deadlock',
  model: 'an array of records, and who waits',
  share: 0.5,
  cases: fc.record({ build, initialPosition, steps: steps(operation, 60) }),
  async check(example) {
    const room = new WaitingRoom(buildOf(example.build), example.initialPosition)
    for (const operation of example.steps) await room.apply(operation)
    await room.finish()
  },
})
