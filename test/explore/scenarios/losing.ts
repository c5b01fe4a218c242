import { auditor } from '../actors/auditor.js'
import { producer } from '../actors/producer.js'
import { type RingPlan, Stage } from '../actors/stage.js'
import type { Scenario } from './scenario.js'
import { plain } from './sending.js'

/**
 * Two producers, and nobody who makes room in a ring for one record: whoever has sent that drops his
 * second, the other his first. The consumer must learn of both.
 */
export function losing(name: string, ring: RingPlan): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, { ...ring, countsDrops: true })
      const producers = [0, 1].map((index) => producer(stage, 0, index, plain(2), 'give up'))
      return { ...stage.play([auditor(stage, 0, 2), ...producers]), maySpin: true }
    },
  }
}
