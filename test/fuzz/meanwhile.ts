import { setTimeout } from 'node:timers/promises'
import { openConsumer } from 'bpf-ringbuf'
import { LOCK_WORD } from '#dist/abi/region.js'
import { type Peer, startPeer } from '../mapped/support/peer.js'
import { drawDamage } from '../ring/support/damage.js'
import { Random } from '../ring/support/random.js'
import type { Tally } from './at-rest.js'
import type { Board } from './board.js'
import type { FuzzBuild } from './builds.js'
import { drawDeed, type Stage } from './deeds/index.js'
import { type PeerData, ROLES } from './roles.js'
import { Scene } from './scene.js'
import { mustBeDocumented } from './verdict.js'

const PEER = new URL('./peer.js', import.meta.url)
/** So many deeds are done with a memory until it is repaired. */
const DEEDS = 16

/**
 * A ring that is used here and by another, while a third damages it: threads of this process, or processes where
 * the ring is one between processes. When they are gone and the memory is repaired, it must work.
 */
export class Meanwhile {
  readonly #tally: Tally
  readonly #build: FuzzBuild
  readonly #seed: number
  readonly #board: Board

  constructor(build: FuzzBuild, seed: number, board: Board, tally: Tally) {
    this.#tally = tally
    this.#build = build
    this.#seed = seed
    this.#board = board
  }

  async run(damages: number): Promise<void> {
    const random = new Random(this.#seed)
    const scene = new Scene(this.#build, random.below(1000))
    const peers = ROLES.map((role) => this.#start(role, scene))
    const mustLive = () => {
      for (const { failure } of peers) if (failure) throw failure
    }
    for (; this.#board.joined < peers.length; await setTimeout(1)) mustLive()
    while (this.#board.meanwhile < damages) {
      mustLive()
      scene.restore({ lock: false })
      await this.#use(scene, random)
      scene.mustBeUntouchedOutside()
      // Lets the event loop see what has become of the others.
      if (random.oneIn(64)) await new Promise((resolve) => setImmediate(resolve))
    }
    this.#board.stop()
    for (const { ended } of peers) await ended
    scene.restore()
    scene.mustWork()
    scene.mustBeUntouchedOutside()
  }

  async #use(scene: Scene, random: Random): Promise<void> {
    const { ring, producer } = scene.rig
    try {
      using consumer = openConsumer(ring, { takeOver: true })
      const damage = () => {
        const { at, value } = drawDamage(scene, random)
        if (at !== LOCK_WORD) scene.rig.setWord(at, value)
      }
      const stage: Stage = { ring, producer, consumer, held: scene.held, random, damage }
      for (let i = 0; i < DEEDS; i++) await this.#do(stage)
    } catch (error) {
      this.#count(mustBeDocumented(error))
    }
  }

  async #do(stage: Stage): Promise<void> {
    const deed = drawDeed(stage.random)
    this.#board.begin(deed.number)
    try {
      await deed.act(stage)
      this.#count('went on')
    } catch (error) {
      this.#count(mustBeDocumented(error))
    }
  }

  #count(what: string): void {
    this.#tally[what] = (this.#tally[what] ?? 0) + 1
  }

  #start(role: PeerData['role'], scene: Scene): Peer {
    const { ring } = scene.rig
    const { engine } = this.#build
    const data: PeerData = {
      role,
      seed: this.#seed,
      handle: ring.handle,
      engine,
      size: scene.size,
      board: this.#board.name,
    }
    return startPeer(PEER, data, this.#build.where === undefined ? 'thread' : 'process')
  }
}
