/** What a hostile peer writes into a ring: words that look like what should be there, and words that do not. */
import { RECORD_BUSY_BIT, RECORD_DISCARD_BIT, RECORD_LENGTH_MASK } from '#dist/abi/record.js'
import * as region from '#dist/abi/region.js'
import type { Random } from './random.js'

/** A word of the ring, and what it says from now on. */
export interface Damage {
  /** Bytes from the beginning of the ring. */
  readonly at: number
  readonly value: number
}

/** What damage is drawn for: a ring of so many bytes of data, and its words as they are. */
export interface Target {
  readonly size: number
  readonly word: (at: number) => number
}

const POSITIONS = [
  region.CONSUMER_POSITION,
  region.RELEASED_POSITION,
  region.CLEAN_POSITION,
  region.PRODUCER_POSITION,
  region.PENDING_POSITION,
  region.OVERWRITE_POSITION,
  region.OVERWRITING,
]
const ROUNDS = [region.CONSUMER_ROUNDS, region.OVERWRITE_ROUNDS, region.OVERWRITE_ROUNDS_TO_BE]
const COUNTS = [
  region.OVERWRITTEN_COUNT,
  region.OVERWRITTEN_TO_BE,
  region.HIGH_WATER,
  region.CONSUMED_COUNT,
  region.SKIPPED_COUNT,
  region.LOST_COUNT,
  region.SLEEP_COUNT,
  region.SPURIOUS_COUNT,
  region.DROPS_TOLD,
]
const WAITS = [
  region.SLEEP_WORD,
  region.BELL_PLACE,
  region.WATERMARK,
  region.CREDIT,
  region.LOSS_FLAG,
  region.ROOM_WAITERS,
  region.ROOM_SEQUENCE,
  region.LOCK_WORD,
  region.CONSUMER_OWNER,
]
const HEAD = [
  region.HEAD_MAGIC,
  region.HEAD_VERSION,
  region.HEAD_SIZE,
  region.HEAD_FLAGS,
  region.HEAD_DATA_OFFSET,
  region.HEAD_SLOTS,
  region.HEAD_NAME_LENGTH,
  region.HEAD_NAME,
  region.HOME_NAMESPACE,
]
/** Slots that are in use, or special, rather than any. */
const SLOTS = [0, 1, 1, 1, 2, region.RESCUE_SLOT]

const EDGES = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 57, 58, 64, 255, 256, 4080, 4088, 4095, 4096, 8192, 12288],
  ...[0x3fff_fff8, 0x3fff_ffff, 0x4000_0000, 0x4000_0008, 0x7fff_fff8, 0x7fff_ffff],
  ...[0x8000_0000, 0x8000_0008, 0x8080_8080, 0xc000_0008, 0xff00_0003, 0xffff_f000, 0xffff_fff8, 0xffff_ffff],
  ...[region.RING_MAGIC, region.LAYOUT_VERSION, region.LAYOUT_VERSION - 1],
]
/** So many records from the consumer on are found by their headers. */
const STEPS = 40

export function drawDamage(target: Target, random: Random): Damage {
  const at = drawPlace(target, random)
  return { at, value: drawValue(target, random, at) >>> 0 }
}

function drawPlace(target: Target, random: Random): number {
  const kind = random.below(16)
  if (kind < 4) return random.pick(POSITIONS)
  if (kind < 8) return headerOf(target, random) + 4 * random.below(2)
  if (kind === 8) return random.pick(WAITS)
  if (kind === 9) return random.pick(random.oneIn(3) ? ROUNDS : COUNTS) + 4 * random.below(2)
  if (kind === 10) return random.pick(HEAD)
  if (kind < 13) {
    const page = random.pick([0, region.SLOT_IDENTITY, region.SLOT_JOURNAL])
    return page + region.SLOTS_OFFSET + random.pick(SLOTS) * region.SLOT_BYTES + 4 * random.below(10)
  }
  if (kind === 13) return random.below(region.DATA_OFFSET) & ~3
  return region.DATA_OFFSET + (random.below(2 * target.size) & ~3)
}

/** Where a header stands: found as a consumer finds it, or where none has to stand. */
function headerOf({ size, word }: Target, random: Random): number {
  const mask = size - 1
  let position = word(region.CONSUMER_POSITION) & ~7
  for (let steps = random.below(STEPS); steps > 0; steps--) {
    const length = word(region.DATA_OFFSET + (position & mask)) & RECORD_LENGTH_MASK
    if (length > mask) break
    position = (position + length + 15) & ~7
  }
  return region.DATA_OFFSET + (position & mask)
}

function drawValue({ size, word }: Target, random: Random, at: number): number {
  const old = word(at)
  switch (random.below(9)) {
    case 0:
      return random.word()
    case 1:
      return old ^ (1 << random.below(32))
    case 2:
      return old + random.pick([-size, -4096, -16, -8, -4, -1, 1, 4, 8, 16, 4096, size])
    case 3:
      return random.pick(EDGES)
    // What a length, a capacity or a distance may be at most, and a little beside it.
    case 4:
      return random.pick([size / 2, size, 2 * size]) + random.pick([-24, -16, -15, -8, -1, 0, 1, 8])
    // Another position, or one that was right a while ago.
    case 5:
      return word(random.pick(POSITIONS)) + 8 * (random.below(9) - 4)
    case 6:
      return (old ^ random.pick([RECORD_BUSY_BIT, RECORD_DISCARD_BIT])) + 8 * random.below(2)
    // The page offset of another page, or another owner.
    case 7:
      return random.oneIn(2)
        ? (old & 0xff00_0000) | random.below(8)
        : (old & 0xff_ffff) | (random.below(64) << 24)
    default:
      return word((random.below(region.DATA_OFFSET + size) & ~3) >>> 0)
  }
}
