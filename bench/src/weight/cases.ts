/**
 * The cases of the suites `memory` and `memory-growth`: what rings weigh, whether that comes back, and whether it grows.
 */
import type { Case } from '../cases.js'

/** Sizes of an idle ring. */
export const IDLE_SIZES = { '4KiB': 2 ** 12, '64KiB': 2 ** 16, '1MiB': 2 ** 20, '16MiB': 2 ** 24 } as const
/** Rings that are opened at once, and closed again. */
export const RING_COUNTS = [1, 10, 100, 1000] as const
export const COUNTED_RING_BYTES = 2 ** 16
/** Attachments of one ring, each with a producer. */
export const ATTACHMENTS = 100
/** Producers that share one ring, or have one each. */
export const PRODUCERS = 8

export type WeightCaseName =
  | `idle-ring-${keyof typeof IDLE_SIZES}`
  | `rings-${(typeof RING_COUNTS)[number]}`
  | 'attachments-100'
  | 'rings-of-8-producers'
  | 'memory-growth'

/**
 *   process ──► ring, ring, ring, ... (idle)
 *
 * See memory.ts: bytes that are allocated, which are address space; and growth of the resident set, which are pages.
 */
const idle = (Object.keys(IDLE_SIZES) as (keyof typeof IDLE_SIZES)[]).map(
  (size): Case => ({
    name: `idle-ring-${size}`,
    unit: 'bytes',
    about: `bytes allocated for an idle ring of ${size}; growth of the resident set in the notes`,
    yardsticks: [],
  }),
)

/**
 *   process ──opens──► n rings of 64 KiB ──closes──► nothing, three times
 */
const counts = RING_COUNTS.map(
  (count): Case => ({
    name: `rings-${count}`,
    unit: 'bytes',
    about: `${count} rings of 64 KiB are opened, closed and collected: what the resident set keeps of them, in all`,
    yardsticks: [],
  }),
)

const attachments: Case = {
  name: 'attachments-100',
  unit: 'bytes',
  about:
    'one ring is attached 100 times, each time with a producer: what the resident set keeps after all are given up',
  yardsticks: [],
}

/**
 *   8 producers ──► one ring of 1 MiB            or            8 producers ──► 8 rings of 1 MiB
 *
 * The document's first reason for a ring that many share (R1): each of eight rings must have room for the burst of its
 * own producer, and while it is quiet nobody else can use that. Here the memory; what is lost is measured elsewhere.
 */
const eight: Case = {
  name: 'rings-of-8-producers',
  unit: 'bytes',
  about:
    'room for a burst of 1 MiB from any of 8 producers: bytes allocated; resident after each ring was full once',
  yardsticks: [],
}

export const WEIGHT_CASES: readonly Case[] = [...idle, ...counts, attachments, eight]

/**
 *   producer thread ──64 B, as fast as it can──► ring (1 MiB) ──► main thread: reads, and looks at its memory
 *
 * From the first third of the time to the last, medians: what grows for ever has grown.
 */
export const GROWTH_CASES: readonly Case[] = [
  {
    name: 'memory-growth',
    unit: 'bytes',
    about: 'growth of the resident set at full speed, from the first third of the time to the last',
    yardsticks: [],
  },
]
