/**
 * One ring, two who are attached to it and one who looks on: each sees what the others have done. Threads that share
 * memory, mappings of one file, or processes.
 */
import assert from 'node:assert/strict'
import { BPF_RB_AVAIL_DATA, BPF_RB_CONS_POS, BPF_RB_PROD_POS, type EngineKind } from 'bpf-ringbuf'
import { openMappedRing } from 'bpf-ringbuf/mapped'
import fc from 'fast-check'
import { type Build, ENGINES, MAPPED_BUILDS } from '../../ring/support/builds.js'
import { pattern } from '../../ring/support/rig.js'
import { type AnyRing, joinRing, makeRing } from '../../ring/support/rings.js'
import { NO_DOOR } from '../../system/support/door.js'
import { type Held, Model } from '../models/ring-model.js'
import { property } from '../property.js'
import { build, buildOf, initialPosition, max, size, steps, which } from '../support/draw.js'
import { type Hands, HandsElsewhere, OwnHands } from '../support/hands.js'

type Operation = { readonly by: number } & (
  | { readonly do: 'output' | 'reserve'; readonly size: number }
  | { readonly do: 'submit' | 'discard'; readonly which: number }
  | { readonly do: 'consume'; readonly max: number }
  | { readonly do: 'close' }
)

const by = fc.nat(1)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 25,
    arbitrary: fc.record({ by, do: fc.constantFrom('output' as const, 'reserve' as const), size }),
  },
  {
    weight: 20,
    arbitrary: fc.record({ by, do: fc.constantFrom('submit' as const, 'discard' as const), which }),
  },
  { weight: 12, arbitrary: fc.record({ by, do: fc.constant('consume' as const), max }) },
  { weight: 1, arbitrary: fc.record({ by, do: fc.constant('close' as const) }) },
)

class Company {
  readonly #ring: AnyRing
  readonly #observer: AnyRing
  readonly #model: Model
  readonly #hands: readonly [Hands, Hands]
  readonly #held: Held[] = []
  #serial = 0

  constructor(build: Build, initialPosition: number, hands: readonly [Hands, Hands]) {
    this.#ring = makeRing(build, { initialPosition })
    const { handle } = this.#ring
    this.#observer =
      handle.type === 'bpf-ringbuf' ? joinRing(handle) : openMappedRing(handle, { access: 'read' })
    this.#model = new Model(4096, build.reservations, initialPosition)
    this.#hands = hands
  }

  async join(engines: readonly EngineKind[]): Promise<void> {
    const { handle } = this.#ring
    for (const [i, engine] of engines.entries()) {
      await this.#hands[i === 0 ? 0 : 1].perform({ do: 'join', handle, engine })
    }
  }

  async apply(operation: Operation): Promise<void> {
    const [model, hands] = [this.#model, this.#hands[operation.by === 0 ? 0 : 1]]
    switch (operation.do) {
      case 'output': {
        const payload = pattern(operation.size, this.#serial++)
        const answer = model.outputMany([payload]) ? 0 : -11
        assert.equal(await hands.perform({ do: 'output', payload }), answer)
        break
      }
      case 'reserve': {
        const { size } = operation
        const address = model.reserve(size)
        assert.equal(await hands.perform({ do: 'reserve', size }), address)
        if (address !== 0) this.#held.push({ address, records: 1, size, batch: false })
        break
      }
      case 'submit':
      case 'discard': {
        // Any of both may commit what either has reserved.
        const held = this.#held.splice(operation.which % (this.#held.length || 1), 1)[0]
        if (held === undefined) break
        const payload = pattern(held.size, this.#serial++)
        assert.equal(await hands.perform({ do: operation.do, address: held.address, payload }), 0)
        model.commit(held, [payload], operation.do === 'submit' ? 'kept' : 'discarded')
        break
      }
      case 'consume':
        assert.deepEqual(await hands.perform(operation), model.consume(operation.max))
        break
      case 'close':
        await hands.perform({ do: 'close' })
        model.closed = true
    }
    this.#mustAgree()
  }

  async leave(): Promise<void> {
    for (const hands of this.#hands) await hands.perform({ do: 'leave' })
    for (const ring of [this.#observer, this.#ring])
      if ('detach' in ring) (ring as { detach(): void }).detach()
  }

  /** As whoever looks on sees it. */
  #mustAgree(): void {
    const [ring, model] = [this.#observer, this.#model]
    const { records } = ring.inspect({ max: 1000, bytes: 0 })
    assert.deepEqual(
      {
        producer: ring.query(BPF_RB_PROD_POS),
        consumer: ring.query(BPF_RB_CONS_POS),
        available: ring.query(BPF_RB_AVAIL_DATA),
        closed: ring.closed,
        counters: ring.counters(),
        records: records.map(({ position, state }) => ({ position, state })),
        kept: ring.snapshot().records.map(({ bytes }) => [...bytes]),
      },
      {
        producer: model.producer % 2 ** 32,
        consumer: model.consumer % 2 ** 32,
        available: model.producer - model.consumer,
        closed: model.closed,
        counters: model.counters(),
        records: model.records.map(({ position, state }) => ({ position, state })),
        kept: model.records.filter(({ state }) => state === 'submitted').map(({ payload }) => [...payload]),
      },
    )
  }
}

async function play(
  example: {
    readonly build: string
    readonly initialPosition: number
    readonly engines: readonly EngineKind[]
    readonly steps: readonly Operation[]
  },
  hands: readonly [Hands, Hands],
): Promise<void> {
  const company = new Company(buildOf(example.build), example.initialPosition, hands)
  await company.join(example.engines)
  for (const operation of example.steps) await company.apply(operation)
  await company.leave()
}

const engine = fc.constantFrom(...ENGINES)
const engines = fc.tuple(engine, engine)

export const ATTACHMENTS = property({
  name: 'attachments',
  law: 'all who are attached to a ring see the same ring, and who only looks changes nothing',
  promise: 'Between processes',
  model: 'an array of records',
  share: 0.5,
  cases: fc.record({ build, initialPosition, engines, steps: steps(operation, 60) }),
  check: (example) => play(example, [new OwnHands(), new OwnHands()]),
})

let elsewhere: HandsElsewhere | undefined

export const PROCESSES = property({
  name: 'processes',
  law: 'a ring between two processes is one ring',
  promise: 'Between processes',
  model: 'an array of records',
  share: 0.1,
  skip: NO_DOOR,
  cases: fc.record({
    build: fc.constantFrom(...MAPPED_BUILDS.map(({ name }) => name)),
    initialPosition,
    engines,
    steps: steps(operation, 60),
  }),
  check(example) {
    elsewhere ??= new HandsElsewhere()
    return play(example, [new OwnHands(), elsewhere])
  },
})
