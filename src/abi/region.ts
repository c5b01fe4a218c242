import { assert } from './assert.js'

/**
 * The memory of one ring, from its base address. Pages are 4096 bytes on every machine.
 *
 *   page 0     +--------------------------+  0
 *              | head: ours, see below    |       where the kernel keeps its private part
 *   page 1     +--------------------------+  CONSUMER_PAGE_OFFSET
 *              | consumer position        |       written by the consumer only
 *   page 2     +--------------------------+  PRODUCER_PAGE_OFFSET
 *              | producer position        |       written by producers only
 *   page 3     +--------------------------+  DATA_OFFSET
 *              | data, `size` bytes       |       every header starts in here
 *              +--------------------------+  DATA_OFFSET + size
 *              | run-over, `size` bytes   |       the end of a record that starts near the end
 *              +--------------------------+  DATA_OFFSET + 2 * size
 *
 * The kernel maps the data a second time behind itself; shared memory of JavaScript cannot. Here the
 * second half is memory of its own: a record that starts near the end just runs on into it, and both
 * sides address it from its start, so it is contiguous all the same (R37).
 */
export const PAGE_BYTES = 4096
export const PAGE_SHIFT = 12
export const CONSUMER_PAGE_OFFSET = 4096
export const PRODUCER_PAGE_OFFSET = 8192
export const DATA_OFFSET = 12288

/** Smallest ring: one page (R9, and section 2.6 of the facts: a power of two and whole pages). */
export const RING_MIN_BYTES = 4096
/** Largest ring in WebAssembly memory: twice this and three pages must stay below 4 GiB. */
export const RING_MAX_BYTES = 0x4000_0000

/**
 * Consumer page.
 *
 *     +0   consumer position   u32, atomic; the kernel's word: data up to here was consumed (R29)
 *     +4   its high half       u32; how often it has wrapped (rings in overwrite mode), else 0
 *   +128   released position   u32, atomic; ours, of claimed rings: memory up to here is free again
 *   +132   clean position      u32, atomic; ours, of claimed rings: free memory from here on reads as busy
 *   +384   identities          of recoverable rings, a cache line for each slot: see IDENTITY_TOKEN
 *
 * Producers of a claimed ring read the last two for every record, and the first only to wake the consumer;
 * so they lie on different cache lines.
 */
export const CONSUMER_POSITION = CONSUMER_PAGE_OFFSET
export const CONSUMER_ROUNDS = CONSUMER_PAGE_OFFSET + 4
export const RELEASED_POSITION = CONSUMER_PAGE_OFFSET + 128
export const CLEAN_POSITION = CONSUMER_PAGE_OFFSET + 132
export const FENCE_WORD = CONSUMER_PAGE_OFFSET + 192

/**
 * Producer page.
 *
 *   +0   producer position   u32, atomic; data up to here is reserved (R30). Bit 0: the ring is closed;
 *                            bits 1 and 2, of claimed rings: somebody is about to reserve what follows
 *   +4   zero                the high half of the kernel's 64-bit position
 *   +8   pending position    u32; oldest record that was busy at the last reservation (rings with a lock)
 *   +16  overwrite position  u32; oldest record that was not overwritten (rings in overwrite mode)
 *   +20  its high half       u32; how often it has wrapped
 *   +24  overwritten         u64; submitted records before it
 *   +32  overwriting         u32; the overwrite position too, stored before the words above change
 *   +40  overwritten to be   u64; recoverable rings: what the words above will say then
 *   +48  rounds to be        u32
 *  +384  journals            of recoverable rings, a cache line for each slot: see JOURNAL_STATE
 */
export const PRODUCER_POSITION = PRODUCER_PAGE_OFFSET
export const PENDING_POSITION = PRODUCER_PAGE_OFFSET + 8
export const OVERWRITE_POSITION = PRODUCER_PAGE_OFFSET + 16
export const OVERWRITE_ROUNDS = PRODUCER_PAGE_OFFSET + 20
export const OVERWRITTEN_COUNT = PRODUCER_PAGE_OFFSET + 24
export const OVERWRITING = PRODUCER_PAGE_OFFSET + 32
export const OVERWRITTEN_TO_BE = PRODUCER_PAGE_OFFSET + 40
export const OVERWRITE_ROUNDS_TO_BE = PRODUCER_PAGE_OFFSET + 48

/** Bit of the producer position: no reservation can succeed any more. Positions are multiples of 8. */
export const CLOSED_BIT = 1
/**
 * Bit of the producer position in claimed rings: whoever has set it reserves next, and all others wait for the
 * few instructions that this takes. Only where memory is not clean: see LONG_RECORD_BYTES.
 */
export const RESERVING_BIT = 2
/** Set beside it by a thread that sleeps until it is gone. */
export const RESERVING_PARKED_BIT = 4
/** What of the producer position is no position. */
export const POSITION_BITS = CLOSED_BIT | RESERVING_BIT | RESERVING_PARKED_BIT

