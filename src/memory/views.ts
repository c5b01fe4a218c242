/**
 * Typed views over all of a shared memory. An address of the raw API is an index into `u8`; divided by
 * the width it is an index into the others. Payloads start at multiples of 8.
 */
export interface MemoryViews {
  readonly u8: Uint8Array
  readonly i32: Int32Array
  readonly u32: Uint32Array
  readonly f64: Float64Array
}

export function createViews(buffer: ArrayBufferLike): MemoryViews {
  // Float64Array wants a whole number of elements; the memory may end with an odd word.
  const doubles = Math.floor(buffer.byteLength / 8)
  const words = Math.floor(buffer.byteLength / 4)
  return {
    u8: new Uint8Array(buffer),
    i32: new Int32Array(buffer, 0, words),
    u32: new Uint32Array(buffer, 0, words),
    f64: new Float64Array(buffer, 0, doubles),
  }
}
