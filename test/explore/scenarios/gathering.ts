import { CREDIT, WATERMARK } from '#dist/abi/region.js'
import { type ConsumerOptions, consumer } from '../actors/consumer.js'
import { committer, producer } from '../actors/producer.js'
import { type Plans, Register } from '../actors/records.js'
import { type RingPlan, Stage } from '../actors/stage.js'
import type { Thread } from '../machine/behaviour.js'
import type { Scenario } from './scenario.js'

type Watermark = NonNullable<ConsumerOptions['watermark']> & Pick<ConsumerOptions, 'gathers'>

/** A consumer that sleeps until more is there than a record. */
export function gathering(name: string, ring: RingPlan, plans: Plans, watermark: Watermark): Scenario {
  return gather(name, ring, plans, watermark, (stage) =>
    plans.map((plan, index) => producer(stage, 0, index, plan)),
  )
}

/** The same; two producers have reserved a record each, and only have to commit it. */
export function gatheringCommits(name: string, ring: RingPlan, watermark: Watermark): Scenario {
  return gather(name, ring, [[{}], [{}]], watermark, (stage) => [
    committer(stage, 0, 0),
    committer(stage, 0, 1),
  ])
}

/** One has reserved the only record that there is room for; another waits for room, and so for the consumer. */
export function gatheringAndWaiting(name: string, ring: RingPlan, watermark: Watermark): Scenario {
  return gather(name, ring, [[{}], [{}]], watermark, (stage) => [
    committer(stage, 0, 0),
    producer(stage, 0, 1, [{}]),
  ])
}

function gather(
  name: string,
  ring: RingPlan,
  plans: Plans,
  watermark: Watermark,
  producers: (stage: Stage) => Thread[],
): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      // Of an earlier sleep, for what never came.
      stage.leave(0, WATERMARK, 0xffff_ffff)
      stage.leave(0, CREDIT, 0x7fff_ffff)
      const { gathers, ...amount } = watermark
      const options = { watermark: amount, ...(gathers && { gathers }) }
      const play = stage.play([consumer(stage, 0, new Register(plans), options), ...producers(stage)])
      return { ...play, maySpin: gathers === 'awake' }
    },
  }
}
