/**
 * One who waits for a ring, asleep or not, by the kernel's rules: after every step it sleeps if and only if the model
 * sleeps, and a wait that ends answers what the model answers.
 */
import assert from 'node:assert/strict'
import { type Consumer, openConsumer, type WaitOutcome, type WaitStrategy } from 'bpf-ringbuf'
import fc from 'fast-check'
import { SLEEP_ASLEEP, SLEEP_AWAKE } from '#dist/abi/region.js'
import { interleave } from '../../consumer/support-records/interleave.js'
import type { Build } from '../../ring/support/builds.js'
import { pattern, Rig } from '../../ring/support/rig.js'
import { type Held, Model } from '../models/ring-model.js'
import { SleeperModel } from '../models/sleeper-model.js'
import { property } from '../property.js'
import { build, buildOf, initialPosition, max, only, steps, which } from '../support/draw.js'
import { Pending } from '../support/pending.js'

const WAYS = ['wait', 'waitAsync', 'waitBusy'] as const

type Operation =
  | { readonly do: 'output'; readonly size: number; readonly flags: number }
  | { readonly do: 'outputMany'; readonly sizes: readonly number[]; readonly flags: number }
  | { readonly do: 'reserve'; readonly size: number }
  | { readonly do: 'submit' | 'discard'; readonly which: number; readonly flags: number }
  | { readonly do: 'consume'; readonly max: number }
  | { readonly do: 'begin to wait'; readonly strategy: WaitStrategy }
  /** It begins to wait, and in front of that atomic operation of it a record is sent. */
  | { readonly do: 'meet'; readonly operation: number; readonly size: number }
  | { readonly do: 'wait no time'; readonly way: (typeof WAYS)[number] }
  | { readonly do: 'wake' | 'close' }

/** None that never sleeps. */
const strategy = fc.constantFrom<WaitStrategy>('park', 'park', 'park', 'adaptive', 'spin', 'yield')
const flags = fc.constantFrom(0, 0, 0, 1, 1, 2, 3)
const size = fc.nat(200)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 15, arbitrary: fc.record({ do: fc.constant('output' as const), size, flags }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('outputMany' as const),
      sizes: fc.array(size, { minLength: 1, maxLength: 4 }),
      flags,
    }),
  },
  { weight: 15, arbitrary: fc.record({ do: fc.constant('reserve' as const), size }) },
  { weight: 15, arbitrary: fc.record({ do: fc.constant('submit' as const), which, flags }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('discard' as const), which, flags }) },
  { weight: 20, arbitrary: fc.record({ do: fc.constant('consume' as const), max }) },
  { weight: 25, arbitrary: fc.record({ do: fc.constant('begin to wait' as const), strategy }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('meet' as const), operation: fc.nat(15), size }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('wait no time' as const), way: fc.constantFrom(...WAYS) }),
  },
  { weight: 3, arbitrary: only('wake') },
  { weight: 1, arbitrary: only('close') },
)

class Bedroom {
  readonly #rig: Rig
  readonly #model: Model
  readonly #sleeper: SleeperModel
  readonly #consumer: Consumer
  readonly #held: (Held & { readonly position: number })[] = []
  #wait: Pending<WaitOutcome> | undefined
  #serial = 0

  constructor(build: Build, initialPosition: number) {
    this.#rig = new Rig(build, { initialPosition })
    this.#model = new Model(4096, build.reservations, initialPosition)
    this.#sleeper = new SleeperModel(this.#model)
    this.#consumer = openConsumer(this.#rig.ring)
  }

