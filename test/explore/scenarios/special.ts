import { EINVAL } from '#dist/abi/errno.js'
import { CONSUMED_COUNT } from '#dist/abi/region.js'
import { batcher } from '../actors/batcher.js'
import { type CommitterState, giver, stranger, taker } from '../actors/committer.js'
import { consumer } from '../actors/consumer.js'
import { stateOf, stillAsleep } from '../actors/ends.js'
import { heir } from '../actors/heir.js'
import { meddler } from '../actors/meddler.js'
import { producer, type WhenFull } from '../actors/producer.js'
import { type RecordPlan, Register } from '../actors/records.js'
import { type RingPlan, Stage } from '../actors/stage.js'
import type { Scenario } from './scenario.js'
import { plain } from './sending.js'

/** Two records with one commit, and a record of another producer. */
export function sendingTogether(name: string, ring: RingPlan, way: 'batch' | 'many'): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      const register = new Register([plain(2)])
      return stage.play([consumer(stage, 0, register), batcher(stage, 0, 0, 2, way)])
    },
  }
}

/** Two threads commit the same record: one of them does, the other is told so. */
export function committingTwice(name: string, ring: RingPlan): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      const desk = stage.word('desk')
      const reader = consumer(stage, 0, new Register([plain(1)]))
      return stage.play([reader, giver(stage, 0, desk), taker(stage, 0, desk)], (ends) => {
        const answers = ['giver', 'taker'].map((who) => stateOf<CommitterState>(ends, who).answer)
        const right = answers.includes(0) && answers.includes(-EINVAL)
        return stillAsleep(ends) ?? (right ? undefined : `the commits answered ${answers.join(' and ')}`)
      })
    },
  }
}

/** Somebody commits a place behind the first record, which nobody has reserved; he is told so, whatever stands there. */
export function committingForeign(name: string, ring: RingPlan): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      const plan = plain(1)
      const threads = [
        consumer(stage, 0, new Register([plan])),
        producer(stage, 0, 0, plan),
        stranger(stage, 0),
      ]
      return stage.play(threads, (ends) => {
        const { answer } = stateOf<CommitterState>(ends, 'stranger')
        return stillAsleep(ends) ?? (answer === -EINVAL ? undefined : `the commit answered ${answer}`)
      })
    },
  }
}

/** The consumer dies between any two steps, and another goes on. */
export function takingOver(
  name: string,
  ring: RingPlan,
  plan: readonly RecordPlan[],
  whenFull: WhenFull = 'wait',
): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      const register = new Register([plan])
      const death = stage.word('death of the consumer')
      const mortal = { ...consumer(stage, 0, register), diesAt: death }
      const threads = [mortal, producer(stage, 0, 0, plan, whenFull), heir(stage, 0, register, [death])]
      // If it came to its end alive, the heir waits for ever, as it should.
      const play = stage.play(threads, (ends, read) => {
        const asleep = stillAsleep(ends, ends[0]?.how === 'done' ? ['heir'] : [])
        if (asleep || !ring.countsConsumed) return asleep
        const consumed = read(stage.address(0, CONSUMED_COUNT))
        return consumed === plan.length ? undefined : `${consumed} of ${plan.length} counted as consumed`
      })
      return { ...play, maySpin: whenFull === 'try again' }
    },
  }
}

/** Somebody moves the consumer position past records that are busy. None of them may be overwritten. */
export function meddling(name: string, ring: RingPlan): Scenario {
  return {
    name: `${ring.order}: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      const producers = [plain(1), plain(2)].map((plan, index) => producer(stage, 0, index, plan, 'give up'))
      return stage.play([...producers, meddler(stage, 0, 2)])
    },
  }
}
