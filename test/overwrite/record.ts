/**
 * A record that can be checked by itself, every byte of it:
 *
 *    0  producer
 *    4  number among its producer's, from 0
 *    8  checksum of everything else, its length included
 *   12  bytes that depend on all of that
 */
export const HEAD_BYTES = 12

/** Writes one, of at least HEAD_BYTES bytes, at an address that is a multiple of 4. */
export function writeRecord(
  u8: Uint8Array,
  u32: Uint32Array,
  address: number,
  length: number,
  producer: number,
  number: number,
): void {
  const first = address >>> 2
  const words = length >>> 2
  let word = Math.imul(number, 0x9e37_79b1) ^ Math.imul(producer + 1, 0x85eb_ca6b)
  u32[first] = producer
  u32[first + 1] = number
  let sum = mix(mix(length, producer), number)
  for (let i = 3; i < words; i++) {
    word = (Math.imul(word, 0x0019_660d) + 0x3c6e_f35f) | 0
    u32[first + i] = word
    sum = mix(sum, word)
  }
  for (let i = words * 4; i < length; i++) {
    u8[address + i] = word >>> ((i & 3) * 8)
    sum = mix(sum, u8[address + i] as number)
  }
  u32[first + 2] = sum
}

export interface Found {
  producer: number
  number: number
}

/** Reads one, and throws when any of its bytes is not what was written. */
export function readRecord(memory: Uint8Array, offset: number, length: number, found: Found): void {
  if (length < HEAD_BYTES) throw new Error(`a record of ${length} bytes`)
  const view = new DataView(memory.buffer, memory.byteOffset + offset, length)
  const producer = view.getUint32(0, true)
  const number = view.getUint32(4, true)
  const end = length & ~3
  let word = Math.imul(number, 0x9e37_79b1) ^ Math.imul(producer + 1, 0x85eb_ca6b)
  let sum = mix(mix(length, producer), number)
  for (let at = 12; at < end; at += 4) {
    word = (Math.imul(word, 0x0019_660d) + 0x3c6e_f35f) | 0
    const there = view.getInt32(at, true)
    if (there !== word) torn(producer, number, length, at)
    sum = mix(sum, there)
  }
  for (let at = end; at < length; at++) {
    const there = view.getUint8(at)
    if (there !== ((word >>> ((at & 3) * 8)) & 0xff)) torn(producer, number, length, at)
    sum = mix(sum, there)
  }
  if (view.getInt32(8, true) !== sum) torn(producer, number, length, 8)
  found.producer = producer
  found.number = number
}

function torn(producer: number, number: number, length: number, at: number): never {
  throw new Error(`record ${number} of producer ${producer}, ${length} bytes, is torn at byte ${at}`)
}

function mix(sum: number, word: number): number {
  return (Math.imul(sum ^ word, 0x0100_0193) + (sum >>> 15)) | 0
}
