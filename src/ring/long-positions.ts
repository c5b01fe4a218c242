import { CLOSED_BIT, CONSUMER_POSITION, CONSUMER_ROUNDS, PRODUCER_POSITION } from '../abi/region.js'
import { FOUND_POSITION, FOUND_ROUNDS } from './algorithm/index.js'
import type { Attachment } from './attachment.js'

/**
 * Positions that do not wrap, as numbers: for whoever must tell laps apart. Estimates while others are at
 * work: one that is being moved over a multiple of 2^32 may be told 2^32 too low for a moment.
 */

const ROUND = 2 ** 32

/** How far the consumer has come. */
export function longConsumerPosition(attachment: Attachment): number {
  const word = (offset: number) => Atomics.load(attachment.views.u32, (attachment.address + offset) >>> 2)
  const rounds = word(CONSUMER_ROUNDS)
  const position = rounds * ROUND + word(CONSUMER_POSITION)
  if (!attachment.overwrites) return position
  // Its high half is stored first there, so for a moment it may be too high.
  const oldest = longOverwritePosition(attachment)
  return oldest !== undefined && position > oldest + attachment.size ? position - ROUND : position
}

/** How far producers have come. */
export function longProducerPosition(attachment: Attachment): number {
  const { views, address, overwrites } = attachment
  const base = (overwrites && longOverwritePosition(attachment)) || longConsumerPosition(attachment)
  const producer = Atomics.load(views.u32, (address + PRODUCER_POSITION) >>> 2) & ~CLOSED_BIT
  return base + ((producer - base) >>> 0)
}

/** Where the oldest record stands in a ring that overwrites. Undefined while a producer changes that. */
export function longOverwritePosition({ engine }: Attachment): number | undefined {
  if (!engine.survey()) return undefined
  return (engine.found(FOUND_ROUNDS) >>> 0) * ROUND + (engine.found(FOUND_POSITION) >>> 0)
}
