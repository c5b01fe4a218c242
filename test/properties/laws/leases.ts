/**
 * Records on loan, by what docs and comments promise of them: who has them, who may write there, what comes back when
 * they are released in part, by the end of a block, or not at all.
 */
import assert from 'node:assert/strict'
import { type Consumer, type Lease, type LeasedRecord, openConsumer, RingbufError } from 'bpf-ringbuf'
import fc from 'fast-check'
import type { Build } from '../../ring/support/builds.js'
import { pattern, Rig } from '../../ring/support/rig.js'
import { type Held, Model } from '../models/ring-model.js'
import { property } from '../property.js'
import { commitOne } from '../support/commit-one.js'
import { build, buildOf, initialPosition, max, only, size, steps, which } from '../support/draw.js'

type Operation =
  | { readonly do: 'output' | 'reserve'; readonly size: number }
  | { readonly do: 'submit' | 'discard' | 'look at'; readonly which: number }
  | { readonly do: 'lease'; readonly max: number; readonly maxBytes: number }
  | { readonly do: 'release' | 'consume'; readonly count: number }
  | { readonly do: 'leave the block' | 'take over' | 'reopen' }

const count = fc.oneof(fc.nat(6), fc.nat(300))
const maxBytes = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat(500))
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 25, arbitrary: fc.record({ do: fc.constant('output' as const), size }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('reserve' as const), size }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('submit' as const), which }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('discard' as const), which }) },
  { weight: 15, arbitrary: fc.record({ do: fc.constant('lease' as const), max, maxBytes }) },
  { weight: 15, arbitrary: fc.record({ do: fc.constant('look at' as const), which }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('release' as const), count }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('consume' as const), count }) },
  { weight: 5, arbitrary: only('leave the block') },
  { weight: 2, arbitrary: only('take over') },
  { weight: 2, arbitrary: only('reopen') },
)

/** What is out, and what was asked for of it. */
interface Loan {
  readonly lease: Lease
  readonly payloads: readonly Uint8Array[]
  /** Views that somebody keeps: they must not change as long as the loan lasts. */
  readonly views: Map<number, LeasedRecord>
  handedOut: number
}

class Lender {
  readonly #rig: Rig
  readonly #model: Model
  readonly #held: Held[] = []
  /** Copies, and what they must say for ever. */
  readonly #copies: [Uint8Array, Uint8Array][] = []
  #consumer: Consumer
  #loan: Loan | undefined
  #serial = 0

  constructor(build: Build, initialPosition: number) {
    this.#rig = new Rig(build, { initialPosition })
    this.#model = new Model(4096, build.reservations, initialPosition)
    this.#consumer = openConsumer(this.#rig.ring)
  }