/**
 * Head page.
 *
 *      0  magic           u32   "BPFR"
 *      4  version         u32   of this layout
 *      8  size            u32   bytes of data
 *     12  flags           u32   RING_FLAG_*
 *     16  data offset     u32   DATA_OFFSET
 *     20  slots           u32   PRODUCER_SLOTS
 *     24  name length     u32   bytes
 *     32  name            64 bytes of UTF-8, zeros behind
 *     96  namespace       u32   of process ids, in which owners name their threads (recoverable rings)
 *    128  sleep word      i32   the consumer sleeps on it (SLEEP_*)            own cache line
 *    132  bell            u32   0, or the place of the bell that it sleeps on instead
 *    136  watermark       u32   asleep for more: wake it when so many bytes are in use
 *    140  credit          i32   asleep for more: wake it when so many more records are committed
 *    144  loss            u32   not 0: records were dropped since the consumer last asked
 *    192  room waiters    u32   not 0: a producer waits for room               own cache line
 *    196  room sequence   i32   producers sleep on it; changes when room appears
 *    256  lock            i32   0, or who holds it; LOCK_PARKED_BIT            own cache line
 *    320  consumer        u32   0, or a consumer is attached                   own cache line
 *    324  high-water mark u32   most bytes that were ever in use, up to the last release
 *    328  consumed        u64   records delivered
 *    336  skipped         u64   discarded records passed over
 *    344  lost            u64   records that were overwritten before the consumer came to them
 *    352  sleeps          u64   times that the consumer fell asleep
 *    360  spurious        u64   times that it was woken and found nothing
 *    368  drops told      u64   dropped records that the consumer was told of
 *    384  producer slots  PRODUCER_SLOTS of 64 bytes, a cache line each
 */
export const HEAD_MAGIC = 0
export const HEAD_VERSION = 4
export const HEAD_SIZE = 8
export const HEAD_FLAGS = 12
export const HEAD_DATA_OFFSET = 16
export const HEAD_SLOTS = 20
export const HEAD_NAME_LENGTH = 24
export const HEAD_NAME = 32
export const NAME_MAX_BYTES = 64
export const HOME_NAMESPACE = 96
export const SLEEP_WORD = 128
export const BELL_PLACE = 132
export const WATERMARK = 136
export const CREDIT = 140
export const LOSS_FLAG = 144
export const ROOM_WAITERS = 192
export const ROOM_SEQUENCE = 196
export const LOCK_WORD = 256
export const CONSUMER_OWNER = 320
export const HIGH_WATER = 324
export const CONSUMED_COUNT = 328
export const SKIPPED_COUNT = 336
export const LOST_COUNT = 344
export const SLEEP_COUNT = 352
export const SPURIOUS_COUNT = 360
export const DROPS_TOLD = 368
export const SLOTS_OFFSET = 384
export const SLOT_BYTES = 64
export const PRODUCER_SLOTS = 58

/** "BPFR", as its bytes lie in memory. */
export const RING_MAGIC = 0x5246_5042
export const LAYOUT_VERSION = 3

/** Reservations are serialised by a lock, as in the kernel; without it they are claims. */
export const RING_FLAG_LOCK = 1
/** A full ring overwrites its oldest records, as the kernel's BPF_F_RB_OVERWRITE. Needs the lock. */
export const RING_FLAG_OVERWRITE = 2
/** A producer that lost records says so in the ring, with its next reservation: see RECORD_LOST_OWNER. */
export const RING_FLAG_LOST_RECORDS = 4
/** The second header word of a record names the slot of its producer. */
export const RING_FLAG_OWNERS = 8
/**
 * What a thread that dies leaves half done is completed or taken back by others: see JOURNAL_STATE. Needs the
 * lock and owners.
 */
export const RING_FLAG_RECOVERABLE = 16
export const RING_FLAGS_KNOWN = 31

/**
 * Producer slot: the counters of one attached producer, which alone writes them, so plain stores do.
 * Slot 0 belongs to whoever found no free one: there, every count is an atomic addition.
 *
 *    0  owner      u32   0 free, 1 in use; of recoverable rings see OWNER_REVOKED
 *    8  attempted  u64   reservations asked for, one a record
 *   16  submitted  u64
 *   24  discarded  u64
 *   32  dropped    u64   no room (or, in try mode, contention)
 *   40  refused    u64   can never work: too large, unknown flags, closed
 *   48  bytes      u64   payload bytes submitted
 *   56  wake-ups   u64   times that a commit woke the consumer
 *
 * A u64 is two little-endian u32 words; a reader sees the carry late, never wrongly at rest.
 */
export const SLOT_OWNER = 0
export const SLOT_ATTEMPTED = 8
export const SLOT_SUBMITTED = 16
export const SLOT_DISCARDED = 24
export const SLOT_DROPPED = 32
export const SLOT_REFUSED = 40
export const SLOT_BYTES_SUBMITTED = 48
export const SLOT_WAKEUPS = 56

/**
 * Owner word of a slot in a recoverable ring, and of its consumer. 0 is free.
 *
 *    31                    10 9              2 1  0
 *   +------------------------+----------------+--+--+
 *   |  thread, 0 if unknown  |   generation   |R |U |   U in use, R revoked
 *   +------------------------+----------------+--+--+
 *
 * The thread is its number in the ring's home namespace: whoever dies before its identity is written is known
 * by that. The consumer's has no R.
 */
