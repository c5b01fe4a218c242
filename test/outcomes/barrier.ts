/** So often it looks before it sleeps: on a quiet machine the others are there by then. */
const LOOKS = 3000
const NAP_MS = 0.05

/** As it was before it was forbidden where nobody may block: no barrier is part of what is tried there. */
const { wait } = Atomics

/** Where threads, or processes, wait for each other. */
export class Barrier {
  readonly #words: Int32Array
  readonly #parties: number
  readonly #nap = new Int32Array(new SharedArrayBuffer(4))
  #passed = 0

  /** At the first of the words it counts who has come. */
  constructor(words: Int32Array, parties: number) {
    this.#words = words
    this.#parties = parties
  }

  pass(): void {
    this.#passed = (this.#passed + this.#parties) | 0
    Atomics.add(this.#words, 0, 1)
    for (let looks = 0; ((Atomics.load(this.#words, 0) - this.#passed) | 0) < 0; looks++) {
      if (looks > LOOKS) this.#sleep()
    }
  }

  #sleep(): void {
    try {
      wait(this.#nap, 0, 0, NAP_MS)
    } catch {
      // The page of a browser goes on looking.
    }
  }
}
