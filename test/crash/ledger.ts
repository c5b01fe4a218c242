/**
 * What producers say of themselves, outside of the ring: each life writes into words of its own how far it came.
 * They are in a file that all map, so what a process has stored stays when it is killed.
 *
 *   life 0          life 1
 *   +-------+------+-------+------+---
 *   | begun | sent | begun | sent |          u32 each, a number of that life, plus 1; 0: none
 *   +-------+------+-------+------+---
 */
import { SharedWords } from '../mapped/support/shared-words.js'

const BEGUN = 0
const SENT = 1
const WORDS_PER_LIFE = 2

export class Ledger {
  readonly #shared: SharedWords
  readonly #words: Int32Array

  private constructor(shared: SharedWords) {
    this.#shared = shared
    this.#words = shared.words
  }

  /** A new one, for so many lives. */
  static create(name: string, lives: number): Ledger {
    return new Ledger(SharedWords.create(name, WORDS_PER_LIFE * lives))
  }

  static open(name: string): Ledger {
    return new Ledger(SharedWords.open(name))
  }

  /** Before a record is handed to the ring. */
  begin(life: number, number: number): void {
    Atomics.store(this.#words, WORDS_PER_LIFE * life + BEGUN, number + 1)
  }

  /** After the ring has answered that it took it. */
  sent(life: number, number: number): void {
    Atomics.store(this.#words, WORDS_PER_LIFE * life + SENT, number + 1)
  }

  /** The last number that a life was about to send, -1 for none, and the last of which it knows that it was sent. */
  of(life: number): { readonly begun: number; readonly sent: number } {
    const at = (word: number) => Atomics.load(this.#words, WORDS_PER_LIFE * life + word) - 1
    return { begun: at(BEGUN), sent: at(SENT) }
  }

  /** Takes it away. */
  unlink(): void {
    this.#shared.unlink()
  }
}
