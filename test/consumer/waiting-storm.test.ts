/** Waits that begin, are cancelled, run out of time and are woken in every order: none sleeps through its record. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  BPF_RB_FORCE_WAKEUP,
  type Consumer,
  openConsumer,
  openPoller,
  RingEpoll,
  type RingPoller,
} from 'bpf-ringbuf'
import { BUILDS, type Build } from '../ring/support/builds.js'
import { EFFORT, Random, SEED } from '../ring/support/random.js'
import { Rig } from '../ring/support/rig.js'
import { mustEnd, pause, turn } from './support/ends.js'

const STEPS = 4000 * EFFORT
const RINGS = 6

/** One who waits, and the wait of it that is pending. */
interface Player {
  readonly begin: (timeoutMs: number, signal: AbortSignal) => Promise<unknown>
  /** Consumes what is there, of all its rings. */
  readonly take: () => number
  readonly rigs: readonly Rig[]
  pending: { readonly ended: Promise<unknown>; readonly controller: AbortController } | undefined
  taken: number
}

/** Two rings with consumers of their own, two in an epoll, two in a poller; all in one thread. */
class Storm implements Disposable {
  readonly #rigs: Rig[]
  readonly #consumers: Consumer[]
  readonly #epoll = new RingEpoll()
  readonly #poller: RingPoller = openPoller()
  readonly #players: Player[]
  readonly #random: Random
  #polled = 0
  sent = 0

  constructor(build: Build, random: Random) {
    this.#random = random
    this.#rigs = Array.from({ length: RINGS }, () => new Rig(build, { size: 65536 }))
    this.#consumers = this.#rigs.slice(0, 4).map(({ ring }) => openConsumer(ring))
    const rigs = (...numbers: number[]) => numbers.map((i) => this.#rigs[i] as Rig)
    const consume = (i: number) => this.#consumers[i]?.consumeRaw(() => {}) ?? 0
    for (const i of [2, 3]) this.#epoll.add(this.#consumers[i] as Consumer, { edgeTriggered: i === 3 })
    for (const { ring } of rigs(4, 5)) {
      this.#poller.add(ring, () => {
        this.#polled++
      })
    }
    this.#players = [0, 1].map((i) => ({
      begin: (timeoutMs, signal) =>
        (this.#consumers[i] as Consumer).waitAsync({ timeoutMs, signal, ...this.#way() }),
      take: () => consume(i),
      rigs: rigs(i),
      pending: undefined,
      taken: 0,
    }))
    this.#players.push({
      begin: (timeoutMs, signal) => this.#epoll.waitAsync({ timeoutMs, signal, ...this.#way() }),
      take: () => consume(2) + consume(3),
      rigs: rigs(2, 3),
      pending: undefined,
      taken: 0,
    })
    this.#players.push({
      begin: (timeoutMs, signal) => this.#poller.pollAsync(timeoutMs, { signal }),
      take: () => {
        this.#poller.consume()
        const polled = this.#polled
        this.#polled = 0
        return polled
      },
      rigs: rigs(4, 5),
      pending: undefined,
      taken: 0,
    })
  }

  /** One random thing. */
  async step(): Promise<void> {
    const random = this.#random
    const player = random.pick(this.#players)
    switch (random.below(10)) {
      case 0:
      case 1:
      case 2:
        if (!player.pending) this.#begin(player, random.pick([0, 0.05, 0.3, 1, 5, 60_000, 60_000]))
        break
      case 3:
        player.pending?.controller.abort()
        break
      case 4:
      case 5:
        this.#put(random.pick(player.rigs))
        break
      case 6: {
        const rig = random.pick(player.rigs)
        rig.mustDiscard(rig.mustReserve(8), random.oneIn(2) ? BPF_RB_FORCE_WAKEUP : 0)
        break
      }
      case 7:
        player.taken += player.take()
        break
      case 8: {
        const consumer = this.#consumers[random.pick([2, 3])] as Consumer
        if (random.oneIn(2)) this.#epoll.modify(consumer, { edgeTriggered: random.oneIn(2) })
        else {
          this.#epoll.delete(consumer)
          this.#epoll.add(consumer, { edgeTriggered: random.oneIn(2) })
        }
        break
      }
      default:
        if (random.oneIn(3)) await pause(random.below(20) / 10)
        else await turn()
    }
  }

  /** Every wait that is pending must end by a record, of each of its rings. */
  async mustBeAwake(): Promise<void> {
    for (const [i, player] of this.#players.entries()) {
      for (const [j, rig] of player.rigs.entries()) {
        const what = `the wait of player ${i} for its ring ${j}`
        if (player.pending) {
          // Level and edge: it may know of a record already, or of none.
          this.#put(rig, BPF_RB_FORCE_WAKEUP)
          await mustEnd(player.pending.ended, what)
        }
        player.taken += player.take()
        this.#begin(player, 60_000)
        if (this.#random.oneIn(2)) await turn()
        this.#put(rig)
        await mustEnd(player.pending?.ended as unknown as Promise<unknown>, what)
        player.taken += player.take()
      }
    }
  }

  /** Records that were taken in all. */
  get taken(): number {
    return this.#players.reduce((total, { taken }) => total + taken, 0)
  }

  [Symbol.dispose](): void {
    this.#epoll.close()
    this.#poller.close()
    for (const consumer of this.#consumers) consumer.close()
  }

  #begin(player: Player, timeoutMs: number): void {
    const controller = new AbortController()
    const ended = player.begin(timeoutMs, controller.signal).catch((error: unknown) => {
      if (error !== controller.signal.reason) throw error
    })
    const pending = { ended, controller }
    player.pending = pending
    const over = () => {
      if (player.pending === pending) player.pending = undefined
    }
    // What it fails with is looked at where it is awaited; here only that it is over.
    ended.then(over, over)
  }

  #put(rig: Rig, flags = 0): void {
    rig.mustOutput('x', flags)
    this.sent++
  }

  #way(): { strategy?: 'park' | 'spin' | 'yield' | 'busy' } {
    const strategy = this.#random.pick([undefined, 'park', 'spin', 'yield', 'busy'] as const)
    return strategy ? { strategy } : {}
  }
}

for (const build of BUILDS) {
  describe(build.name, () => {
    test('waits, cancels, records and changes in random order', async () => {
      const random = new Random(SEED)
      using storm = new Storm(build, random)
      for (let i = 0; i < STEPS; i++) {
        try {
          await storm.step()
          if (i % 100 === 99) await storm.mustBeAwake()
        } catch (error) {
          throw new Error(`seed ${SEED}, step ${i}: ${(error as Error).message}`, { cause: error })
        }
      }
      await storm.mustBeAwake()
      assert.equal(storm.taken, storm.sent, `seed ${SEED}`)
    })
  })
}
