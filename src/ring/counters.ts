import {
  CONSUMED_COUNT,
  HIGH_WATER,
  PRODUCER_SLOTS,
  SKIPPED_COUNT,
  SLOT_ATTEMPTED,
  SLOT_BYTES,
  SLOT_BYTES_SUBMITTED,
  SLOT_DISCARDED,
  SLOT_DROPPED,
  SLOT_REFUSED,
  SLOT_SUBMITTED,
  SLOTS_OFFSET,
} from '../abi/region.js'

/**
 * What happened in a ring since it was made. All but `inFlight` only grow. A snapshot: exact when no
 * producer and no consumer is at work, and then
 *
 *     attempted = submitted + discarded + inFlight + dropped + refused
 *
 * A batch counts as one attempt in flight until it is submitted or discarded, then as its records.
 */
export interface RingCounters {
  /** Records that somebody tried to reserve or output. */
  readonly attempted: number
  readonly submitted: number
  readonly discarded: number
  /** Reserved and neither submitted nor discarded: counted in the ring itself, not by its producers. */
  readonly inFlight: number
  /** Lost because the ring was full, or, in try mode, because another producer was reserving. */
  readonly dropped: number
  /** Never possible: too large for the ring, with unknown flags, or after it was closed. */
  readonly refused: number
  /** Payload bytes submitted. */
  readonly bytes: number
  /** Records that the consumer delivered. */
  readonly consumed: number
  /** Discarded records that the consumer passed over. */
  readonly skipped: number
  /** Most bytes of the ring that were ever in use at once, headers included. */
  readonly highWaterBytes: number
}

/** The part of the counters that the head page holds. */
export function readCounters(words: Uint32Array, address: number): Omit<RingCounters, 'inFlight'> {
  const total = (counter: number) => {
    let sum = 0
    for (let slot = 0; slot < PRODUCER_SLOTS; slot++) {
      sum += readU64(words, address + SLOTS_OFFSET + slot * SLOT_BYTES + counter)
    }
    return sum
  }
  return {
    attempted: total(SLOT_ATTEMPTED),
    submitted: total(SLOT_SUBMITTED),
    discarded: total(SLOT_DISCARDED),
    dropped: total(SLOT_DROPPED),
    refused: total(SLOT_REFUSED),
    bytes: total(SLOT_BYTES_SUBMITTED),
    consumed: readU64(words, address + CONSUMED_COUNT),
    skipped: readU64(words, address + SKIPPED_COUNT),
    highWaterBytes: Atomics.load(words, (address + HIGH_WATER) >>> 2),
  }
}

/** Whether every attempted record is accounted for. Holds at every quiet moment. */
export function identityHolds(counters: RingCounters): boolean {
  const { attempted, submitted, discarded, inFlight, dropped, refused } = counters
  return attempted === submitted + discarded + inFlight + dropped + refused
}

function readU64(words: Uint32Array, address: number): number {
  return Atomics.load(words, (address + 4) >>> 2) * 2 ** 32 + Atomics.load(words, address >>> 2)
}
