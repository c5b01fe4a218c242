/**
 * One who sleeps until enough is there. Never too late: when as many records are committed, or as many bytes in use,
 * as were asked for. And too early only where the rules allow it.
 */
import assert from 'node:assert/strict'
import { type Consumer, openConsumer, type WaitOutcome } from 'bpf-ringbuf'
import fc from 'fast-check'
import { SLEEP_ASLEEP, SLEEP_FOR_MORE } from '#dist/abi/region.js'
import type { Build } from '../../ring/support/builds.js'
import { Rig } from '../../ring/support/rig.js'
import { property } from '../property.js'
import { build, buildOf, only, steps, which } from '../support/draw.js'
import { Pending } from '../support/pending.js'

type Operation =
  | { readonly do: 'output' | 'reserve'; readonly size: number }
  | { readonly do: 'submit' | 'discard'; readonly which: number }
  | { readonly do: 'consume' | 'begin to wait' | 'wake' | 'close' }

const size = fc.nat(300)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 25, arbitrary: fc.record({ do: fc.constant('output' as const), size }) },
  { weight: 15, arbitrary: fc.record({ do: fc.constant('reserve' as const), size }) },
  { weight: 15, arbitrary: fc.record({ do: fc.constant('submit' as const), which }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('discard' as const), which }) },
  { weight: 8, arbitrary: only('consume') },
  { weight: 25, arbitrary: only('begin to wait') },
  { weight: 1, arbitrary: only('wake') },
  { weight: 1, arbitrary: only('close') },
)

/** No delay is so long that a test sees the end of it. */
const NEVER_MS = 1e9

interface Stored {
  readonly address: number
  readonly total: number
  committed: boolean
}

class Gatherer {
  readonly #rig: Rig
  readonly #consumer: Consumer
  readonly #enough: { readonly records: number; readonly bytes: number }
  /** What is in the ring. */
  #stored: Stored[] = []
  #closed = false
  /** The last visit left something behind, which has waited long enough. */
  #late = false
  /** Bytes in use when somebody looked last: whoever reserves looks when he commits. */
  #inUse = 0
  #wait: Pending<WaitOutcome> | undefined

  constructor(build: Build, enough: { readonly records: number; readonly bytes: number }) {
    this.#rig = new Rig(build)
    this.#enough = enough
    const watermark = { ...enough, maxDelayMs: NEVER_MS }
    this.#consumer = openConsumer(this.#rig.ring, { watermark, strategy: 'park' })
  }

  async apply(operation: Operation): Promise<void> {
    const { ring, producer } = this.#rig
    let forced = false
    switch (operation.do) {
      case 'output':
      case 'reserve': {
        const address = producer.reserve(operation.size)
        if (address === 0) break
        const total = (operation.size + 15) & ~7
        this.#stored.push({ address, total, committed: false })
        if (operation.do === 'output') this.#commit('submit', this.#stored.length - 1)
        break
      }
      case 'submit':
      case 'discard':
        this.#commit(operation.do, operation.which)
        break
      case 'consume':
        // While it waits it is not to be disturbed: what it counts would be gone.
        if (!this.#wait) this.#consume()
        break
      case 'begin to wait':
        this.#wait ??= this.#beginToWait()
        break
      case 'wake':
        forced = ring.wake()
        break
      case 'close':
        ring.close()
        this.#closed = true
    }
    await this.#mustAgree(forced)
  }

  async finish(): Promise<void> {
    this.#consumer.close()
    await this.#wait?.end()
  }

  #commit(way: 'submit' | 'discard', which: number): void {
    const busy = this.#stored.filter(({ committed }) => !committed)
    const record = busy[which % (busy.length || 1)]
    if (record === undefined) return
    assert.equal(this.#rig.producer[way](record.address), 0)
    record.committed = true
    this.#inUse = this.#reserved
  }

  get #reserved(): number {
    return this.#stored.reduce((sum, { total }) => sum + total, 0)
  }

  #beginToWait(): Pending<WaitOutcome> {
    this.#inUse = this.#reserved
    return new Pending(this.#consumer.waitAsync())
  }

  #consume(): void {
    this.#consumer.consume(() => {})
    const busy = this.#stored.findIndex(({ committed }) => !committed)
    this.#stored = busy < 0 ? [] : this.#stored.slice(busy)
    this.#late = this.#stored.length > 0
  }

  async #mustAgree(forced: boolean): Promise<void> {
    const wait = this.#wait
    if (wait === undefined) return
    await wait.settle(() => [SLEEP_ASLEEP, SLEEP_FOR_MORE].includes(this.#rig.sleepWord))
    const [stored, { records, bytes }] = [this.#stored, this.#enough]
    const committed = stored.filter((record) => record.committed).length
    const isReady = stored[0]?.committed === true
    const isEnough = this.#closed || committed >= records || this.#inUse >= bytes
    const isFinished = this.#closed && stored.length === 0
    if (!wait.isOver) {
      assert.ok(!isFinished && !(isReady && isEnough), 'enough is there, and it sleeps')
      assert.ok(!forced || this.#closed, 'it was woken by force, and sleeps')
      return
    }
    this.#wait = undefined
    if (wait.value === 'closed') assert.ok(isFinished, 'the ring is not closed and empty')
    else if (wait.value === 'woken') assert.ok(forced, 'nobody has woken it')
    else if (!forced) assert.ok(isReady && (isEnough || this.#late), 'there is not enough')
  }
}

export const WATERMARK = property({
  name: 'watermark',
  law: 'who wants to be woken for many records is woken when they are there, and not for each',
  promise: 'No lost wake-up',
  model: 'an array of what is in the ring',
  share: 0.5,
  cases: fc.record({
    build,
    enough: fc.record({
      records: fc.integer({ min: 1, max: 12 }),
      bytes: fc.integer({ min: 1, max: 4088 }),
    }),
    steps: steps(operation, 80),
  }),
  async check(example) {
    const gatherer = new Gatherer(buildOf(example.build), example.enough)
    for (const operation of example.steps) await gatherer.apply(operation)
    await gatherer.finish()
  },
})
