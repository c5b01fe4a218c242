/**
 * Overwrite mode against an array of records: what is reserved where, what is given up, what is read and what is
 * said to be lost, after every step.
 */
import assert from 'node:assert/strict'
import {
  BPF_F_RB_OVERWRITE,
  BPF_RB_AVAIL_DATA,
  BPF_RB_OVERWRITE_POS,
  type Consumer,
  type EngineKind,
  LostRecord,
  openConsumer,
} from 'bpf-ringbuf'
import fc from 'fast-check'
import { ENGINES } from '../../ring/support/builds.js'
import { pattern, Rig } from '../../ring/support/rig.js'
import { type HeldRegion, OverwriteModel } from '../models/overwrite-model.js'
import { property } from '../property.js'
import { initialPosition, max, only, steps, which } from '../support/draw.js'

const SIZE = 4096

/** Longer than elsewhere: so that the ring laps its reader often. */
const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(64) },
  { weight: 5, arbitrary: fc.nat(900) },
  { weight: 1, arbitrary: fc.integer({ min: 4060, max: 4110 }) },
)

type Operation =
  | { readonly do: 'reserve' | 'output'; readonly size: number }
  | { readonly do: 'reserveBatch'; readonly records: number; readonly size: number }
  | { readonly do: 'submit' | 'discard'; readonly which: number }
  | { readonly do: 'outputMany'; readonly sizes: readonly number[] }
  | { readonly do: 'consume' | 'lease'; readonly max: number }
  | { readonly do: 'read' | 'hand over' | 'look' | 'close' }

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ do: fc.constant('reserve' as const), size }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('reserveBatch' as const),
      records: fc.integer({ min: 1, max: 12 }),
      size,
    }),
  },
  { weight: 25, arbitrary: fc.record({ do: fc.constant('submit' as const), which }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('discard' as const), which }) },
  { weight: 30, arbitrary: fc.record({ do: fc.constant('output' as const), size }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('outputMany' as const),
      sizes: fc.array(size, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('consume' as const, 'lease' as const), max }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('read' as const, 'hand over' as const) }) },
  { weight: 6, arbitrary: only('look') },
  { weight: 1, arbitrary: only('close') },
)

class Pair {
  readonly #rig: Rig
  readonly #model: OverwriteModel
  readonly #held: HeldRegion[] = []
  #consumer: Consumer<Uint8Array | LostRecord>
  #serial = 0
  /** Submitted records, in order of position, that the consumer was shown or told to be lost. */
  #passed = 0
  #shown = 0
  #lost = 0
  #dropped = 0

