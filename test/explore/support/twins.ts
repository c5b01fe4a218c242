import assert from 'node:assert/strict'
import type { View } from '#dist/ring/algorithm/index.js'
import * as shipped from '#dist/ring/algorithm/index.js'
import { regionBytes } from '#dist/ring/region.js'
import { type Order, Stage } from '../actors/stage.js'
import type { Steps } from '../machine/step.js'
import type { Loaded } from '../transform/load.js'
import { isStatistic } from '../transform/statistics.js'
import { finish } from './finish.js'

type Call<T> = (view: View, ...operands: number[]) => T

/** The same ring twice: one for the shipped functions, one for those that were made from them. */
export class Twins {
  readonly #stage: Stage
  readonly #shipped: View
  readonly #explored: View
  /** Payloads that are reserved. */
  readonly #held: number[] = []
  #position: number

  constructor(loaded: Loaded, order: Order) {
    this.#stage = new Stage(loaded, { order })
    this.#shipped = this.#view()
    this.#explored = this.#view()
    this.#position = this.#stage.firstPosition
  }

  reserve(sizeBytes: number): void {
    const address = this.both('reserve', sizeBytes, 0, 0)
    if (address !== 0) this.#held.push(address)
  }

  /** Commits one of the records that are reserved, or what is none. */
  commit(which: number, flags: number, discard: number): void {
    const [address = 0] = this.#held.splice(which % (this.#held.length || 1), 1)
    this.both('commit', address, flags, discard)
  }

  consume(records: number): void {
    const end = this.both('scan', this.#position, records)
    if (end !== this.#position) this.both('release', this.#position, end, 1, 0)
    this.#position = end
  }

  doze(): void {
    this.both('isFinished', this.#position)
    this.both('fallAsleep', this.#position)
  }

  waitForRoom(sizeBytes: number): void {
    this.both('roomSequence')
    this.both('awaitRoom', sizeBytes)
  }

  /** Calls both, which must answer the same and leave the same; statistics aside, which are not explored. */
  both(name: string, ...operands: number[]): number {
    const call = (shipped as unknown as Record<string, Call<number>>)[name] as Call<number>
    const walk = (this.#stage.algorithm as unknown as Record<string, Call<Steps<number>>>)[name] as Call<
      Steps<number>
    >
    const expected = call(this.#shipped, ...operands)
    assert.equal(finish(walk(this.#explored, ...operands), this.#explored.ints), expected, name)
    assert.equal(this.#explored.reason, this.#shipped.reason)
    const words = this.#explored.ints
    const differing = this.#shipped.ints.findIndex(
      (word, at) => word !== words[at] && !isStatistic(at * 4, this.#explored),
    )
    assert.equal(differing, -1, `after ${name} the word at ${differing * 4} differs`)
    return expected
  }

  #view(): View {
    const view = this.#stage.view(0)
    const buffer = new SharedArrayBuffer(regionBytes(view.size))
    const ints = new Int32Array(buffer)
    for (const [address, value] of this.#stage.play([]).memory) ints[address / 4] = value
    return Object.assign(view, {
      ints,
      doubles: new Float64Array(buffer),
      ringBell: () => {},
      notify: () => {},
    })
  }
}
