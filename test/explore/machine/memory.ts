/**
 * Shared memory as the explorer keeps it: only the words that some thread has touched, and what to undo.
 * Values are signed words, as the algorithm keeps them.
 */
export class Memory {
  /** Where each word that was touched stands in the other arrays. */
  readonly #slots = new Map<number, number>()
  readonly addresses: number[] = []
  readonly #values: number[] = []
  readonly #initial: ReadonlyMap<number, number>
  /** A small number for every value that ever occurs, so that a state is a short text. */
  readonly #names = new Map<number, number>()
  /** The values by these names, of words that were ever changed; the others are what they were. */
  readonly named: number[] = []
  /** Where in there, by slot. */
  readonly #places: number[] = []
  /** Slot and old value, in pairs. */
  readonly #undo: number[] = []

  constructor(initial: ReadonlyMap<number, number>) {
    this.#initial = initial
  }

  slot(address: number): number {
    const word = (address >>> 0) & ~3
    let slot = this.#slots.get(word)
    if (slot === undefined) {
      slot = this.addresses.length
      this.#slots.set(word, slot)
      this.addresses.push(word)
      this.#values.push(this.initial(word))
    }
    return slot
  }

  initial(address: number): number {
    return this.#initial.get((address >>> 0) & ~3) ?? 0
  }

  read(slot: number): number {
    return this.#values[slot] as number
  }

  write(slot: number, value: number): void {
    const word = value | 0
    const old = this.#values[slot] as number
    if (old === word) return
    this.#undo.push(slot, old)
    this.#set(slot, word)
  }

  /** A point to come back to. */
  mark(): number {
    return this.#undo.length
  }

  rewind(mark: number): void {
    while (this.#undo.length > mark) {
      const old = this.#undo.pop() as number
      this.#set(this.#undo.pop() as number, old)
    }
  }

  #set(slot: number, value: number): void {
    this.#values[slot] = value
    const place = this.#places[slot] ?? this.named.length
    this.#places[slot] = place
    this.named[place] = this.name(value)
  }

  /** A small number that stands for this value, and for no other. */
  name(value: number): number {
    const word = value | 0
    let name = this.#names.get(word)
    if (name === undefined) {
      name = this.#names.size
      if (name > 0xffff) throw new RangeError('more different values than a state can name')
      this.#names.set(word, name)
    }
    return name
  }
}
