import { LOCK_WORD, PRODUCER_POSITION, RESERVING_BIT } from '#dist/abi/region.js'
import type { Target } from '../../ring/support/damage.js'
import type { Random } from '../../ring/support/random.js'
import type { Deed } from './deed.js'
import { LOOKING } from './looking.js'
import { READING } from './reading.js'
import { WAITING } from './waiting.js'
import { WRITING } from './writing.js'

export type { Deed, Stage } from './deed.js'

export interface NamedDeed extends Deed {
  readonly name: string
  /** Which it is of DEED_NAMES. */
  readonly number: number
}

export const DEED_NAMES: readonly string[] = [READING, WRITING, LOOKING, WAITING].flatMap(Object.keys)

const QUICK = list({ ...READING, ...WRITING, ...LOOKING })
const SLOW = list(WAITING)
/** One deed in so many takes a millisecond. */
const SLOW_ONE_IN = 1000

/** Of all there are, by their weights. */
export function drawDeed(random: Random): NamedDeed {
  return random.pick(random.oneIn(SLOW_ONE_IN) ? SLOW : QUICK)
}

/** Of those that a producer does. */
export function drawWriting(random: Random): NamedDeed {
  return random.pick(WRITERS)
}
const WRITERS = list({ ...WRITING, ...LOOKING })

/** Whether a deed would wait for somebody who is not there: for a lock, or the bit of who is about to reserve. */
export function wouldWait(deed: Deed, ring: Target, isClaimed: boolean): boolean {
  if (!deed.waits) return false
  if (ring.word(LOCK_WORD) !== 0) return true
  return isClaimed && (ring.word(PRODUCER_POSITION) & RESERVING_BIT) !== 0
}

function list(deeds: Readonly<Record<string, Deed>>): readonly NamedDeed[] {
  return Object.entries(deeds).flatMap(([name, deed]) =>
    Array.from({ length: deed.weight }, () => ({ ...deed, name, number: DEED_NAMES.indexOf(name) })),
  )
}