  async apply(operation: Operation): Promise<void> {
    const { producer } = this.#rig
    const position = this.#model.producer
    switch (operation.do) {
      case 'output':
      case 'outputMany': {
        const sizes = 'sizes' in operation ? operation.sizes : [operation.size]
        const payloads = sizes.map((size) => pattern(size, this.#serial++))
        const sent = this.#model.outputMany(payloads)
        assert.equal(producer.outputMany(payloads, operation.flags), sent ? 0 : -11)
        if (sent) this.#sleeper.committed(position, operation.flags)
        break
      }
      case 'reserve': {
        const { size } = operation
        const address = producer.reserve(size)
        assert.equal(address, this.#model.reserve(size))
        if (address !== 0) this.#held.push({ address, records: 1, size, batch: false, position })
        break
      }
      case 'submit':
      case 'discard':
        this.#commit(operation.do, operation.which, operation.flags)
        break
      case 'consume': {
        const shown: Uint8Array[] = []
        this.#consumer.consume((record) => shown.push(record), { max: operation.max })
        assert.deepEqual(shown, this.#model.consume(operation.max))
        break
      }
      case 'begin to wait':
        if (this.#wait) await assert.rejects(this.#consumer.waitAsync(), { code: 'ERR_REENTRANT' })
        else {
          this.#sleeper.begin()
          this.#wait = new Pending(this.#consumer.waitAsync({ strategy: operation.strategy }))
        }
        break
      case 'meet':
        if (this.#canMeet) this.#meet(operation.operation, operation.size)
        break
      case 'wait no time':
        await this.#waitNoTime(operation.way)
        break
      case 'wake':
        this.#rig.ring.wake()
        this.#sleeper.forced()
        break
      case 'close':
        this.#rig.ring.close()
        this.#model.closed = true
        this.#sleeper.closed()
    }
    await this.#mustAgree()
  }

  /** Whoever still sleeps is woken by nothing but the end of its consumer. */
  async finish(): Promise<void> {
    this.#consumer.close()
    if (this.#wait === undefined) return
    await this.#wait.end()
    assert.throws(() => this.#wait?.value, { code: 'ERR_CONSUMER_CLOSED' })
  }

  #commit(way: 'submit' | 'discard', which: number, flags: number): void {
    const held = this.#held.splice(which % (this.#held.length || 1), 1)[0]
    if (held === undefined) return
    const payload = pattern(held.size, this.#serial++)
    this.#rig.u8.set(payload, held.address)
    assert.equal(this.#rig.producer[way](held.address, flags), 0)
    this.#model.commit(held, [payload], way === 'submit' ? 'kept' : 'discarded')
    this.#sleeper.committed(held.position, flags)
  }

  /** Only the operations of the JavaScript build can be come between; of a closed ring who waits for what is busy does not wake. */
  get #canMeet(): boolean {
    const { engine, handle, closed } = this.#rig.ring
    return engine === 'js' && handle.type === 'bpf-ringbuf' && !closed && this.#wait === undefined
  }

  /** Whether the record is seen or wakes, who falls asleep meanwhile does not sleep through it. */
  #meet(moment: number, size: number): void {
    const [rig, model, sleeper] = [this.#rig, this.#model, this.#sleeper]
    const payload = pattern(size, this.#serial++)
    interleave(
      {
        at: (operation) => {
          if (operation !== moment) return
          assert.equal(rig.producer.output(payload), model.outputMany([payload]) ? 0 : -11)
        },
        onWait: (words, index, value) => {
          if (Atomics.load(words, index) !== value) return 'not-equal'
          assert.ok(!model.ready, 'it sleeps through a record')
          rig.ring.wake()
          return 'ok'
        },
      },
      () => {
        const outcome = this.#consumer.wait({ strategy: 'park' })
        assert.equal(outcome, sleeper.found ?? 'woken', 'what the wait answers')
      },
    )
    const { wakeups } = rig.ring.counters()
    if (wakeups === sleeper.wakeups + 1) sleeper.wakeups++
  }

  async #waitNoTime(way: (typeof WAYS)[number]): Promise<void> {
    const wait = async () => this.#consumer[way]({ timeoutMs: 0 })
    // One at a time; but who only looks is in nobody's way.
    if (this.#wait && way !== 'waitBusy') await assert.rejects(wait, { code: 'ERR_REENTRANT' })
    else assert.equal(await wait(), this.#sleeper.found ?? 'timeout', `what ${way} answers that has no time`)
  }

  async #mustAgree(): Promise<void> {
    const [rig, sleeper] = [this.#rig, this.#sleeper]
    await this.#wait?.settle(() => rig.sleepWord === SLEEP_ASLEEP)
    assert.equal(rig.sleepWord, sleeper.asleep ? SLEEP_ASLEEP : SLEEP_AWAKE, 'whether somebody sleeps')
    if (this.#wait?.isOver) {
      assert.equal(this.#wait.value, sleeper.outcome, 'what the wait answers')
      this.#wait = undefined
    }
    assert.equal(rig.mustBalance().wakeups, sleeper.wakeups, 'commits that woke somebody')
  }
}

export const WAITING = property({
  name: 'waiting',
  law: 'who waits is woken by the commits that shall wake it, by no other, and never goes without',
  promise: 'No lost wake-up',
  model: 'an array of records, and one who sleeps at its head or not',
  share: 0.5,
  cases: fc.record({ build, initialPosition, steps: steps(operation, 80) }),
  async check(example) {
    const bedroom = new Bedroom(buildOf(example.build), example.initialPosition)
    for (const operation of example.steps) await bedroom.apply(operation)
    await bedroom.finish()
  },
})
