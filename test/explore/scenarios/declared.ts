import {
  OWNER_REVOKED,
  RING_FLAG_OWNERS,
  RING_FLAG_RECOVERABLE,
  SLOT_BYTES,
  SLOT_OWNER,
  SLOTS_OFFSET,
} from '#dist/abi/region.js'
import { type CommitterState, lateCommitter } from '../actors/committer.js'
import { type ConsumerState, consumer } from '../actors/consumer.js'
import { course } from '../actors/course.js'
import { stateOf, stillAsleep } from '../actors/ends.js'
import { Register } from '../actors/records.js'
import { rescuer } from '../actors/rescuer.js'
import { type SlowState, slow } from '../actors/slow.js'
import { type RingPlan, Stage, TOKEN } from '../actors/stage.js'
import { type GuestState, guest, leaver, NEXT_TOKEN, ownerOf, successor } from '../actors/successor.js'
import { whatIsLeft } from './ledger.js'
import type { Scenario } from './scenario.js'
import { plain } from './sending.js'

const ring: RingPlan = { order: 'lock', flags: RING_FLAG_RECOVERABLE | RING_FLAG_OWNERS }
const tight: RingPlan = { ...ring, size: 32 }

/** Threads that live, and are taken for dead: because somebody said so, or judged too late. */
export const DECLARED: readonly Scenario[] = [
  goingOn('a producer that is declared gone at any step', ring, 1, {}),
  goingOn('a producer that is declared gone, of two records', ring, 2, {}),
  goingOn('a producer that is declared gone, and the consumer', ring, 1, { consumed: true }),
  goingOn('a producer that is declared gone where there is no room', tight, 2, {}),
  replaced('a record that is committed late'),
  changingHands('a slot that changes hands while it is judged'),
  takenFromTheDead('a slot that is taken from the dead while it is recovered'),
]

/**
 * A producer that is declared gone, and goes on; when its thread has ended, it is recovered once more. Then every attempt
 * has come to something, exactly, and the slot is free. Or there is a consumer: what was committed comes, and nothing else.
 */
function goingOn(name: string, plan: RingPlan, records: number, { consumed = false }): Scenario {
  return {
    name: `recoverable: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, plan)
      const end = stage.word('end of the producer')
      const late = slow(stage, 0, 0, records, end)
      const teller = rescuer(stage, 0, 1, [0], 'declared')
      const crew = consumed ? [teller] : [teller, rescuer(stage, 0, 2, [0], [end])]
      const readers = consumed ? [consumer(stage, 0, new Register([plain(records)]))] : []
      return stage.play([late, ...crew, ...readers], (ends, read) => {
        const asleep = stillAsleep(ends, ['consumer'])
        if (asleep) return asleep
        const { sent } = stateOf<SlowState>(ends, late.name)
        if (consumed) {
          const { next } = stateOf<ConsumerState>(ends, 'consumer')
          return next[0] === sent ? undefined : `${sent} commits answered 0, ${next[0]} records came`
        }
        if (read(ownerOf(stage, 0, 0)) !== 0) return 'the slot is not free'
        return whatIsLeft(stage, read, 1, ends, false)
      })
    },
  }
}

/**
 * A record that is committed late, while others go on: it was taken back and consumed, and at its place stand those of
 * another. Their course is one thread, so that all orders can be tried.
 */
function replaced(name: string): Scenario {
  return {
    name: `recoverable: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, tight)
      const late = lateCommitter(stage, 0, 0)
      const register = new Register([plain(1), plain(3)])
      const owner = SLOTS_OFFSET + SLOT_BYTES + SLOT_OWNER
      return stage.play([late, course(stage, 0, register, 3)], (ends, read) => {
        const asleep = stillAsleep(ends)
        if (asleep) return asleep
        if (read(stage.address(0, owner)) !== (TOKEN | OWNER_REVOKED)) return 'the slot is not revoked'
        const { answer } = stateOf<CommitterState>(ends, late.name)
        const { reader } = stateOf<{ reader: ConsumerState }>(ends, 'course')
        const came = reader.next[0] === 1
        return came === (answer === 0)
          ? undefined
          : `the commit answered ${answer}, and ${came ? 'it came' : 'it did not come'}`
      })
    },
  }
}

/** Somebody looks whose a slot is; that one gives it back and dies, and another takes it, who lives. */
function changingHands(name: string): Scenario {
  return {
    name: `recoverable: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      const death = stage.word('death of the first')
      const end = stage.word('end of the second')
      const threads = [
        leaver(stage, 0, 0, death),
        successor(stage, 0, 0, end),
        rescuer(stage, 0, 1, [0], [death], true),
      ]
      return stage.play(threads, (ends, read) => {
        const { sent } = stateOf<SlowState>(ends, 'producer 1')
        if (read(end) === 1 && sent === 0) return 'a producer that lives was taken for dead'
        return stillAsleep(ends, ['leaver', 'rescuer 2'])
      })
    },
  }
}

/** The slot of those who recover and have none is taken from a dead one without the lock: none of both may lose it. */
function takenFromTheDead(name: string): Scenario {
  return {
    name: `recoverable: ${name}`,
    play: (loaded) => {
      const stage = new Stage(loaded, ring)
      stage.producerView(0, 0)
      const threads = [guest(stage, 0, 0), rescuer(stage, 0, 1, [0], [], true)]
      return stage.play(threads, (ends, read) => {
        const { has } = stateOf<GuestState>(ends, 'guest')
        if (has && read(ownerOf(stage, 0, 0)) !== NEXT_TOKEN)
          return 'the slot of a thread that lives was given away'
        return stillAsleep(ends)
      })
    },
  }
}
