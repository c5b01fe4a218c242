/** Every build against an array of records: answers, contents, positions and counters after every step. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Build } from '../../ring/support/builds.js'
import { pattern, Rig } from '../../ring/support/rig.js'
import { type Held, Model } from '../models/ring-model.js'
import { property } from '../property.js'
import { build, buildOf, initialPosition, max, only, size, steps, which } from '../support/draw.js'

type Operation =
  | { readonly do: 'reserve' | 'output'; readonly size: number }
  /** As many bytes as there is room for, and so many more. */
  | { readonly do: 'reserve the rest'; readonly more: number }
  | { readonly do: 'reserveBatch'; readonly records: number; readonly size: number }
  | { readonly do: 'submit' | 'discard'; readonly which: number }
  | { readonly do: 'outputMany'; readonly sizes: readonly number[] }
  | { readonly do: 'consume'; readonly max: number; readonly store: 'record' | 'batch' }
  | { readonly do: 'close' }

const store = fc.constantFrom('record' as const, 'batch' as const)

/** What can be done to a ring: plain data, so that it shrinks and prints. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ do: fc.constant('reserve' as const), size }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('reserve the rest' as const),
      more: fc.constantFrom(0, -8, -1, 1, 8, 9),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('reserveBatch' as const), records: fc.nat(12), size }),
  },
  { weight: 20, arbitrary: fc.record({ do: fc.constant('submit' as const), which }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('discard' as const), which }) },
  { weight: 15, arbitrary: fc.record({ do: fc.constant('output' as const), size }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('outputMany' as const),
      sizes: fc.array(size, { maxLength: 6 }),
    }),
  },
  { weight: 20, arbitrary: fc.record({ do: fc.constant('consume' as const), max, store }) },
  { weight: 1, arbitrary: only('close') },
)

/** A ring and its model, which must agree after every operation. */
class Pair {
  readonly #rig: Rig
  readonly #model: Model
  readonly #held: Held[] = []
  #serial = 0

  constructor(build: Build, initialPosition: number) {
    this.#rig = new Rig(build, { initialPosition })
    this.#model = new Model(4096, build.reservations, initialPosition)
  }

  apply(operation: Operation): void {
    switch (operation.do) {
      case 'reserve':
        this.#reserve(operation.size)
        break
      case 'reserve the rest':
        this.#reserve(Math.max(0, this.#model.room + operation.more))
        break
      case 'reserveBatch': {
        const { records, size } = operation
        const address = this.#rig.producer.reserveBatch(records, size)
        assert.equal(address, this.#model.reserveBatch(records, size))
        this.#mustFailAlike()
        if (address !== 0) this.#held.push({ address, records, size, batch: true })
        break
      }
      case 'output': {
        const payload = pattern(operation.size, this.#serial++)
        const answer = this.#model.outputMany([payload]) ? 0 : -11
        assert.equal(this.#rig.producer.output(payload), answer)
        this.#mustFailAlike()
        break
      }
      case 'outputMany': {
        const payloads = operation.sizes.map((size) => pattern(size, this.#serial++))
        const answer = this.#model.outputMany(payloads) ? 0 : -11
        assert.equal(this.#rig.producer.outputMany(payloads), answer)
        if (payloads.length > 0) this.#mustFailAlike()
        break
      }
      case 'submit':
      case 'discard':
        this.#commit(operation.do, operation.which)
        break
      case 'consume': {
        const shown: Uint8Array[] = []
        const { max, store } = operation
        this.#rig.consumer.consume((record) => shown.push(record), { max, store })
        assert.deepEqual(shown, this.#model.consume(max))
        break
      }
      case 'close':
        this.#rig.ring.close()
        this.#model.closed = true
    }
    this.#mustAgree()
  }

  #reserve(size: number): void {
    const address = this.#rig.producer.reserve(size)
    assert.equal(address, this.#model.reserve(size))
    this.#mustFailAlike()
    if (address !== 0) this.#held.push({ address, records: 1, size, batch: false })
  }

  #commit(way: 'submit' | 'discard', which: number): void {
    const held = this.#held.splice(which % (this.#held.length || 1), 1)[0]
    if (held === undefined) return
    const { producer, u8 } = this.#rig
    const { address, records, size, batch } = held
    const payloads = Array.from({ length: records }, () => pattern(size, this.#serial++))
    for (const [i, payload] of payloads.entries()) u8.set(payload, producer.batchAddress(address, i, size))
    const answer = batch ? producer[`${way}Batch`](address, records, size) : producer[way](address)
    assert.equal(answer, 0)
    this.#model.commit(held, payloads, way === 'submit' ? 'kept' : 'discarded')
  }

  #mustFailAlike(): void {
    assert.equal(this.#rig.producer.reason, this.#model.reason)
  }

  #mustAgree(): void {
    const [rig, model] = [this.#rig, this.#model]
    assert.deepEqual(
      {
        producer: rig.producerPosition,
        consumer: rig.consumerPosition,
        pending: rig.pendingPosition,
        available: rig.ring.query(0),
        ready: rig.consumer.ready,
        closed: rig.ring.closed,
        counters: rig.mustBalance(),
      },
      {
        producer: model.producer % 2 ** 32,
        consumer: model.consumer % 2 ** 32,
        pending: model.pending % 2 ** 32,
        available: model.producer - model.consumer,
        ready: model.ready,
        closed: model.closed,
        counters: model.counters(),
      },
    )
  }
}

export const RING = property({
  name: 'ring',
  law: 'whatever is done to a ring, it does what the model does',
  promise: 'Order',
  model: 'an array of records',
  share: 3,
  cases: fc.record({ build, initialPosition, steps: steps(operation) }),
  check(example) {
    const pair = new Pair(buildOf(example.build), example.initialPosition)
    for (const operation of example.steps) pair.apply(operation)
  },
})
