import { type Consumer, openConsumer } from 'bpf-ringbuf'
import { drawDamage } from '../ring/support/damage.js'
import { Random } from '../ring/support/random.js'
import type { FuzzBuild } from './builds.js'
import { drawDeed, type Stage, wouldWait } from './deeds/index.js'
import { Scene } from './scene.js'
import { mustBeDocumented } from './verdict.js'

/** What came of corruptions, by the answers that users got. */
export type Tally = Record<string, number>

/** Scenes of one build. */
const SCENES = 24
const MOST_DEEDS = 8

/** What was done in one corruption, for whoever reads of its failure. */
export class Story {
  readonly lines: string[] = []
  readonly #told: (line: string) => void

  constructor(told: (line: string) => void = () => {}) {
    this.#told = told
  }

  tell(line: string): void {
    this.lines.push(line)
    this.#told(line)
  }
}

/** A memory at rest, one or a few words damaged, then used; then as it was before, and it must work. */
export class AtRest {
  readonly #build: FuzzBuild
  readonly #scenes: (Scene | undefined)[] = new Array(SCENES).fill(undefined)
  readonly #tally: Tally

  constructor(build: FuzzBuild, tally: Tally = {}) {
    this.#build = build
    this.#tally = tally
  }

  /**
   * Damages a word, does something, and so on; some words are put back at once. Answers how many were damaged, and
   * throws when the ring did what it must not. The numbers say all: the same is done each time.
   */
  async corrupt(seed: number, number: number, story: Story): Promise<number> {
    const random = new Random(Math.imul(seed, 0x9e37_79b1) + number)
    const scene = this.#sceneOf(random.below(SCENES), story)
    let damages = 0
    const damage = () => {
      const { at, value } = drawDamage(scene, random)
      const old = scene.word(at)
      story.tell(`the word at ${at}: ${old} becomes ${value}`)
      scene.rig.setWord(at, value)
      damages++
      return () => scene.rig.setWord(at, old)
    }
    // The consumer was there before, or comes after.
    if (random.oneIn(2)) damage()
    const consumer = this.#open(scene, story)
    const { ring, producer } = scene.rig
    const stage: Stage = { ring, producer, consumer, held: scene.held, random, damage }
    for (let deeds = 1 + random.below(MOST_DEEDS); deeds > 0; deeds--) {
      const repair = damage()
      await this.#do(stage, scene, story)
      if (random.oneIn(2)) repair()
    }
    consumer?.[Symbol.dispose]()
    scene.mustBeUntouchedOutside()
    scene.restore()
    scene.mustWork()
    scene.mustBeUntouchedOutside()
    return damages
  }

  #sceneOf(index: number, story: Story): Scene {
    this.#scenes[index] ??= new Scene(this.#build, index)
    const scene = this.#scenes[index]
    story.tell(`scene ${index}, ${scene.size} bytes`)
    scene.restore()
    return scene
  }

  async #do(stage: Stage, scene: Scene, story: Story): Promise<void> {
    const deed = drawDeed(stage.random)
    if (wouldWait(deed, scene, this.#build.reservations === 'claim')) return
    story.tell(deed.name)
    await this.#judge(() => deed.act(stage), story)
  }

  #open(scene: Scene, story: Story): Consumer | undefined {
    try {
      return openConsumer(scene.rig.ring, { takeOver: true })
    } catch (error) {
      this.#count(mustBeDocumented(error), story)
      return undefined
    }
  }

  async #judge(act: () => unknown, story: Story): Promise<void> {
    try {
      const answer = act()
      if (answer instanceof Promise) await answer
      this.#count('went on', story)
    } catch (error) {
      this.#count(mustBeDocumented(error), story)
    }
  }

  #count(what: string, story: Story): void {
    story.tell(`  ${what}`)
    this.#tally[what] = (this.#tally[what] ?? 0) + 1
  }
}
