import { closer } from '../actors/closer.js'
import { consumer } from '../actors/consumer.js'
import { neverCame, stillAsleep } from '../actors/ends.js'
import { producer } from '../actors/producer.js'
import { type Plans, Register } from '../actors/records.js'
import { type RingPlan, Stage } from '../actors/stage.js'
import type { Scenario } from './scenario.js'

/** The ring is closed at any time: all must end, and what was sent before must come. */
export function closing(
  name: string,
  ring: RingPlan,
  plans: Plans,
  audience: 'a consumer' | 'nobody consumes' = 'a consumer',
): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      const register = new Register(plans)
      const producers = plans.map((plan, index) => producer(stage, 0, index, plan))
      const threads = [...producers, closer(stage, 0)]
      if (audience === 'nobody consumes') return stage.play(threads)
      const all = [consumer(stage, 0, register, { until: 'closed' }), ...threads]
      return stage.play(all, (ends) => stillAsleep(ends) ?? neverCame(ends, register))
    },
  }
}
