import {
  CLOSED_BIT,
  OVERWRITTEN_COUNT,
  PRODUCER_POSITION,
  RING_FLAG_LOST_RECORDS,
  RING_FLAG_OVERWRITE,
  RING_FLAG_OWNERS,
  RING_FLAG_RECOVERABLE,
  SLOT_BYTES,
  SLOT_OWNER,
  SLOTS_OFFSET,
} from '#dist/abi/region.js'
import { batcher } from '../actors/batcher.js'
import { closer } from '../actors/closer.js'
import { consumer } from '../actors/consumer.js'
import { stillAsleep } from '../actors/ends.js'
import { holder } from '../actors/holder.js'
import { mortal } from '../actors/mortal.js'
import { committer, producer, type WhenFull } from '../actors/producer.js'
import { type RecordPlan, Register } from '../actors/records.js'
import { rescuer } from '../actors/rescuer.js'
import { type RingPlan, Stage } from '../actors/stage.js'
import { surveyor } from '../actors/surveyor.js'
import type { Thread } from '../machine/behaviour.js'
import { whatIsLeft } from './ledger.js'
import type { Scenario } from './scenario.js'
import { discarded, plain, sending } from './sending.js'

const FLAGS = RING_FLAG_RECOVERABLE | RING_FLAG_OWNERS
const ring: RingPlan = { order: 'lock', flags: FLAGS }
const tight: RingPlan = { ...ring, size: 32 }
const overwriting: RingPlan = { ...tight, flags: FLAGS | RING_FLAG_OVERWRITE }
const telling: RingPlan = { ...ring, flags: FLAGS | RING_FLAG_LOST_RECORDS }

/** Producers that die between any two steps, and others that recover from it. */
export const DYING: readonly Scenario[] = [
  sending('recoverable: two records', ring, [plain(2)]),
  sending('recoverable: two producers', ring, [plain(1), plain(1)]),
  dying('a producer that dies, and the consumer', [plain(1)], { consumed: true }),
  dying('a producer that dies, discarding', [[discarded]], { consumed: true }),
  dying('a producer that dies, committing, and the consumer', [plain(1)], { way: 'commit', consumed: true }),
  dying('a producer that dies, of two', [plain(1), plain(1)], {}),
  dying('a producer that dies, and who recovers', [plain(1)], { rescuers: 2 }),
  dying('a producer that dies where there is no room', [plain(3)], { ring: tight, whenFull: 'give up' }),
  dying('a producer that dies, and another that drops a record', [plain(1), plain(2)], {
    ring: tight,
    whenFull: 'give up',
  }),
  dying('a producer that dies, and two who recover at once', [plain(1)], { rescuers: 'at once' }),
  dying('a producer that dies, overwriting', [plain(3)], { ring: overwriting }),
  dying('a producer that dies, overwriting, and who recovers', [plain(3)], {
    ring: overwriting,
    rescuers: 2,
  }),
  dying('a producer that dies, overwriting, of two', [plain(2), plain(1)], {
    ring: overwriting,
    whenFull: 'give up',
  }),
  surveyed('a producer that dies, overwriting, and who surveys'),
  dying('a producer that dies, in a batch', [plain(2)], { way: 'batch', consumed: true }),
  dying('a producer that dies, outputting many', [plain(2)], { way: 'many', consumed: true }),
  dying('a producer that dies, holding two', [plain(2)], { way: 'two at once' }),
  dying('a producer that dies, telling of losses', [plain(1)], {
    ring: telling,
    way: 'telling',
    consumed: true,
  }),
  dying('a producer that dies, of a ring that is closed', [plain(1)], { closed: true, whenFull: 'give up' }),
]

interface DyingOptions {
  readonly ring?: RingPlan
  readonly consumed?: boolean
  readonly rescuers?: 1 | 2 | 'at once'
  readonly whenFull?: WhenFull
  /** How the producer that dies sends its records. Default: one after the other. */
  readonly way?: 'batch' | 'many' | 'two at once' | 'telling' | 'commit'
  readonly closed?: boolean
}

/** The first producer dies; if there are two rescuers, the first of them may die, too. */
function dying(name: string, plans: readonly RecordPlan[][], options: DyingOptions): Scenario {
  const { ring: plan = ring, consumed = false, rescuers = 1, closed = false } = options
  return {
    name: `recoverable: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, plan)
      const register = new Register(plans)
      const death = stage.word('death of the producer')
      const second = stage.word('death of the rescuer')
      const victim = mortal(sender(stage, plans[0] ?? [], options), stage.word('birth'), death)
      const others = plans
        .slice(1)
        .map((each, index) => producer(stage, 0, index + 1, each, options.whenFull))
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
      const closers = closed ? [closer(stage, 0)] : []
      const names = ['consumer', ...crew.map(({ name }) => name)]
      return stage.play([victim, ...others, ...crew, ...readers, ...closers], (ends, read) => {
        const asleep = stillAsleep(ends, names)
        if (asleep) return asleep
        const dead = ends.filter(({ how }) => how === 'dead').length
        // Whoever died last may have nobody who recovers from it.
        if (dead > Number(rescuers)) return undefined
        const owner = read(stage.address(0, SLOTS_OFFSET + SLOT_BYTES + SLOT_OWNER))
        if (dead > 0 && ends[0]?.how === 'dead' && owner !== 0) return 'the slot is not free'
        const isClosed = (read(stage.address(0, PRODUCER_POSITION)) & CLOSED_BIT) !== 0
        if (isClosed !== closed) return 'the ring is open again'
        return whatIsLeft(stage, read, plans.length, ends, consumed, options.way === 'two at once' ? 2 : 1)
      })
    },
  }
}

/** Records that were overwritten before. */
const MANY = 2 ** 32 - 2

/**
 * The producer dies while it overwrites a second record, the position wrapping, and somebody surveys: what is completed for it
 * belongs together, too.
 */
function surveyed(name: string): Scenario {
  return {
    name: `recoverable: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, overwriting)
      const death = stage.word('death of the producer')
      // The third record makes the count pass 2^32.
      stage.leave(0, OVERWRITTEN_COUNT, MANY)
      const { view } = stage.prelude(producer(stage, 0, 0, plain(2)))
      const rest = producer(stage, 0, 0, plain(3))
      const sender = { ...rest, begin: { ...rest.begin, view, sent: 2 } }
      const victim = mortal(sender, stage.word('birth'), death)
      const threads = [victim, rescuer(stage, 0, 1, [0], [death]), surveyor(stage, 0, MANY)]
      return stage.play(threads, (ends, read) => {
        const asleep = stillAsleep(ends, ['rescuer 2'])
        return asleep ?? whatIsLeft(stage, read, 1, ends, false)
      })
    },
  }
}

/** The producer that dies. */
function sender(stage: Stage, plan: readonly RecordPlan[], { way, whenFull }: DyingOptions): Thread {
  if (way === 'batch' || way === 'many') return batcher(stage, 0, 0, plan.length, way)
  if (way === 'two at once') return holder(stage, 0, 0)
  if (way === 'commit') return committer(stage, 0, 0)
  const thread = producer(stage, 0, 0, plan, whenFull)
  // As if it had dropped a record before.
  if (way === 'telling') Object.assign(thread.begin.view, { unreported: 1 })
  return thread
}
