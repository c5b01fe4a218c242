/** Who takes part in the suites `memory` and `memory-growth` only, in the order of the report. */
export const WEIGHT_NAMES = {
  'ours-weight-shared': 'createRing; records of 64 bytes, output and consumeRaw',
  'ours-weight-mapped': 'createMappedRing; the same',
  'ours-weight-copies': 'createRing; output and consume: bytes of their own',
  'ours-weight-ring-each': 'createRing for each producer',
  'postMessage-weight': 'postMessage of 64 bytes',
} as const

export type WeightName = keyof typeof WEIGHT_NAMES
