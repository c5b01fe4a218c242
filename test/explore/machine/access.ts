import { OPERATIONS, type Step } from './step.js'

/**
 * Which words more than one thread uses, at least one of them writing. Only their order between threads
 * can matter: all other steps are done at once, together with the step before them.
 *
 * Nobody has to say which words these are. A search begins with none; when it comes upon one, it begins
 * again knowing it. A search that came upon none has done every interleaving that can be told apart:
 * the first step that made a word shared would have been found from where it stands.
 */
export class SharedWords {
  readonly #shared: boolean[] = []
  /** A bit for each thread. */
  readonly #users: number[] = []
  readonly #writers: number[] = []
  /** Whether a word was found to be shared since this was last set to false. */
  grown = false

  /** How many words are known to be shared. */
  get size(): number {
    return this.#shared.filter(Boolean).length
  }

  has(slot: number): boolean {
    return this.#shared[slot] === true
  }

  note(slot: number, thread: number, step: Step): void {
    if (this.#shared[slot]) return
    const users = (this.#users[slot] ?? 0) | (1 << thread)
    const writes = OPERATIONS[step.operation].writes
    const writers = (this.#writers[slot] ?? 0) | (writes ? 1 << thread : 0)
    this.#users[slot] = users
    this.#writers[slot] = writers
    if (writers !== 0 && (users & (users - 1)) !== 0) this.share(slot)
  }

  /** From now on this word's steps are seen one by one. */
  share(slot: number): void {
    this.#shared[slot] = true
    this.grown = true
  }
}
