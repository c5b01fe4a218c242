/** Bytes out of memory that others write to, as bytes of their own. */

/** Copies bytes into a buffer that is as long as they are, and nobody else's. */
export function copyBytes(memory: Uint8Array, from: number, length: number): Uint8Array<ArrayBuffer> {
  return memory.slice(from, from + length) as Uint8Array<ArrayBuffer>
}

const POOL_BYTES = 65536
/** Longer ones would leave too much of a pool unused. */
const POOLED_MOST_BYTES = POOL_BYTES / 8

/**
 * Copies bytes into buffers that many copies share, as Node does for small Buffers: engines take 250 to 600
 * nanoseconds for a buffer of more than 64 bytes, and must collect each. One copy that is kept keeps the
 * whole buffer, and one whose `buffer` is transferred takes the others with it.
 */
export class CopyPool {
  #buffer = new ArrayBuffer(0)
  #at = 0

  readonly copy = (memory: Uint8Array, from: number, length: number): Uint8Array<ArrayBuffer> => {
    // Engines keep short ones inside the object, and make them as fast.
    if (length <= 64 || length > POOLED_MOST_BYTES) return copyBytes(memory, from, length)
    if (this.#at + length > this.#buffer.byteLength) {
      this.#buffer = new ArrayBuffer(POOL_BYTES)
      this.#at = 0
    }
    const bytes = new Uint8Array(this.#buffer, this.#at, length)
    // Views of other widths want multiples of eight.
    this.#at += (length + 7) & ~7
    bytes.set(memory.subarray(from, from + length))
    return bytes
  }
}
