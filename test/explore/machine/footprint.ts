import { OPERATIONS, type Step } from './step.js'

/** Sets of words, a bit for each. */
export interface Footprint {
  readonly reads: bigint
  readonly writes: bigint
}

const bits = new Map<number, bigint>()

/** The bit of the word at an address. */
function bit(address: number): bigint {
  const word = address >>> 2
  let known = bits.get(word)
  if (known === undefined) {
    known = 1n << BigInt(bits.size)
    bits.set(word, known)
  }
  return known
}

export const NOTHING: Footprint = { reads: 0n, writes: 0n }

/** What a step may do: whether a compare-and-swap will succeed, nobody knows. */
export function footprintOf({ operation, address }: Step): Footprint {
  const { reads, writes } = OPERATIONS[operation]
  const words = bit(address) | (operation === 'compareExchangePair' ? bit(address + 4) : 0n)
  return { reads: reads ? words : 0n, writes: writes ? words : 0n }
}

export function wordWritten(address: number): Footprint {
  return { reads: 0n, writes: bit(address) }
}

export function union(one: Footprint, two: Footprint): Footprint {
  return { reads: one.reads | two.reads, writes: one.writes | two.writes }
}

/** Whether the order of the two can matter. */
export function conflicts(one: Footprint, two: Footprint): boolean {
  return (one.writes & (two.reads | two.writes)) !== 0n || (one.reads & two.writes) !== 0n
}
