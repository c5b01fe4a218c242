/**
 * Why the last call into the algorithm gave no address, or no position. Kept per attached ring, private
 * to its thread, like errno.
 */
export const REASON_NONE = 0
/** There is no room now: the consumer has not released enough. */
export const REASON_FULL = 1
/** No ring of this size can ever hold such a record. */
export const REASON_TOO_LARGE = 2
/** reserve knows no flags, output only the two wake-up flags. */
export const REASON_BAD_FLAGS = 3
/** The ring was closed. */
export const REASON_CLOSED = 4
/** Another producer was reserving, and the caller asked not to wait for it (R27). */
export const REASON_CONTENDED = 5
/** A position in shared memory is impossible: unaligned, or further apart than the ring is long. */
export const REASON_BAD_POSITION = 6
/** A record's length passes the producer position. */
export const REASON_BAD_LENGTH = 7
/** A record's page offset is not that of its place: no header stands there. */
export const REASON_BAD_PAGE_OFFSET = 8

/** This producer was declared gone: its slot is not its own any more. */
export const REASON_GONE = 9

export const REASON_NAMES = [
  'none',
  'full',
  'too-large',
  'bad-flags',
  'closed',
  'contended',
  'bad-position',
  'bad-length',
  'bad-page-offset',
  'gone',
] as const

export type ReasonName = (typeof REASON_NAMES)[number]
