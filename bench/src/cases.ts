/**
 * What is measured: the cases of the suite `core`, drawn. Those of the other suites are in waiting/ and linux/.
 *
 * A case says what is done, not who does it. Who does it is a contestant (contestant.ts); how a contestant does
 * it is its measurement (the same file).
 */
import type { LinuxCaseName } from './linux/cases.js'
import type { WaitingCaseName } from './waiting/cases.js'

/** Size of the ring in every case. Peers that count slots or messages get as many bytes of payload. */
export const RING_BYTES = 1 << 20

/** Payload of the hand-off cases. */
export const HAND_OFF_BYTES = 64

/** Producers of the hand-off case that has several. */
export const HAND_OFF_PRODUCERS = 4

/** Records that enter the ring with one call, in the cases that say so. */
export const BATCH_RECORDS = 16

/** The unit of a figure says which way is better. */
export type Unit = 'ns/record' | 'M records/s' | 'bytes' | 'us' | 'ms' | 'cpu ns/record'

export interface Case {
  readonly name: CaseName
  readonly unit: Unit
  /** One sentence: what one figure is. */
  readonly about: string
  /** Whose figures the others are set against; those who are not there have no column. */
  readonly yardsticks?: readonly string[]
  /** How many times as long as others it is measured: for figures of which there are few a second. Default: 1. */
  readonly stretch?: number
}

export type CaseName = CoreCaseName | WaitingCaseName | LinuxCaseName

type CoreCaseName =
  | 'reserve-submit-8B'
  | 'batch-16-8B'
  | 'throughput-1p1c-64B'
  | 'throughput-1p1c-64B-batch'
  | 'throughput-4p1c-64B'
  | 'idle-memory-1MiB'

/** More is better for rates, less for times and sizes. */
export function moreIsBetter(unit: Unit): boolean {
  return unit === 'M records/s'
}

/**
 *   thread (cpu0) ──reserve(8), write, submit──► ring ──drain──► same thread
 *
 * Fills the empty ring, then drains it, in turns; only the filling counts. Nobody else touches the ring.
 */
const reserveSubmit: Case = {
  name: 'reserve-submit-8B',
  unit: 'ns/record',
  about: 'one thread: reserve 8 bytes, write them, submit; the draining in between is timed apart',
}

/**
 *   thread (cpu0) ──16 x 8 B at once──► ring ──drain──► same thread
 *
 * As above, but 16 records enter the ring with one call, all or nothing.
 */
const batch: Case = {
  name: 'batch-16-8B',
  unit: 'ns/record',
  about: 'one thread: 16 records of 8 bytes with one call; the draining in between is timed apart',
}

/**
 *   producer thread (cpu0) ──64 B──► ring ──► consumer thread (cpu1)
 *
 * The payload is copied from the producer's own buffer; the consumer checks the length and the sequence number
 * of every record. Nothing is lost (a full ring makes the producer try again), except where the transport
 * cannot wait: the kernel drops, and its share of drops is shown.
 */
const throughput: Case = {
  name: 'throughput-1p1c-64B',
  unit: 'M records/s',
  about: 'one producer thread to one consumer thread, 64 bytes copied in, every sequence number checked',
}

/** As throughput, but 16 records enter the ring with one call, all or nothing. */
const batchThroughput: Case = {
  name: 'throughput-1p1c-64B-batch',
  unit: 'M records/s',
  about: 'the same, but 16 records enter the ring with one call',
}

/**
 *   producer threads, 4 ──64 B──► ring ──► consumer thread
 *
 * As throughput; each producer's records are numbered on their own. Nobody is bound to a cpu: there may be fewer
 * cpus than threads, and then a producer that finds the ring full soon lets go of its cpu.
 */
const manyProducers: Case = {
  name: 'throughput-4p1c-64B',
  unit: 'M records/s',
  about:
    'four producer threads to one consumer thread, 64 bytes copied in, all sequence numbers checked; not pinned',
}

/**
 *   process ──► ring, ring, ring, ... (idle)
 *
 * What a ring costs that nobody uses: bytes allocated, and growth of the resident set.
 */
const idleMemory: Case = {
  name: 'idle-memory-1MiB',
  unit: 'bytes',
  about: 'bytes allocated for an idle ring of 1 MiB; growth of the resident set in the notes',
}

export const CORE_CASES: readonly Case[] = [
  reserveSubmit,
  batch,
  throughput,
  batchThroughput,
  manyProducers,
  idleMemory,
]
