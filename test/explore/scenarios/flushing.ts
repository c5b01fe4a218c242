import { RING_FLAG_OVERWRITE } from '#dist/abi/region.js'
import { closer } from '../actors/closer.js'
import { consumer } from '../actors/consumer.js'
import { stillAsleep } from '../actors/ends.js'
import { flusher } from '../actors/flusher.js'
import { producer } from '../actors/producer.js'
import { type NumberOf, reader } from '../actors/reader.js'
import { type RecordPlan, Register, recordName } from '../actors/records.js'
import { type RingPlan, Stage } from '../actors/stage.js'
import type { Thread } from '../machine/behaviour.js'
import type { Scenario } from './scenario.js'
import { plain, sleepsAtQuietOnly } from './sending.js'

/** Somebody waits until all that is committed when it begins is consumed, woken for or not. */
export function flushing(name: string, ring: RingPlan, plan: readonly RecordPlan[]): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      const reader = consumer(stage, 0, new Register([plan]))
      const threads = [reader, producer(stage, 0, 0, plan), flusher(stage, 0)]
      return stage.play(threads, sleepsAtQuietOnly(plan))
    },
  }
}

/** All was sent before it begins, and all must be consumed when it ends. */
export function flushingWhatIsThere(name: string, ring: RingPlan, plan: readonly RecordPlan[]): Scenario {
  return afterwards(name, ring, plan, 'all', (stage) => [flusher(stage, 0, plan.length)])
}

/** Some of what was sent is overwritten before the reader comes to it; somebody waits until it has come to the end. */
export function flushingWhatIsOverwritten(name: string, records: number, flags = 0): Scenario {
  return {
    name: `overwrite: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, { order: 'lock', size: 32, flags: RING_FLAG_OVERWRITE | flags })
      stage.prelude(producer(stage, 0, 0, plain(records)))
      const numberOf: NumberOf = (name) =>
        Array.from({ length: records }, (_, index) => recordName(0, index)).indexOf(name)
      const threads = [reader(stage, 0, numberOf), flusher(stage, 0, records)]
      return stage.play(threads, (ends) => stillAsleep(ends, ['reader']))
    },
  }
}

/** The ring is closed meanwhile: two wake those who wait for the consumer. */
export function flushingAndClosing(name: string, ring: RingPlan, plan: readonly RecordPlan[]): Scenario {
  return afterwards(name, ring, plan, 'closed', (stage) => [flusher(stage, 0), closer(stage, 0)])
}

/** A consumer that takes one record at a time, and others; when all is sent. */
function afterwards(
  name: string,
  ring: RingPlan,
  plan: readonly RecordPlan[],
  until: 'all' | 'closed',
  others: (stage: Stage) => Thread[],
): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      stage.prelude(producer(stage, 0, 0, plan))
      return stage.play([consumer(stage, 0, new Register([plan]), { until, batch: 1 }), ...others(stage)])
    },
  }
}
