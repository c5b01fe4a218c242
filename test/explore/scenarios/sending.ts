import { BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP } from '#dist/abi/flags.js'
import { type ConsumerOptions, type ConsumerState, consumer } from '../actors/consumer.js'
import { stateOf, stillAsleep } from '../actors/ends.js'
import { producer } from '../actors/producer.js'
import { type Plans, type RecordPlan, Register } from '../actors/records.js'
import { type RingPlan, Stage } from '../actors/stage.js'
import type { End } from '../search/search.js'
import type { Scenario } from './scenario.js'

/** Producers, each with its records, and a consumer that sleeps when there is nothing. */
export function sending(
  name: string,
  ring: RingPlan,
  plans: Plans,
  options: ConsumerOptions = {},
  judge?: (ends: readonly End[]) => string | undefined,
): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      const producers = plans.map((plan, index) => producer(stage, 0, index, plan))
      return stage.play([consumer(stage, 0, new Register(plans), options), ...producers], judge)
    },
  }
}

export const plain = (records: number): RecordPlan[] => Array.from({ length: records }, () => ({}))

export const quiet: RecordPlan = { flags: BPF_RB_NO_WAKEUP }
export const forced: RecordPlan = { flags: BPF_RB_FORCE_WAKEUP }
export const discarded: RecordPlan = { discard: true }

/** A consumer may sleep on where it stands at a record whose commit was quiet: no other (R40, R43). */
export function sleepsAtQuietOnly(plan: readonly RecordPlan[]): (ends: readonly End[]) => string | undefined {
  return (ends) => {
    if (!stillAsleep(ends)) return undefined
    const { next } = stateOf<ConsumerState>(ends, 'consumer')
    return stillAsleep(ends, plan[next[0] ?? 0] === quiet ? ['consumer'] : [])
  }
}
