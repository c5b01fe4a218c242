/**
 * The cases of the suite `core`: what a record costs, from one thread to nine, and what a ring costs that nobody uses.
 */
import type { Case } from '../cases.js'

/** Payloads of the hand-offs. */
export const HAND_OFF_SIZES = [8, 64, 256, 1024, 4096] as const
/** Producers of the hand-offs. */
export const PRODUCER_COUNTS = [1, 2, 4, 8] as const
/** Records that enter the ring with one call, in the cases that say so. */
export const BATCH_RECORDS = 16

/**
 * How records enter the ring:
 *
 *   single   each is reserved, filled by the thread and submitted, or copied in, as the contestant does it best
 *   batch    16 with one call, all or none
 *   output   each is copied in from memory that the ring's own code can reach
 */
export type HandOffWay = 'single' | 'batch' | 'output'

export interface HandOffShape {
  readonly producers: (typeof PRODUCER_COUNTS)[number]
  readonly bytes: (typeof HAND_OFF_SIZES)[number]
  readonly way: HandOffWay
}

export type HandOffName =
  `throughput-${HandOffShape['producers']}p1c-${HandOffShape['bytes']}B${'' | '-batch' | '-output'}`

export type CoreCaseName = 'reserve-submit-8B' | 'batch-16-8B' | HandOffName | 'idle-memory-1MiB'

const shape = (
  producers: HandOffShape['producers'],
  bytes: HandOffShape['bytes'],
  way: HandOffWay = 'single',
): HandOffShape => ({ producers, bytes, way })

/** Those of the suite `core`. */
const CORE_HAND_OFFS: readonly HandOffShape[] = [
  ...HAND_OFF_SIZES.map((bytes) => shape(1, bytes)),
  ...PRODUCER_COUNTS.filter((producers) => producers > 1).map((producers) => shape(producers, 64)),
  shape(1, 64, 'batch'),
  ...([1024, 4096] as const).map((bytes) => shape(1, bytes, 'output')),
]

/** All that there are: the suite `peers` has batches of every size, and of several producers. */
export const HAND_OFFS: readonly HandOffShape[] = [
  ...CORE_HAND_OFFS,
  ...HAND_OFF_SIZES.filter((bytes) => bytes !== 64).map((bytes) => shape(1, bytes, 'batch')),
  shape(4, 64, 'batch'),
]

export function handOffName({ producers, bytes, way }: HandOffShape): HandOffName {
  const name = `throughput-${producers}p1c-${bytes}B` as const
  return way === 'single' ? name : `${name}-${way}`
}

/** The measurement of each hand-off that a contestant can do. */
export function handOffCases<Measurement>(
  measure: (shape: HandOffShape) => Measurement | undefined,
): Partial<Record<HandOffName, Measurement>> {
  const cases: Partial<Record<HandOffName, Measurement>> = {}
  for (const item of HAND_OFFS) {
    const measurement = measure(item)
    if (measurement !== undefined) cases[handOffName(item)] = measurement
  }
  return cases
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

const ABOUT_WAY: Readonly<Record<HandOffWay, string>> = {
  single: 'copied in one by one',
  batch: 'copied in one by one, 16 published with one call',
  output: "copied in with one call each, from memory within the ring's own reach",
}

/**
 *   producer threads (cpu0) ──8 to 4096 B──► ring ──► consumer thread (cpu1)
 *
 * The payload is copied from the producer's own buffer; the consumer checks the length and the sequence number
 * of every record. Nothing is lost (a full ring makes the producer try again), except where the transport
 * cannot wait: the kernel drops, and its share of drops is shown.
 *
 * Of several producers each numbers its records on its own, and nobody is bound to a cpu: there may be fewer cpus than
 * threads, and then a producer that finds the ring full soon lets go of its cpu.
 */
export function handOff(item: HandOffShape): Case {
  const { producers, bytes, way } = item
  const threads =
    producers === 1
      ? 'one producer thread to one consumer thread'
      : `${producers} producer threads to one consumer thread, none of them pinned`
  return {
    name: handOffName(item),
    unit: 'M records/s',
    about: `${threads}, ${bytes} bytes ${ABOUT_WAY[way]}, every sequence number checked`,
    ...(way === 'batch' && { batches: true }),
  }
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

export const CORE_CASES: readonly Case[] = [reserveSubmit, batch, ...CORE_HAND_OFFS.map(handOff), idleMemory]

/** Those against whom the goals are set. The others are in the suite `peers`. */
export const CORE_CONTESTANTS = [
  'c-kernel',
  'c-kernel-paced',
  'c-best',
  'c-best-paced',
  'c-lean',
  'c-lean-paced',
  'kernel',
  'kernel-paced',
  'ours-wasm',
  'ours-wasm-lock',
  'ours-js',
  'ringbuf.js',
  'postMessage-batch',
] as const
