import { assert } from './assert.js'

/**
 * An arena: memory in which maps and rings live together, so that whoever shares it shares them all.
 *
 *   0            +---------------------------+
 *                | head                      |  what it is
 *                +---------------------------+  ARENA_USERS
 *                | users, a cache line each  |  who shares it
 *                +---------------------------+  mapsOffset(users)
 *                | maps, two lines each      |  what lies where
 *                +---------------------------+  heapOffset(users, maps)
 *                | the maps' memory          |
 *                +---------------------------+  size
 *
 * The table of maps is all that says which memory is taken: what no map takes is free. So there is no list of free
 * memory that somebody who dies could leave torn.
 *
 * Head.
 *
 *    0  magic       u32   "BPFA"
 *    4  version     u32   of this layout
 *    8  size        u32   bytes of all
 *   12  users       u32   how many at once
 *   16  maps        u32   how many at once
 *   20  name length u32   bytes
 *   24  namespace   u32   of process ids, in which users name their threads; 0: nobody can tell who lives
 *   28  seed        u32   of the hashes
 *   32  name        32 bytes of UTF-8, zeros behind
 *   64  lock        i32   0, or 1 + the user that holds it; MAP_LOCK_PARKED       own cache line
 */
export const ARENA_MAGIC = 0
export const ARENA_VERSION = 4
export const ARENA_SIZE = 8
export const ARENA_USER_COUNT = 12
export const ARENA_MAP_COUNT = 16
export const ARENA_NAME_LENGTH = 20
export const ARENA_NAMESPACE = 24
export const ARENA_SEED = 28
export const ARENA_NAME = 32
export const ARENA_NAME_MAX_BYTES = 32
export const ARENA_LOCK = 64
export const ARENA_USERS = 128

/** "BPFA", as its bytes lie in memory. */
export const ARENA_MAGIC_WORD = 0x4146_5042
export const ARENA_LAYOUT_VERSION = 1

/** Set in a lock word by who parks on it, so that the holder knows to wake somebody. */
export const MAP_LOCK_PARKED = 0x4000_0000

/**
 * User: a thread that shares the arena, also a processor of its per-CPU maps. Its number is that of its place.
 *
 *   +0   state       u32   0 free; USER_IN_USE, USER_GONE, and from bit 2 on the thread, by which whoever dies before the
 *                          words below are there is known; 0 if nobody could tell
 *   +4   process     u32
 *   +8   thread      u32
 *   +12  namespace   u32   0: nobody can tell whether it lives
 *   +16  start       u64
 *   +24  image       u32
 *   +28  signed      u32   1: the words above are all there
 *   +32  fence       u32   written for the order of what this thread reads; means nothing
 */
export const USER_BYTES = 64
export const USER_STATE = 0
export const USER_PROCESS = 4
export const USER_THREAD = 8
export const USER_NAMESPACE = 12
export const USER_START = 16
export const USER_IMAGE = 24
export const USER_SIGNED = 28
export const USER_FENCE = 32
export const USER_FREE = 0
export const USER_IN_USE = 1
/** What it held is being taken back. */
export const USER_GONE = 2
export const USER_THREAD_SHIFT = 2
/** As many as there are bits for them: see ENTRY_HOLDERS. */
export const ARENA_USERS_MAX = 64
export const ARENA_MAPS_MAX = 65_536

/**
 * Entry of the table of maps.
 *
 *    0  state       u32   ENTRY_*; the last word that is written of a new map, the first of one that goes
 *    4  id          u32   never given twice: the entry is (id - 1) % maps
 *    8  type        u32   BPF_MAP_TYPE_*
 *   12  key size    u32
 *   16  value size  u32
 *   20  max entries u32
 *   24  flags       u32   BPF_F_*
 *   28  made by     u32   the user, as long as it is being made
 *   32  name        16 bytes, as the kernel's
 *   48  address     u32   of its memory
 *   52  bytes       u32   of its memory
 *   56  holders     u64   a bit for each user that has it open
 *   64  frozen      u32   1: user space may not change it
 *   68  inner       20 bytes: type, key size, value size, flags, max entries of what a map of maps holds
 */
export const ENTRY_BYTES = 128
export const ENTRY_STATE = 0
export const ENTRY_ID = 4
export const ENTRY_TYPE = 8
export const ENTRY_KEY_SIZE = 12
export const ENTRY_VALUE_SIZE = 16
export const ENTRY_MAX_ENTRIES = 20
export const ENTRY_FLAGS = 24
export const ENTRY_MADE_BY = 28
export const ENTRY_NAME = 32
export const ENTRY_ADDRESS = 48
export const ENTRY_SPAN = 52
export const ENTRY_HOLDERS = 56
export const ENTRY_FROZEN = 64
export const ENTRY_INNER = 68

export const ENTRY_FREE = 0
/** Its memory is taken, and not yet as it has to be. */
export const ENTRY_MAKING = 1
export const ENTRY_LIVE = 2

/** Memory of maps begins at multiples of this: two cache lines, which processors fetch together. */
export const MAP_ALIGNMENT = 128

/** Where the table of maps begins. */
export function mapsOffset(users: number): number {
  return ARENA_USERS + users * USER_BYTES
}

/** Where the memory of maps begins. */
export function heapOffset(users: number, maps: number): number {
  const end = mapsOffset(users) + maps * ENTRY_BYTES
  return Math.ceil(end / MAP_ALIGNMENT) * MAP_ALIGNMENT
}

assert(ARENA_NAME + ARENA_NAME_MAX_BYTES <= ARENA_LOCK, 'the name ends before the lock')
assert(ARENA_USERS % USER_BYTES === 0, 'users lie on cache lines')
assert(ENTRY_INNER + 20 <= ENTRY_BYTES, 'an entry holds all its words')
assert(ENTRY_HOLDERS % 8 === 0, 'holders are one word of 64 bits')
