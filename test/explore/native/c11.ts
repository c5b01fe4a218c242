import { Touch } from '../actors/touch.js'
import type { Ordering } from '../machine/memory-model.js'
import type { Steps } from '../machine/step.js'

/** An access of a C program that orders something, by what it is called there. */
export interface Place {
  readonly name: string
  readonly kind: 'load' | 'store' | 'exchange' | 'compare-and-swap' | 'fence'
  readonly ordering: Ordering
}

/** What is wrong with one of them: it orders less, or is left out; or it is a store only, not atomic with a read. */
export type Weakening = { readonly name: string; readonly to: Ordering | 'left out' | 'store' }

/** Atomic accesses as C11 has them, each with a name and an order; one of them may be weaker than it should be. */
export class C11 {
  readonly plain: Touch
  readonly #touch: Touch
  readonly #weakening: Weakening | undefined
  readonly places = new Map<string, Place>()

  constructor(program: string, weakening?: Weakening) {
    this.plain = new Touch(program)
    this.#touch = this.plain
    this.#weakening = weakening
  }

  load(name: string, address: number, ordering: Ordering): Steps<number> {
    return this.#touch.atomicLoad(address, this.#order({ name, kind: 'load', ordering }))
  }

  store(name: string, address: number, value: number, ordering: Ordering): Steps<number> {
    return this.#touch.atomicStore(address, value, this.#order({ name, kind: 'store', ordering }))
  }

  /** Where it is only a store, nobody may need what was there before. */
  exchange(name: string, address: number, value: number, ordering: Ordering): Steps<number> {
    const order = this.#order({ name, kind: 'exchange', ordering })
    const isStore = this.#weakening?.name === name && this.#weakening.to === 'store'
    return isStore
      ? this.#touch.atomicStore(address, value, 'release')
      : this.#touch.exchange(address, value, order)
  }

  compareExchange(name: string, at: number, from: number, to: number, ordering: Ordering): Steps<number> {
    return this.#touch.compareExchange(
      at,
      from,
      to,
      this.#order({ name, kind: 'compare-and-swap', ordering }),
    )
  }

  *fence(name: string): Steps<void> {
    this.#order({ name, kind: 'fence', ordering: 'seq_cst' })
    if (this.#weakening?.name !== name) yield* this.#touch.fence()
  }

  #order(place: Place): Ordering {
    this.places.set(place.name, place)
    const { name, to } = this.#weakening ?? {}
    return name === place.name && to !== 'left out' && to !== 'store' && to !== undefined
      ? to
      : place.ordering
  }
}
