import assert from 'node:assert/strict'
import { type Consumer, openConsumer } from 'bpf-ringbuf'
import { DATA_OFFSET, LOCK_WORD } from '#dist/abi/region.js'
import type { Target } from '../ring/support/damage.js'
import { Random } from '../ring/support/random.js'
import { Rig } from '../ring/support/rig.js'
import { addressOf } from '../ring/support/rings.js'
import { Arena } from './arena.js'
import type { FuzzBuild } from './builds.js'

/** Where positions begin: at the start, where they wrap, and where their sign changes. */
const BEGINNINGS = [0, 2 ** 32 - 4096, 2 ** 31 - 2048]

/** A ring in some state, which can be had again and again. Its number says which. */
export class Scene implements Target {
  readonly rig: Rig
  readonly size: number
  readonly #arena: Arena
  /** Payload addresses of records that were reserved and not committed. */
  readonly held: readonly number[]
  readonly #memory: Uint8Array
  readonly #whole: Uint8Array
  readonly #records: readonly Buffer[]

  constructor(build: FuzzBuild, number: number) {
    const random = new Random(number)
    this.size = random.oneIn(4) ? 16384 : 4096
    this.#arena = new Arena(build, this.size)
    this.rig = new Rig(build, {
      size: this.size,
      initialPosition: random.pick(BEGINNINGS),
      ...build.options,
      ...this.#arena.options,
    })
    this.held = this.#play(random)
    const { rig } = this
    // Data that is mapped twice shows every change twice.
    const bytes = DATA_OFFSET + this.size * (build.where === undefined ? 2 : 1)
    this.#memory = rig.u8.subarray(addressOf(rig.ring), addressOf(rig.ring) + bytes)
    this.#whole = Uint8Array.from(this.#memory)
    this.#records = this.#readAll()
    this.restore()
  }

  readonly word = (at: number): number => this.rig.word(at)

  /** All is as it was. With `lock: false` but the lock, which somebody may hold who lives. */
  restore({ lock = true } = {}): void {
    const after = LOCK_WORD + 4
    if (lock) this.#memory.set(this.#whole)
    else {
      this.#memory.set(this.#whole.subarray(0, LOCK_WORD))
      this.#memory.set(this.#whole.subarray(after), after)
    }
  }

  mustBeUntouchedOutside(): void {
    this.#arena.mustBeUntouched()
  }

  /** As long as it was not damaged: what it holds is read, and it takes more. */
  mustWork(): void {
    assert.deepEqual(this.#readAll(), this.#records)
    const { producer, ring } = this.rig
    if (this.held.length > 0) return
    using consumer = openConsumer(ring)
    for (let i = 0; i < 3; i++) {
      assert.equal(producer.outputText(`${i}`), 0, producer.reason)
      assert.equal(textOf(consumer), `${i}`)
    }
  }

  /** What producers and consumers do in a while. Answers what was left reserved. */
  #play(random: Random): number[] {
    const { producer, ring } = this.rig
    const longest = random.oneIn(3) ? ring.size / 4 : 200
    const held: number[] = []
    using consumer = openConsumer(ring)
    for (let i = random.below(90); i > 0; i--) {
      const kind = random.below(7)
      const length = random.below(longest)
      if (kind < 3) producer.output(new Uint8Array(length).fill(i))
      else if (kind === 3) producer.outputMany([new Uint8Array(length), new Uint8Array(7)])
      else if (kind === 4) {
        const address = producer.reserve(length)
        if (address !== 0) held.push(address)
      } else if (kind === 5) {
        const address = held.pop() ?? 0
        if (random.oneIn(3)) producer.discard(address)
        else producer.submit(address)
      } else consumer.consumeRaw(() => {}, { max: random.below(9) })
    }
    // Half of them stop nobody.
    if (random.oneIn(2)) while (held.length > 0) producer.submit(held.pop() as number)
    return held
  }

  #readAll(): Buffer[] {
    using consumer = openConsumer(this.rig.ring)
    const records: Buffer[] = []
    consumer.consume((record) => records.push(Buffer.from(record)))
    return records
  }
}

function textOf(consumer: Consumer): string {
  return Buffer.from(consumer.read() ?? '').toString()
}
