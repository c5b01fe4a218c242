/** Who takes part in the suites `memory` and `memory-growth` only, in the order of the report. */
export const WEIGHT_NAMES = {
  'weight-shared': 'createRing; records of 64 bytes, output and consumeRaw',
  'weight-mapped': 'createMappedRing; the same',
  'weight-copies': 'createRing; output and consume: bytes of their own',
  'weight-ring-each': 'createRing for each producer',
  'weight-postMessage': 'postMessage of 64 bytes',
} as const

export type WeightName = keyof typeof WEIGHT_NAMES
