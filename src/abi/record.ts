import { assert } from './assert.js'

/**
 * Record header: the 8 bytes in front of every payload (R32, R33).
 *
 *        31 30 29                                              0
 *       +--+--+------------------------------------------------+
 *   +0  |B |D |              payload length, bytes             |  u32, atomic: the commit word
 *       +--+--+------------------------------------------------+
 *   +4  |    owner    |  page offset: (header - ring) >> 12     |  u32, written once by reserve
 *       +-------------+----------------------------------------+
 *        31         24 23                                      0
 *   +8  |  payload, then 0 to 7 bytes of padding to the next 8 ...
 *       +------------------------------------------------------+
 *
 * B busy:    set by reserve, cleared by submit and discard. The consumer stops at a busy record.
 * D discard: set in the same store that clears B. The consumer skips the record. Beside B it means nothing, but that
 *            the word is not FREE_WORD.
 *
 * owner      0, as in the kernel; or, if the ring was made so, the slot of the producer that reserved it;
 *            or RECORD_LOST_OWNER.
 *
 * Every header starts at a multiple of 8, so every payload does too.
 */
export const RECORD_HEADER_BYTES = 8
export const RECORD_ALIGN_BYTES = 8
export const RECORD_BUSY_BIT = 0x8000_0000
export const RECORD_DISCARD_BIT = 0x4000_0000
export const RECORD_LENGTH_MASK = 0x3fff_ffff

/** Offset of the second header word from the first. */
export const RECORD_PAGE_OFFSET_WORD = 4

/** The part of the second word that is the page offset; above it stands the owner. */
export const RECORD_PAGE_OFFSET_MASK = 0x00ff_ffff
export const RECORD_OWNER_SHIFT = 24

/**
 * Owner of a record that says how many records were lost. It is discarded, so that readers of the
 * kernel's format pass over it.
 *
 *   +0   header: LOST_RECORD_BYTES, discarded
 *   +8   lost       u32  records that this producer dropped since it last said so
 *   +12  zero       u32
 *   +16  position   u32  producer position at the first of them
 *   +20  zero       u32
 */
export const RECORD_LOST_OWNER = 0xff
export const LOST_RECORD_BYTES = 16

/** Largest length that the header can carry: what the kernel calls RINGBUF_MAX_RECORD_SZ. */
export const RECORD_MAX_BYTES = 0x3fff_ffff

/** The longest payload is this much shorter than the ring: one header, and 8 bytes that stay free (R30). */
export const RING_OVERHEAD_BYTES = 16

/**
 * What a claimed ring's free memory is filled with, byte by byte. Any aligned word of it has the busy
 * bit set, so whoever looks at a header that its producer has not written yet sees a busy record, and
 * stops. See docs/design/0001-claims-and-locks.md.
 */
export const FREE_BYTE = 0x80
export const FREE_WORD = 0x8080_8080

/**
 * The consumer of a claimed ring does not fill what it releases if the records there were so long, on average and
 * headers included: filling it, and fetching back what was filled, would cost more than a reservation that does
 * without (RESERVING_BIT). See docs/design/0014-long-records.md.
 */
export const LONG_RECORD_BYTES = 256

assert(
  (RECORD_BUSY_BIT | RECORD_DISCARD_BIT | RECORD_LENGTH_MASK) >>> 0 === 0xffff_ffff,
  'the header word is full',
)
assert(RECORD_MAX_BYTES <= RECORD_LENGTH_MASK, 'a length never looks like a flag')
assert(FREE_WORD >>> 31 === 1, 'free memory reads as a busy header')
assert(FREE_WORD === FREE_BYTE * 0x0101_0101, 'the free word is made of free bytes')
assert(
  (FREE_WORD & RECORD_PAGE_OFFSET_MASK) >= 2 ** 19 && FREE_WORD >>> RECORD_OWNER_SHIFT !== RECORD_LOST_OWNER,
  'free memory never reads as the second word of a record: no ring has so many pages',
)
assert(RECORD_PAGE_OFFSET_MASK + 1 === 1 << RECORD_OWNER_SHIFT, 'the owner stands above the page offset')
