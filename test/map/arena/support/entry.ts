/** Entries that say of themselves whether they are whole: a value repeats its key, and sums up. */

export const VALUE_BYTES = 16

export function keyOf(number: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint32Array([number]).buffer)
}

/** @param count how often the key was set, or any other number */
export function sealedValue(number: number, count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint32Array([number, count, number ^ count, ~number]).buffer)
}

/** The count in a value. @throws Error if the value is torn, or another key's */
export function countOf(number: number, value: Uint8Array<ArrayBuffer>): number {
  const [key, count, mixed, not] = new Uint32Array(value.buffer)
  if (key !== number || count === undefined || mixed !== (key ^ count) >>> 0 || not !== ~key >>> 0) {
    throw new Error(`the value of key ${number} is torn: ${value}`)
  }
  return count
}

export function numberOf(key: Uint8Array<ArrayBuffer>): number {
  return new Uint32Array(key.buffer)[0] as number
}
