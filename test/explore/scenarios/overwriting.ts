import { RING_FLAG_OVERWRITE } from '#dist/abi/region.js'
import { stateOf, stillAsleep } from '../actors/ends.js'
import { producer } from '../actors/producer.js'
import { type NumberOf, type ReaderState, reader } from '../actors/reader.js'
import { type RecordPlan, recordName } from '../actors/records.js'
import { Stage } from '../actors/stage.js'
import type { Scenario } from './scenario.js'

/** A producer that overwrites what the reader has not read. What it reads must be whole, and be counted. */
export function overwriting(name: string, plan: readonly RecordPlan[]): Scenario {
  return {
    name: `overwrite: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, { order: 'lock', size: 32, flags: RING_FLAG_OVERWRITE })
      const submitted = [...plan.keys()].filter((index) => !plan[index]?.discard)
      const numberOf: NumberOf = (name) => submitted.findIndex((index) => recordName(0, index) === name)
      const play = stage.play([reader(stage, 0, numberOf), producer(stage, 0, 0, plan)], (ends) => {
        const { before } = stateOf<ReaderState>(ends, 'reader')
        const awake = stillAsleep(ends, ['reader'])
        return (
          awake ?? (before === submitted.length ? undefined : `the reader knows of ${before} records only`)
        )
      })
      // Who is overtaken while a producer is at work on that looks again.
      return { ...play, maySpin: true }
    },
  }
}
