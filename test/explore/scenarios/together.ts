import { group } from '../actors/group.js'
import { producer } from '../actors/producer.js'
import { Register } from '../actors/records.js'
import { type RingPlan, Stage } from '../actors/stage.js'
import type { Scenario } from './scenario.js'
import { plain } from './sending.js'

/** A consumer of several rings, each with a producer, that sleeps on one bell. */
export function together(
  name: string,
  ring: RingPlan,
  records: readonly number[],
  triggered: 'level' | 'edge',
): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ...records.map(() => ring))
      const registers = records.map((count) => new Register([plain(count)]))
      const producers = records.map((count, at) => ({
        ...producer(stage, at, 0, plain(count)),
        name: `producer of ring ${at}`,
      }))
      const play = stage.play([group(stage, registers, triggered), ...producers])
      // As the kernel's, a level is reported for as long as something is reserved, though it is busy.
      return { ...play, maySpin: triggered === 'level' }
    },
  }
}
