/** Random numbers that a seed repeats: xorshift32. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e37_79b9) ^ 0x5bd1_e995) | 1
    for (let i = 0; i < 8; i++) this.word()
  }

  /** Any u32. */
  word(): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return x >>> 0
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    return this.word() % limit
  }

  /** Whether something that happens once in `times` happens now. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }
}

/** The seed of this run: RINGBUF_SEED, or a new one. It belongs into every message of a failure. */
export const SEED = Number(process.env['RINGBUF_SEED'] ?? Date.now() % 2 ** 31)

/** How much a random test does: RINGBUF_EFFORT times as much as usual. */
export const EFFORT = Number(process.env['RINGBUF_EFFORT'] ?? 1)
