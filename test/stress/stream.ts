/**
 * What one producer of the stress test sends: a sequence of records that depends on nothing but the
 * seed, so the consumer can make the same sequence and compare every byte.
 */
export interface Planned {
  /** Bytes of payload. */
  length: number
  discard: boolean
  /** Seed of the content. */
  content: number
}

/** One in so many records is as long as the ring allows; the others are short more often than long. */
const LARGEST_ONE_IN = 4096

export class Stream {
  readonly producer: number
  readonly #largest: number
  #state: number

  constructor(seed: number, producer: number, largestPayload: number) {
    this.producer = producer
    this.#largest = largestPayload
    this.#state = (seed ^ Math.imul(producer + 1, 0x9e37_79b9)) | 1
  }

  /** The next record, written into `planned`. */
  next(planned: Planned): Planned {
    const kind = this.#random()
    const shape = this.#random()
    planned.content = this.#random()
    planned.discard = kind % 10 === 0
    if ((kind >>> 8) % LARGEST_ONE_IN === 0) planned.length = this.#largest - (shape & 7)
    // 0 to 2^11 bytes, each power of two as likely as the next.
    else planned.length = Math.min(shape & ((1 << ((shape >>> 16) % 12)) - 1), this.#largest)
    return planned
  }

  /** xorshift32. */
  #random(): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return x >>> 0
  }
}

/** Writes the content of a record: its producer in the first byte, then a pattern over all the others. */
export function fillRecord(memory: Uint8Array, address: number, planned: Planned, producer: number): void {
  if (planned.length === 0) return
  let word = planned.content | 0
  for (let i = 1; i < planned.length; i++) {
    if ((i & 3) === 0) word = (Math.imul(word, 0x0019_660d) + 0x3c6e_f35f) | 0
    memory[address + i] = word >>> ((i & 3) * 8)
  }
  memory[address] = producer
}

/** Position of the first byte that differs from what was planned, or -1. */
export function firstDifference(memory: Uint8Array, address: number, planned: Planned): number {
  let word = planned.content | 0
  for (let i = 1; i < planned.length; i++) {
    if ((i & 3) === 0) word = (Math.imul(word, 0x0019_660d) + 0x3c6e_f35f) | 0
    if (memory[address + i] !== ((word >>> ((i & 3) * 8)) & 0xff)) return i
  }
  return -1
}
