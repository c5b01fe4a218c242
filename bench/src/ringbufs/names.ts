/**
 * Who takes part in the suite `ringbufs`, in the order of the report. The first four are named as in the original; beside
 * them our ring, between threads and between processes, consumed in the same two ways.
 */
export const RINGBUFS_NAMES = [
  'rb-libbpf',
  'rb-custom',
  'pb-libbpf',
  'pb-custom',
  'rb-overwrite',
  'threads-library',
  'threads-custom',
  'processes-library',
  'processes-custom',
] as const

export type RingbufsName = (typeof RINGBUFS_NAMES)[number]
