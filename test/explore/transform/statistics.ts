import * as region from '#dist/abi/region.js'

/** What of a view matters here. */
export interface Counting {
  readonly ring: number
  /** Whether dropped records are counted, because something depends on it. */
  readonly countsDrops?: boolean
  /** Whether what comes of every attempt is counted, because it is to be exact. */
  readonly countsAttempts?: boolean
  /** Whether consumed and lost records are counted, because who comes next goes on from there. */
  readonly countsConsumed?: boolean
}

/**
 * Whether a word of a ring only counts what happened. Nothing that is explored depends on these, and
 * what differs only in them would be a different state; so they are left out: no step, and they read 0.
 */
export function isStatistic(
  address: number,
  { ring, countsDrops = false, countsAttempts = false, countsConsumed = false }: Counting,
): boolean {
  const offset = address - (ring >>> 0)
  if (countsConsumed && consumed.has(offset)) return false
  if (counters.has(offset)) return true
  if (offset < region.SLOTS_OFFSET || offset >= slotsEnd) return false
  const inSlot = (offset - region.SLOTS_OFFSET) % region.SLOT_BYTES
  if (countsAttempts) return inSlot >= region.SLOT_BYTES_SUBMITTED
  return !countsDrops || (inSlot & ~4) !== region.SLOT_DROPPED
}

const slotsEnd = region.SLOTS_OFFSET + region.PRODUCER_SLOTS * region.SLOT_BYTES

const COUNTERS = [
  'HIGH_WATER',
  'CONSUMED_COUNT',
  'SKIPPED_COUNT',
  'LOST_COUNT',
  'SLEEP_COUNT',
  'SPURIOUS_COUNT',
]

const counters = wordsOf(COUNTERS)
const consumed = wordsOf(['CONSUMED_COUNT', 'LOST_COUNT'])

/** Both words of each. */
function wordsOf(names: readonly string[]): Set<number> {
  return new Set(
    names.flatMap((name) => {
      const offset = (region as Readonly<Record<string, unknown>>)[name]
      return typeof offset === 'number' ? [offset, offset + 4] : []
    }),
  )
}