export const OWNER_USED = 1
export const OWNER_REVOKED = 2
export const OWNER_GENERATION_SHIFT = 2
export const OWNER_GENERATION_MASK = 0xff
export const OWNER_THREAD_SHIFT = 10
export const OWNER_THREAD_MAX = 0x3f_ffff

/** From a slot to its identity, on the consumer page, and to its journal, on the producer page. */
export const SLOT_IDENTITY = CONSUMER_PAGE_OFFSET
export const SLOT_JOURNAL = PRODUCER_PAGE_OFFSET
/** A slot of recoverable rings that only those take who recover, so that there always is one for them. */
export const RESCUE_SLOT = PRODUCER_SLOTS - 1

/**
 * Identity of the thread that has a slot; slot 0 is the consumer's. True only while its token is the owner word.
 *
 *   +0   token      u32   owner word, without R
 *   +4   process    u32
 *   +8   thread     u32
 *   +12  namespace  u32   inode of its namespace of process ids; 0: nobody can tell whether it lives
 *   +16  start      u64   of the thread, in ticks since the machine booted
 *   +24  image      u32   start of its program's stack, less the 4 lowest bits: another after execve(2); 0: not told
 */
export const IDENTITY_TOKEN = 0
export const IDENTITY_PROCESS = 4
export const IDENTITY_THREAD = 8
export const IDENTITY_NAMESPACE = 12
export const IDENTITY_START = 16
export const IDENTITY_IMAGE = 24

/**
 * Journal of a producer: what its counters will be once what it is about to publish is published.
 *
 *   +0   state      u32   0, or which counter besides `attempted` and `bytes` changes: SLOT_*
 *   +8   attempted  u64
 *   +16  counter    u64
 *   +24  bytes      u64
 *   +32  abandoned  u32   records of this slot that were taken back from threads that died
 *
 * And of the consumer, in slot 0, whose release happens as a whole once the state says so:
 *
 *   +0   state      u32   0, or 1
 *   +4   position   u32
 *   +8   consumed   u64
 *   +16  skipped    u64
 *   +24  rounds     u32
 */
export const JOURNAL_STATE = 0
export const JOURNAL_ATTEMPTED = 8
export const JOURNAL_COUNTER = 16
export const JOURNAL_BYTES = 24
export const JOURNAL_ABANDONED = 32
export const JOURNAL_POSITION = 4
export const JOURNAL_CONSUMED = 8
export const JOURNAL_SKIPPED = 16
export const JOURNAL_ROUNDS = 24

/** Values of the sleep word: those in which the consumer is asleep are odd. */
export const SLEEP_AWAKE = 0
export const SLEEP_ASLEEP = 1
/** Woken without a promise that there is data: FORCE_WAKEUP or close. */
export const SLEEP_FORCED = 2
/** Asleep until more is there than one record: the watermark, or the credit. */
export const SLEEP_FOR_MORE = 3

/** Set in the lock word by a thread that parks on it, so that the holder knows to wake somebody. */
export const LOCK_PARKED_BIT = 0x4000_0000

assert(PAGE_BYTES === 1 << PAGE_SHIFT, 'page size and shift')
assert(CONSUMER_PAGE_OFFSET === PAGE_BYTES, 'the consumer page follows one head page, as in the kernel')
assert(PRODUCER_PAGE_OFFSET === CONSUMER_PAGE_OFFSET + PAGE_BYTES, 'one page a position')
assert(
  DATA_OFFSET === PRODUCER_PAGE_OFFSET + PAGE_BYTES,
  'the first record has page offset 3, as in the kernel',
)
assert(DATA_OFFSET + 2 * RING_MAX_BYTES <= 0xffff_ffff, 'every address fits in u32')
assert(HEAD_NAME + NAME_MAX_BYTES <= SLEEP_WORD, 'the name ends before the words that change')
assert(ROOM_WAITERS - SLEEP_WORD >= 64 && LOCK_WORD - ROOM_WAITERS >= 64, 'no false sharing of wait words')
assert(SLOTS_OFFSET % SLOT_BYTES === 0, 'slots lie on cache lines')
assert(SLOTS_OFFSET + PRODUCER_SLOTS * SLOT_BYTES <= PAGE_BYTES, 'slots end with the head page')
assert(HEAD_NAME + NAME_MAX_BYTES <= HOME_NAMESPACE, 'the name ends before the namespace')
assert((SLEEP_ASLEEP & SLEEP_FOR_MORE & 1) === 1 && ((SLEEP_AWAKE | SLEEP_FORCED) & 1) === 0, 'asleep is odd')
assert(POSITION_BITS === 7, 'positions are multiples of 8: so many bits are free')
assert(FENCE_WORD < SLOTS_OFFSET + SLOT_IDENTITY, 'identities lie behind the words of the consumer page')
assert(OVERWRITE_ROUNDS_TO_BE < SLOTS_OFFSET + SLOT_JOURNAL, 'journals lie behind those of the producer page')