  apply(operation: Operation): void {
    switch (operation.do) {
      case 'output': {
        const payload = pattern(operation.size, this.#serial++)
        const answer = this.#model.outputMany([payload]) ? 0 : -11
        assert.equal(this.#rig.producer.output(payload), answer, 'what output answers')
        break
      }
      case 'reserve': {
        const { size } = operation
        const address = this.#rig.producer.reserve(size)
        assert.equal(address, this.#model.reserve(size), 'where room is found')
        if (address !== 0) this.#held.push({ address, records: 1, size, batch: false })
        break
      }
      case 'submit':
      case 'discard':
        this.#commit(operation.do, operation.which)
        break
      case 'lease':
        this.#lease(operation.max, operation.maxBytes)
        break
      case 'look at':
        this.#lookAt(operation.which)
        break
      case 'release':
        this.#release(operation.count)
        break
      case 'leave the block':
        if (this.#loan) this.#end(this.#loan.handedOut, (lease) => lease[Symbol.dispose]())
        break
      case 'consume':
        this.#consume(operation.count)
        break
      case 'take over':
        this.#takeOver()
        break
      case 'reopen':
        this.#reopen()
    }
    this.#mustAgree()
  }

  #commit(way: 'submit' | 'discard', which: number): void {
    commitOne({ rig: this.#rig, model: this.#model, held: this.#held }, way, which, this.#serial++)
  }

  #lease(max: number, maxBytes: number): void {
    if (this.#loan) {
      this.#mustBeRefused('ERR_LEASED', () => this.#consumer.lease({ max, maxBytes }))
      return
    }
    const lease = this.#consumer.lease({ max, maxBytes })
    const { readable } = this.#model
    const payloads = readable.slice(0, lease.length)
    assert.ok(lease.length <= Math.min(max, readable.length), `${lease.length} records are lent`)
    if (readable.length > 0 && max > 0) assert.ok(lease.length > 0, 'something is ready, and nothing is lent')
    const bytes = payloads.reduce((sum, { length }) => sum + length, 0)
    if (payloads.length > 1) assert.ok(bytes <= maxBytes, `${bytes} bytes are lent`)
    this.#loan = { lease, payloads, views: new Map(), handedOut: 0 }
  }

  /** Looks at one of those on loan; keeps its views, and a copy. */
  #lookAt(which: number): void {
    const loan = this.#loan
    if (loan === undefined) return
    const { lease, payloads, views } = loan
    if (which >= payloads.length) {
      this.#mustBeRefused('ERR_INVALID_ARGUMENT', () => lease.at(which))
      return
    }
    const record = lease.at(which)
    views.set(which, record)
    loan.handedOut = Math.max(loan.handedOut, which + 1)
    this.#copies.push([record.copy(), payloads[which] as Uint8Array])
  }

  #release(count: number): void {
    const loan = this.#loan
    if (loan === undefined) return
    if (count > loan.payloads.length) {
      this.#mustBeRefused('ERR_INVALID_ARGUMENT', () => loan.lease.release(count))
      return
    }
    this.#end(count, () => loan.lease.release(count))
  }

  /** The loan ends, and so many of its records are consumed. */
  #end(consumed: number, act: (lease: Lease) => void): void {
    const { lease, views } = this.#loan as Loan
    act(lease)
    this.#loan = undefined
    assert.equal(this.#model.consume(consumed).length, consumed)
    for (const record of views.values()) this.#mustBeRefused('ERR_LEASE_RELEASED', () => record.bytes)
    this.#mustBeRefused('ERR_LEASE_RELEASED', () => lease.release())
    assert.deepEqual([...lease], [])
  }

  #consume(max: number): void {
    const shown: Uint8Array[] = []
    const consume = () => this.#consumer.consume((record) => shown.push(record), { max })
    if (this.#loan) {
      this.#mustBeRefused('ERR_LEASED', consume)
      return
    }
    consume()
    assert.deepEqual(shown, this.#model.consume(max))
  }

  /** Another consumer takes the ring from one that has a loan, and has all of it before itself. */
  #takeOver(): void {
    const [before, loan] = [this.#consumer, this.#loan]
    this.#consumer = openConsumer(this.#rig.ring, { takeOver: true })
    this.#loan = undefined
    if (loan) this.#mustBeRefused('ERR_LEASE_RELEASED', () => loan.lease.release())
    before[Symbol.dispose]()
    this.#mustBeRefused('ERR_CONSUMER_CLOSED', () => before.lease())
  }

  /** A consumer is closed with a loan out: not by `close`, but by the end of its block. */
  #reopen(): void {
    const loan = this.#loan
    if (loan) {
      this.#mustBeRefused('ERR_LEASED', () => this.#consumer.close())
      this.#end(loan.handedOut, () => this.#consumer[Symbol.dispose]())
    } else this.#consumer.close()
    this.#consumer = openConsumer(this.#rig.ring)
  }

  #mustBeRefused(code: string, act: () => unknown): void {
    assert.throws(act, (error) => error instanceof RingbufError && error.code === code, code)
  }

  #mustAgree(): void {
    const [rig, model] = [this.#rig, this.#model]
    // Discarded records may go with those before or behind them: nobody misses them.
    model.passOver(model.consumer + ((rig.consumerPosition - (model.consumer % 2 ** 32)) >>> 0))
    assert.deepEqual(
      {
        producer: rig.producerPosition,
        consumer: rig.consumerPosition,
        counters: rig.mustBalance(),
      },
      {
        producer: model.producer % 2 ** 32,
        consumer: model.consumer % 2 ** 32,
        counters: model.counters(),
      },
    )
    for (const [which, { bytes }] of this.#loan?.views ?? []) {
      assert.deepEqual([...bytes], [...(this.#loan?.payloads[which] ?? [])], `record ${which} of the loan`)
    }
    for (const [copy, payload] of this.#copies) assert.deepEqual(copy, payload)
  }
}

export const LEASES = property({
  name: 'leases',
  law: 'what is on loan stays as it is and where it is, and comes back as it was released',
  promise: 'Leases',
  model: 'an array of records, of which the first few are out',
  cases: fc.record({ build, initialPosition, steps: steps(operation) }),
  check(example) {
    const lender = new Lender(buildOf(example.build), example.initialPosition)
    for (const operation of example.steps) lender.apply(operation)
  },
})
