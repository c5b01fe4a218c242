/** Who takes part in the suite `heap` only, in the order of the report. */
export const HEAP_NAMES = {
  'heap-wasm': 'this package, WebAssembly build',
  'heap-js': 'the same, JavaScript build',
  'heap-mapped-wasm': 'a ring between processes, WebAssembly build',
  'heap-mapped-js': 'a ring between processes, JavaScript build',
} as const

export type HeapName = keyof typeof HEAP_NAMES