  constructor(engine: EngineKind, initialPosition: number) {
    this.#rig = new Rig(
      { name: engine, engine, reservations: 'lock' },
      { flags: BPF_F_RB_OVERWRITE, initialPosition },
    )
    this.#model = new OverwriteModel(SIZE, initialPosition)
    this.#consumer = openConsumer(this.#rig.ring, { showLost: true })
  }

  apply(operation: Operation): void {
    const { producer } = this.#rig
    switch (operation.do) {
      case 'reserve':
      case 'reserveBatch': {
        const batch = operation.do === 'reserveBatch'
        const { size } = operation
        const records = batch ? operation.records : 1
        const address = batch ? producer.reserveBatch(records, size) : producer.reserve(size)
        assert.equal(address, batch ? this.#model.reserveBatch(records, size) : this.#model.reserve(size))
        assert.equal(producer.reason, this.#model.reason)
        if (address !== 0) this.#held.push({ address, records, size, batch })
        break
      }
      case 'output':
      case 'outputMany': {
        const sizes = 'sizes' in operation ? operation.sizes : [operation.size]
        const payloads = sizes.map((size) => pattern(size, this.#serial++))
        const answer = this.#model.outputMany(payloads) ? 0 : -11
        const one = payloads[0] as Uint8Array
        assert.equal(operation.do === 'output' ? producer.output(one) : producer.outputMany(payloads), answer)
        assert.equal(producer.reason, this.#model.reason)
        break
      }
      case 'submit':
      case 'discard':
        this.#commit(operation.do, operation.which)
        break
      case 'consume':
        this.#consumer.consume((record) => this.#take(record), { max: operation.max })
        break
      case 'read': {
        const record = this.#consumer.read()
        if (record !== null) this.#take(record)
        break
      }
      case 'lease':
        this.#lease(operation.max)
        break
      case 'hand over':
        this.#consumer.close()
        this.#consumer = openConsumer(this.#rig.ring, { showLost: true })
        break
      case 'look':
        this.#look()
        break
      case 'close':
        this.#rig.ring.close()
        this.#model.closed = true
    }
    this.#mustAgree()
  }

  /** At the end nothing may be left that was neither shown nor told of. */
  finish(): void {
    while (this.#consumer.consume((record) => this.#take(record)) > 0);
    assert.equal(this.#passed, this.#model.gone.length + this.#model.readable.length)
    assert.equal(this.#shown + this.#lost, this.#passed)
    assert.equal(this.#dropped, this.#model.counts.dropped)
    this.#mustAgree()
  }

  #commit(way: 'submit' | 'discard', which: number): void {
    const held = this.#held.splice(which % (this.#held.length || 1), 1)[0]
    if (held === undefined) return
    const { producer, u8 } = this.#rig
    const { address, records, size, batch } = held
    const payloads = Array.from({ length: records }, () => pattern(size, this.#serial++))
    for (const [i, payload] of payloads.entries()) u8.set(payload, producer.batchAddress(address, i, size))
    assert.equal(batch ? producer[`${way}Batch`](address, records, size) : producer[way](address), 0)
    this.#model.commit(address, payloads, way === 'submit' ? 'submitted' : 'discarded')
  }

  #lease(max: number): void {
    const told: LostRecord[] = []
    this.#consumer.close()
    using consumer = openConsumer(this.#rig.ring, { onLost: (lost) => told.push(lost) })
    {
      using lease = consumer.lease({ max })
      for (const lost of told) this.#take(lost)
      for (const record of lease) this.#take(record.copy())
    }
    consumer.close()
    this.#consumer = openConsumer(this.#rig.ring, { showLost: true })
  }

  /** Every record is the next one; and a gap is as long as it says, and only where records are gone. */
  #take(record: Uint8Array | LostRecord): void {
    const { gone, readable, overwrite } = this.#model
    if (record instanceof LostRecord && record.cause === 'dropped') {
      this.#dropped += record.count
      assert.ok(this.#dropped <= this.#model.counts.dropped)
      return
    }
    if (record instanceof LostRecord) {
      assert.deepEqual(record, new LostRecord(record.count, overwrite % 2 ** 32, 'overwritten'))
      this.#passed += record.count
      this.#lost += record.count
      // It goes on with the oldest record that is there.
      assert.equal(this.#passed, gone.length)
      return
    }
    const next = gone[this.#passed] ?? readable[this.#passed - gone.length]
    assert.ok(next !== undefined, 'a record was shown that nobody has sent')
    assert.deepEqual([...record], [...next])
    this.#passed++
    this.#shown++
  }

  /** Observers see what is in the ring, all of it. */
  #look(): void {
    const { records, busy, end } = this.#rig.ring.snapshot()
    const expected = this.#model.records.filter(({ state }) => state === 'submitted')
    assert.deepEqual(
      records.map(({ position, bytes }) => ({ position, bytes: [...bytes] })),
      expected.map(({ position, payload }) => ({ position: position % 2 ** 32, bytes: [...payload] })),
    )
    assert.equal(busy, this.#model.busy)
    assert.equal(end, this.#model.producer % 2 ** 32)
  }

  #mustAgree(): void {
    const [rig, model] = [this.#rig, this.#model]
    const { overwritten, lost, consumed, attempted, submitted, discarded, dropped, refused, inFlight } =
      rig.mustBalance()
    const behind = (rig.producerPosition - rig.consumerPosition) >>> 0
    assert.deepEqual(
      {
        producer: rig.producerPosition,
        pending: rig.pendingPosition,
        overwrite: rig.ring.query(BPF_RB_OVERWRITE_POS),
        available: rig.ring.query(BPF_RB_AVAIL_DATA),
        counts: { attempted, submitted, discarded, dropped, refused },
        overwritten,
        lost,
        consumed,
      },
      {
        producer: model.producer % 2 ** 32,
        pending: model.pending % 2 ** 32,
        overwrite: model.overwrite % 2 ** 32,
        available: Math.min(behind, model.producer - model.overwrite),
        counts: model.counts,
        overwritten: model.gone.length,
        lost: this.#lost,
        consumed: this.#shown,
      },
    )
    // Busy records are never overwritten, but the consumer may have read on in front of them.
    assert.equal(inFlight, model.busy)
    if (this.#passed < model.gone.length + model.readable.length) assert.equal(this.#consumer.ready, true)
  }
}

export const OVERWRITE = property({
  name: 'overwrite',
  law: 'whatever is done to a ring that overwrites, it does what the model does',
  promise: 'Overwrite mode',
  model: 'an array of records, and one of those that are gone',
  share: 2,
  cases: fc.record({ engine: fc.constantFrom(...ENGINES), initialPosition, steps: steps(operation) }),
  check(example) {
    const pair = new Pair(example.engine, example.initialPosition)
    for (const operation of example.steps) pair.apply(operation)
    pair.finish()
  },
})
