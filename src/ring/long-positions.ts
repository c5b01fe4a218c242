import {
  CONSUMER_POSITION,
  CONSUMER_ROUNDS,
  OVERWRITE_POSITION,
  OVERWRITE_ROUNDS,
  OVERWRITING,
  POSITION_BITS,
  PRODUCER_POSITION,
} from '../abi/region.js'
import { FOUND_POSITION, FOUND_ROUNDS } from './algorithm/index.js'
import type { Attachment } from './attachment.js'

/**
 * Positions that do not wrap, as numbers: for whoever must tell laps apart. Estimates while others are at
 * work: one that is being moved over a multiple of 2^32 may be told 2^32 too low or too high for a moment.
 */

const ROUND = 2 ** 32

/** How far the consumer has come. */
export function longConsumerPosition(attachment: Attachment): number {
  const position = word(attachment, CONSUMER_ROUNDS) * ROUND + word(attachment, CONSUMER_POSITION)
  if (!attachment.overwrites) return position
  // Its high half is stored first there, so for a moment it may be too high.
  return position > longOverwritePosition(attachment) + attachment.size ? position - ROUND : position
}

/** How far producers have come. */
export function longProducerPosition(attachment: Attachment): number {
  const base = attachment.overwrites ? longOverwritePosition(attachment) : longConsumerPosition(attachment)
  const producer = word(attachment, PRODUCER_POSITION) & ~POSITION_BITS
  return base + ((producer - base) >>> 0)
}

/**
 * Where the oldest record stands in a ring that overwrites. Everything that this thread has read before,
 * at that position and behind it, is whole. It is not before `least`, if the caller knows that.
 */
export function longOverwritePosition(attachment: Attachment, least?: number): number {
  const { engine } = attachment
  if (engine.survey())
    return (engine.found(FOUND_ROUNDS) >>> 0) * ROUND + (engine.found(FOUND_POSITION) >>> 0)
  // A producer is about to overwrite, or has died there: [O1] says up to where, before it writes. Read last,
  // it is the newest.
  const position = word(attachment, OVERWRITE_ROUNDS) * ROUND + word(attachment, OVERWRITE_POSITION)
  const overwriting = position + Math.max(0, (word(attachment, OVERWRITING) - position) | 0)
  // Which round it is may be told wrong in this very moment: not less than is known, and not a round more.
  return least === undefined ? overwriting : least + mod(overwriting - least, ROUND)
}

function mod(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}

function word({ views, address }: Attachment, offset: number): number {
  return Atomics.load(views.u32, (address + offset) >>> 2)
}
