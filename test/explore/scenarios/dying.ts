import {
  CLOSED_BIT,
  JOURNAL_ABANDONED,
  LOCK_WORD,
  OVERWRITE_POSITION,
  OVERWRITING,
  PRODUCER_POSITION,
  RING_FLAG_OVERWRITE,
  RING_FLAG_OWNERS,
  RING_FLAG_RECOVERABLE,
  SLOT_ATTEMPTED,
  SLOT_BYTES,
  SLOT_DISCARDED,
  SLOT_DROPPED,
  SLOT_JOURNAL,
  SLOT_OWNER,
  SLOT_REFUSED,
  SLOT_SUBMITTED,
  SLOTS_OFFSET,
} from '#dist/abi/region.js'
import { type CommitterState, lateCommitter } from '../actors/committer.js'
import { type ConsumerState, consumer } from '../actors/consumer.js'
import { stateOf, stillAsleep } from '../actors/ends.js'
import { type ProducerState, producer, type WhenFull } from '../actors/producer.js'
import { type RecordPlan, Register } from '../actors/records.js'
import { rescuer } from '../actors/rescuer.js'
import { type RingPlan, Stage } from '../actors/stage.js'
import { Touch } from '../actors/touch.js'
import type { Thread, ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import type { End } from '../search/search.js'
import type { Scenario } from './scenario.js'
import { discarded, plain, sending } from './sending.js'
import { takingOver } from './special.js'

const ring: RingPlan = { order: 'lock', flags: RING_FLAG_RECOVERABLE | RING_FLAG_OWNERS }
const OVERWRITING_FLAGS = RING_FLAG_RECOVERABLE | RING_FLAG_OWNERS | RING_FLAG_OVERWRITE
const tight: RingPlan = { ...ring, size: 32 }

/** Threads that die between any two steps, and others that recover from it. */
export const DYING: readonly Scenario[] = [
  sending('recoverable: two records', ring, [plain(2)]),
  sending('recoverable: two producers', ring, [plain(1), plain(1)]),
  takingOver('recoverable: a consumer that dies', ring, plain(2)),
  dying('a producer that dies, and the consumer', [plain(1)], { consumed: true }),
  dying('a producer that dies, discarding', [[discarded]], { consumed: true }),
  dying('a producer that dies, of two', [plain(1), plain(1)], {}),
  dying('a producer that dies, and who recovers', [plain(1)], { rescuers: 2 }),
  dying('a producer that dies where there is no room', [plain(3)], { ring: tight, whenFull: 'give up' }),
  dying('a producer that dies, and two who recover at once', [plain(1)], { rescuers: 'at once' }),
  dying('a producer that dies, overwriting', [plain(3)], { ring: { ...tight, flags: OVERWRITING_FLAGS } }),
  committingLate('a record that is committed late'),
]

interface DyingOptions {
  readonly ring?: RingPlan
  readonly consumed?: boolean
  readonly rescuers?: 1 | 2 | 'at once'
  readonly whenFull?: WhenFull
}

/** The first producer dies; if there are two rescuers, the first of them may die, too. */
function dying(name: string, plans: readonly RecordPlan[][], options: DyingOptions): Scenario {
  const { ring: plan = ring, consumed = false, rescuers = 1, whenFull = 'wait' } = options
  return {
    name: `recoverable: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, plan)
      const register = new Register(plans)
      const death = stage.word('death of the producer')
      const second = stage.word('death of the rescuer')
      const threads = plans.map((each, index) => producer(stage, 0, index, each, whenFull))
      const [first, ...others] = threads.map((thread, index) =>
        index === 0 ? mortal(thread, stage.word('birth'), death) : thread,
      )
      const helper = rescuer(stage, 0, plans.length, [0], [death])
      const crew =
        rescuers === 1
          ? [helper]
          : rescuers === 'at once'
            ? [helper, rescuer(stage, 0, plans.length + 1, [0], [death])]
            : [
                { ...helper, diesAt: second },
                rescuer(stage, 0, plans.length + 1, [0, plans.length], [death, second]),
              ]
      const readers = consumed ? [consumer(stage, 0, register)] : []
      const names = ['consumer', ...crew.map(({ name }) => name)]
      return stage.play([first as (typeof threads)[0], ...others, ...crew, ...readers], (ends, read) => {
        const asleep = stillAsleep(ends, names)
        if (asleep) return asleep
        const dead = ends.filter(({ how }) => how === 'dead').length
        // Whoever died last may have nobody who recovers from it.
        if (dead > Number(rescuers)) return undefined
        const owner = read(stage.address(0, SLOTS_OFFSET + SLOT_BYTES + SLOT_OWNER))
        if (dead > 0 && ends[0]?.how === 'dead' && owner !== 0) return 'the slot is not free'
        return whatIsLeft(stage, read, plans.length, ends, consumed)
      })
    },
  }
}

const touch = new Touch('mortal')

/** It may die before it does anything: what it and others share is known only when that has been seen. */
function mortal<S extends ThreadState>(thread: Thread<S>, birth: number, death: number): Thread<S> {
  const { begin, phases } = thread
  function* born(): Steps<string> {
    yield* touch.wait(birth, 1)
    return begin.at
  }
  return { ...thread, begin: { ...begin, at: 'born' }, phases: { ...phases, born }, diesAt: death }
}

/** Every attempt has come to something, nobody holds the lock, and what was submitted has come. */
function whatIsLeft(
  stage: Stage,
  read: (address: number) => number,
  producers: number,
  ends: readonly End[],
  consumed: boolean,
): string | undefined {
  const at = (offset: number) => read(stage.address(0, offset))
  if (at(LOCK_WORD) !== 0) return `the lock word says ${at(LOCK_WORD)}`
  if (at(OVERWRITING) !== at(OVERWRITE_POSITION)) return 'what was to be overwritten is not'
  let submitted = 0
  for (let slot = 1; slot <= producers; slot++) {
    const counter = (offset: number) => at(SLOTS_OFFSET + slot * SLOT_BYTES + offset)
    const abandoned = counter(SLOT_JOURNAL + JOURNAL_ABANDONED)
    if (counter(SLOT_JOURNAL) !== 0) return `the journal of slot ${slot} is left`
    const known = [SLOT_SUBMITTED, SLOT_DISCARDED, SLOT_DROPPED, SLOT_REFUSED].map(counter)
    const sum = known.reduce((total, each) => total + each, abandoned)
    if (sum !== counter(SLOT_ATTEMPTED))
      return `slot ${slot}: ${counter(SLOT_ATTEMPTED)} attempted, ${sum} known`
    if (abandoned < 0 || abandoned > 1) return `slot ${slot}: ${abandoned} abandoned`
    submitted += counter(SLOT_SUBMITTED)
  }
  if (!consumed) return undefined
  const { next, position } = stateOf<ConsumerState>(ends, 'consumer')
  const come = next.reduce((total, each) => total + each, 0)
  const isFinished = ends.some(({ name, how }) => name === 'consumer' && how === 'done')
  if (!isFinished && position !== (at(PRODUCER_POSITION) & ~CLOSED_BIT)) return 'the consumer is held up'
  return isFinished || come === submitted ? undefined : `${submitted} submitted, ${come} came`
}

/**
 * A producer that is declared gone though it lives: what it commits is there, or taken back; and never is what
 * another has reserved in its place committed by it.
 */
function committingLate(name: string): Scenario {
  return {
    name: `recoverable: ${name}`,
    preemptions: 3,
    play: (loaded) => {
      const stage = new Stage(loaded, tight)
      const register = new Register([plain(1), plain(2)])
      const late = lateCommitter(stage, 0, 0)
      const threads = [
        late,
        producer(stage, 0, 1, plain(2), 'give up'),
        rescuer(stage, 0, 2, [0], 'declared'),
        consumer(stage, 0, register),
      ]
      return stage.play(threads, (ends) => {
        const { answer } = stateOf<CommitterState>(ends, late.name)
        const asleep = stillAsleep(ends, ['consumer'])
        if (asleep) return asleep
        const { next } = stateOf<ConsumerState>(ends, 'consumer')
        const done = ends.some(({ name, how }) => name === 'consumer' && how === 'done')
        if (done || next[0] === 1) return answer === 0 ? undefined : 'a record came whose commit was refused'
        const { sent } = stateOf<ProducerState>(ends, 'producer 2')
        if (next[1] !== sent) return `of producer 2 came ${next[1]}, not ${sent}`
        return answer !== 0 ? undefined : 'a record was committed and never came'
      })
    },
  }
}
