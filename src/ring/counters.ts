import {
  CONSUMED_COUNT,
  HIGH_WATER,
  JOURNAL_ABANDONED,
  LOST_COUNT,
  OVERWRITTEN_COUNT,
  PRODUCER_SLOTS,
  SKIPPED_COUNT,
  SLEEP_COUNT,
  SLOT_ATTEMPTED,
  SLOT_BYTES,
  SLOT_BYTES_SUBMITTED,
  SLOT_DISCARDED,
  SLOT_DROPPED,
  SLOT_JOURNAL,
  SLOT_REFUSED,
  SLOT_SUBMITTED,
  SLOT_WAKEUPS,
  SLOTS_OFFSET,
  SPURIOUS_COUNT,
} from '../abi/region.js'

/**
 * What happened in a ring since it was made. All but `inFlight` only grow. A snapshot: exact when no
 * producer and no consumer is at work, and then
 *
 *     attempted = submitted + discarded + inFlight + dropped + refused + abandoned
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
  /** Taken back from threads that died between reserve and submit (recoverable rings). */
  readonly abandoned: number
  /** Payload bytes submitted. */
  readonly bytes: number
  /** Records that the consumer delivered. */
  readonly consumed: number
  /** Discarded records that the consumer passed over. */
  readonly skipped: number
  /** Most bytes of the ring that were ever in use at once, headers included. */
  readonly highWaterBytes: number
  /** Submitted records that were overwritten, whether the consumer had seen them or not. */
  readonly overwritten: number
  /** Submitted records that were overwritten before the consumer came to them. */
  readonly lost: number
  /** Times that a commit woke the consumer. */
  readonly wakeups: number
  /** Records whose commit woke nobody: the consumer was awake, or not to be woken for them. */
  readonly elided: number
  /** Times that a consumer that waits by itself fell asleep: one among many does not say so. */
  readonly sleeps: number
  /** Times that such a one was woken and found nothing to consume. */
  readonly spurious: number
}

/** The part of the counters that the head page holds. */
export function readCounters(words: Uint32Array, address: number): Omit<RingCounters, 'inFlight'> {
  const total = (counter: number) => totalOf(words, address, counter)
  const submitted = total(SLOT_SUBMITTED)
  const discarded = total(SLOT_DISCARDED)
  const wakeups = total(SLOT_WAKEUPS)
  return {
    attempted: total(SLOT_ATTEMPTED),
    submitted,
    discarded,
    dropped: droppedCount(words, address),
    refused: total(SLOT_REFUSED),
    abandoned: abandonedCount(words, address),
    bytes: total(SLOT_BYTES_SUBMITTED),
    wakeups,
    elided: Math.max(0, submitted + discarded - wakeups),
    sleeps: readU64(words, address + SLEEP_COUNT),
    spurious: readU64(words, address + SPURIOUS_COUNT),
    overwritten: readU64(words, address + OVERWRITTEN_COUNT),
    lost: readU64(words, address + LOST_COUNT),
    consumed: readU64(words, address + CONSUMED_COUNT),
    skipped: readU64(words, address + SKIPPED_COUNT),
    highWaterBytes: Atomics.load(words, (address + HIGH_WATER) >>> 2),
  }
}

/** What the counters of one producer's slot say. */
export function slotCounters(words: Uint32Array, address: number, slot: number) {
  const read = (counter: number) => readU64(words, address + SLOTS_OFFSET + slot * SLOT_BYTES + counter)
  return {
    attempted: read(SLOT_ATTEMPTED),
    submitted: read(SLOT_SUBMITTED),
    discarded: read(SLOT_DISCARDED),
    dropped: read(SLOT_DROPPED),
    refused: read(SLOT_REFUSED),
    abandoned: abandonedOf(words, address, slot),
  }
}

/** Records that all producers together have dropped. */
export function droppedCount(words: Uint32Array, address: number): number {
  return totalOf(words, address, SLOT_DROPPED)
}

function abandonedCount(words: Uint32Array, address: number): number {
  let sum = 0
  for (let slot = 1; slot < PRODUCER_SLOTS; slot++) sum += abandonedOf(words, address, slot)
  return sum
}

/** In rings that are not recoverable nothing is ever written there. */
function abandonedOf(words: Uint32Array, address: number, slot: number): number {
  const journal = address + SLOTS_OFFSET + slot * SLOT_BYTES + SLOT_JOURNAL
  return slot === 0 ? 0 : Atomics.load(words, (journal + JOURNAL_ABANDONED) >>> 2)
}

function totalOf(words: Uint32Array, address: number, counter: number): number {
  let sum = 0
  for (let slot = 0; slot < PRODUCER_SLOTS; slot++) {
    sum += readU64(words, address + SLOTS_OFFSET + slot * SLOT_BYTES + counter)
  }
  return sum
}

/** Whether every attempted record is accounted for. Holds at every quiet moment. */
export function identityHolds(counters: RingCounters): boolean {
  const { attempted, submitted, discarded, inFlight, dropped, refused, abandoned } = counters
  return attempted === submitted + discarded + inFlight + dropped + refused + abandoned
}

/** A counter of two words. */
export function readU64(words: Uint32Array, address: number): number {
  return Atomics.load(words, (address + 4) >>> 2) * 2 ** 32 + Atomics.load(words, address >>> 2)
}

/** Adds to a counter of two words that nobody else writes. */
export function addU64(words: Uint32Array, address: number, amount: number): void {
  const sum = readU64(words, address) + amount
  Atomics.store(words, address >>> 2, sum % 2 ** 32)
  Atomics.store(words, (address + 4) >>> 2, Math.floor(sum / 2 ** 32))
}
