/** A relation between the events 0 to n - 1: which of them come before which others. */
export class Relation {
  readonly #size: number
  readonly #pairs: ReadonlySet<number>

  constructor(size: number, pairs: Iterable<number> = []) {
    this.#size = size
    this.#pairs = new Set(pairs)
  }

  static where(size: number, holds: (one: number, two: number) => boolean): Relation {
    const pairs: number[] = []
    for (let one = 0; one < size; one++)
      for (let two = 0; two < size; two++) if (holds(one, two)) pairs.push(one * size + two)
    return new Relation(size, pairs)
  }

  has(one: number, two: number): boolean {
    return this.#pairs.has(one * this.#size + two)
  }

  or(...others: readonly Relation[]): Relation {
    return new Relation(
      this.#size,
      [this, ...others].flatMap((relation) => [...relation.#pairs]),
    )
  }

  where(holds: (one: number, two: number) => boolean): Relation {
    return Relation.where(this.#size, (one, two) => this.has(one, two) && holds(one, two))
  }

  /** From one to another by this, and on from there by the next. */
  followedBy(next: Relation): Relation {
    const size = this.#size
    return Relation.where(size, (one, two) => {
      for (let between = 0; between < size; between++)
        if (this.has(one, between) && next.has(between, two)) return true
      return false
    })
  }

  /** Or no step at all. */
  maybe(): Relation {
    return this.or(Relation.where(this.#size, (one, two) => one === two))
  }

  /** Any number of steps, one at least. */
  closure(): Relation {
    let all: Relation = this
    for (let before = -1; before !== all.#pairs.size; ) {
      before = all.#pairs.size
      all = all.or(all.followedBy(all))
    }
    return all
  }

  get isIrreflexive(): boolean {
    return [...this.#pairs].every((pair) => Math.floor(pair / this.#size) !== pair % this.#size)
  }

  get isAcyclic(): boolean {
    return this.closure().isIrreflexive
  }
}
