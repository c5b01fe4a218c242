import {
  CONSUMED_COUNT,
  LOST_COUNT,
  RING_FLAG_OVERWRITE,
  RING_FLAG_OWNERS,
  RING_FLAG_RECOVERABLE,
} from '#dist/abi/region.js'
import { consumer } from '../actors/consumer.js'
import { stateOf, stillAsleep } from '../actors/ends.js'
import { heir } from '../actors/heir.js'
import { producer } from '../actors/producer.js'
import { type ReaderState, reader, readingHeir } from '../actors/reader.js'
import { Register, recordName } from '../actors/records.js'
import { type RingPlan, Stage } from '../actors/stage.js'
import { flushingWhatIsOverwritten } from './flushing.js'
import type { Scenario } from './scenario.js'
import { plain } from './sending.js'
import { takingOver } from './special.js'

const ring: RingPlan = { order: 'lock', flags: RING_FLAG_RECOVERABLE | RING_FLAG_OWNERS }
const counted: RingPlan = { ...ring, countsConsumed: true }
const overwritten: RingPlan = {
  order: 'lock',
  size: 32,
  flags: RING_FLAG_RECOVERABLE | RING_FLAG_OWNERS | RING_FLAG_OVERWRITE,
  countsConsumed: true,
}

/** Consumers that die between any two steps, and those who come after them. */
export const INHERITING: readonly Scenario[] = [
  takingOver('recoverable: a consumer that dies', ring, plain(2)),
  takingOver('recoverable: a consumer that dies, and what it has counted', counted, plain(1)),
  twice('a consumer that dies, and the next one, too', ring, 1),
  lapped('a consumer that dies while it is lapped', 2),
  flushingWhatIsOverwritten(
    'flushing what is overwritten, recoverable',
    3,
    RING_FLAG_RECOVERABLE | RING_FLAG_OWNERS,
  ),
]

/** The consumer dies, and whoever goes on dies, too, in the middle of what the first has left or of his own. */
function twice(name: string, plan: RingPlan, records: number): Scenario {
  return {
    name: `recoverable: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, plan)
      const register = new Register([plain(records)])
      const deaths = ['first', 'second'].map((which) => stage.word(`death of the ${which}`))
      const [first = 0, second = 0] = deaths
      const threads = [
        { ...consumer(stage, 0, register), diesAt: first },
        { ...heir(stage, 0, register, [first]), diesAt: second },
        heir(stage, 0, register, deaths, 'last'),
        producer(stage, 0, 0, plain(records)),
      ]
      return stage.play(threads, (ends) => {
        // Whoever waits for the death of one that lives waits for ever.
        const living = ends.slice(0, 3).findIndex(({ how }) => how !== 'dead')
        const heirs = ['heir', 'last'].slice(living)
        return stillAsleep(ends, heirs)
      })
    },
  }
}

/**
 * Of a ring in overwrite mode: what was lost is written down before the position that lies behind it, and not with it.
 * Whoever goes on takes the sum of both counters for what lies before the position; so what was counted already
 * is not counted again.
 */
function lapped(name: string, records: number): Scenario {
  return {
    name: `recoverable: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, overwritten)
      const death = stage.word('death of the reader')
      const numberOf = (record: number) =>
        plain(records).findIndex((_, index) => recordName(0, index) === record)
      const threads = [
        { ...reader(stage, 0, numberOf), diesAt: death },
        readingHeir(stage, 0, numberOf, death),
        producer(stage, 0, 0, plain(records)),
      ]
      const play = stage.play(threads, (ends, read) => {
        const asleep = stillAsleep(ends, ['reader', 'heir'])
        if (asleep) return asleep
        const who = ends[0]?.how === 'dead' ? 'heir' : 'reader'
        const { before } = stateOf<ReaderState>(ends, who)
        if (before !== records) return `the ${who} knows of ${before} records only`
        const [consumed, lost] = [CONSUMED_COUNT, LOST_COUNT].map((word) => read(stage.address(0, word)))
        return (consumed ?? 0) + (lost ?? 0) === records
          ? undefined
          : `${consumed} consumed, ${lost} lost, of ${records}`
      })
      return { ...play, maySpin: true }
    },
  }
}
