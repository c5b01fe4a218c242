import { assert } from './assert.js'

/**
 * Memory of the maps of an arena, by type. A value takes a multiple of 8 bytes, its stride; of a per-CPU map there is one
 * for each user of the arena.
 *
 * **Array**: values, one behind the other; per CPU: those of one user, then those of the next, each on lines of its own.
 *
 * **Queue and stack**: a power of two of places, of which at most max_entries are in use.
 *
 *     0  lock     i32   0, or 1 + the user that holds it; MAP_LOCK_PARKED
 *     8  oldest   u32   counts what left at the old end
 *    12  newest   u32   counts what came in at the new end, less what left there (stacks); the place is its remainder
 *    64  values
 *
 * **Hash**:
 *
 *     0  used      u32  how many keys there are, about: exact where nobody changes it
 *     4  hint      u32  where to look for a free element first
 *     8  hand      u32  where to look for an element that can go (LRU)
 *    64  journals       HASH_JOURNAL_BYTES for each user
 *         buckets        HASH_BUCKET_BYTES each; a power of two, at least as many as entries
 *         elements       as many as entries, and a spare one for each user; they begin on a line of their own
 */
export const QUEUE_LOCK = 0
export const QUEUE_OLDEST = 8
export const QUEUE_NEWEST = 12
export const QUEUE_VALUES = 64

export const HASH_USED = 0
export const HASH_HINT = 4
export const HASH_HAND = 8
export const HASH_JOURNALS = 64

/**
 * Journal of a user, so that whoever finds it dead can finish what it was about to do. Elements are by 1 + their number;
 * 0 is none.
 *
 *   +0  spare  u32   element of this user's own: a new value of an old key goes there, so that it never lacks room
 *   +4  going  u32   element that it is about to take out of its chain
 */
export const HASH_JOURNAL_BYTES = 8
export const JOURNAL_SPARE = 0
export const JOURNAL_GOING = 4

/**
 * Bucket: a lock, and a chain of elements. Whoever reads takes no lock.
 *
 *   +0  lock   i32   0, or 1 + the user that holds it; MAP_LOCK_PARKED
 *   +4  first  u32   1 + the number of an element, or an end
 */
export const HASH_BUCKET_BYTES = 8
export const BUCKET_LOCK = 0
export const BUCKET_FIRST = 4

/**
 * Element.
 *
 *   +0   next     u32   1 + the number of the next, or an end
 *   +4   hash     u32   of its key
 *   +8   state    u32   ELEMENT_FREE, ELEMENT_LINKED, or 1 + the user that has taken it
 *   +12  version  u32   how often it was given back: another number, another key
 *   +16  touched  u32   not 0: it was looked up since the hand came by (LRU)
 *   +24  key, then the values
 */
export const ELEMENT_NEXT = 0
export const ELEMENT_HASH = 4
export const ELEMENT_STATE = 8
export const ELEMENT_VERSION = 12
export const ELEMENT_TOUCHED = 16
export const ELEMENT_KEY = 24

export const ELEMENT_FREE = 0
export const ELEMENT_LINKED = 0xffff_ffff

/**
 * The end of a chain names its bucket: CHAIN_END | bucket. Whoever walks a chain while an element of it is given to
 * another bucket arrives at a foreign end, and begins anew.
 */
export const CHAIN_END = 0x8000_0000

assert(HASH_HAND < HASH_JOURNALS, 'journals lie behind the words')
assert(ELEMENT_KEY % 8 === 0, 'keys are read by words')
