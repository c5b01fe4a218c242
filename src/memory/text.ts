/**
 * Text in and out of shared memory, by way of private memory.
 *
 * Encoders and decoders look at their bytes twice. If another thread changes them in between, some
 * runtimes crash and browsers refuse; a copy that nobody else sees is what makes this safe.
 */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
let scratch = new Uint8Array(1024)

function scratchOf(bytes: number): Uint8Array<ArrayBuffer> {
  if (scratch.length < bytes) scratch = new Uint8Array(2 ** Math.ceil(Math.log2(bytes)))
  return scratch
}

/** Encodes text as UTF-8 into private memory, which the next call reuses. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  // A UTF-16 unit takes at most three bytes.
  const target = scratchOf(text.length * 3)
  return target.subarray(0, encoder.encodeInto(text, target).written)
}

/** Decodes `length` bytes of UTF-8 at `offset`, after copying them out of reach of other threads. */
export function decodeText(memory: Uint8Array, offset: number, length: number): string {
  const bytes = memory.subarray(offset, offset + length)
  const target = scratchOf(bytes.length)
  target.set(bytes)
  return decoder.decode(target.subarray(0, bytes.length))
}
