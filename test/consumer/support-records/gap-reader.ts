import assert from 'node:assert/strict'
import { checkNote } from './notes.js'

/** Checks notes of several producers, of which some may be missing: each is whole, and none comes twice. */
export class GapReader {
  readonly #next: number[]
  readonly #missing: number[]
  seen = 0

  constructor(producers: number) {
    this.#next = Array(producers).fill(0)
    this.#missing = Array(producers).fill(0)
  }

  /** Notes that are missing so far, in front of those that were seen. */
  get missing(): number {
    return this.#missing.reduce((sum, count) => sum + count, 0)
  }

  read(memory: Uint8Array, offset: number, length: number): void {
    const { producer, number } = checkNote(memory, offset, length)
    const next = this.#next[producer]
    assert.ok(next !== undefined, `a note of producer ${producer}, which does not exist`)
    assert.ok(number >= next, `note ${number} of producer ${producer} behind ${next - 1}`)
    this.#missing[producer] = (this.#missing[producer] as number) + number - next
    this.#next[producer] = number + 1
    this.seen++
  }

  /** Of each producer: how many notes it has sent as far as can be seen. */
  get next(): readonly number[] {
    return this.#next
  }
}
