import type { Ordering } from '../machine/memory-model.js'
import type { Operation, Site, Steps } from '../machine/step.js'

/** What an actor does to memory by itself, outside of the algorithm, as the caller of the shipped code would. */
export class Touch {
  readonly #actor: string

  constructor(actor: string) {
    this.#actor = actor
  }

  /** A plain read, as of a payload. */
  load(address: number): Steps<number> {
    return this.#step('load', address)
  }

  /** A plain write, as of a payload. */
  store(address: number, value: number): Steps<number> {
    return this.#step('store', address, [value])
  }

  atomicLoad(address: number, ordering?: Ordering): Steps<number> {
    return this.#step('atomicLoad', address, [], ordering)
  }

  atomicStore(address: number, value: number, ordering?: Ordering): Steps<number> {
    return this.#step('atomicStore', address, [value], ordering)
  }

  exchange(address: number, value: number, ordering?: Ordering): Steps<number> {
    return this.#step('exchange', address, [value], ordering)
  }

  compareExchange(address: number, expected: number, value: number, ordering?: Ordering): Steps<number> {
    return this.#step('compareExchange', address, [expected, value], ordering)
  }

  /** All that the thread has stored reaches memory before it goes on. */
  fence(): Steps<number> {
    return this.#step('fence', 0)
  }

  notify(address: number, count = 0xffff_ffff): Steps<number> {
    return this.#step('notify', address, [count])
  }

  /** Sleeps while the word has this value. With `impatient` it may also find that its time is over. */
  wait(address: number, value: number, impatient = false): Steps<number> {
    return this.#step('wait', address, [value | 0, impatient ? 1 : 0])
  }

  *#step(
    operation: Operation,
    address: number,
    operands: readonly number[] = [],
    ordering?: Ordering,
  ): Steps<number> {
    const site: Site = { module: 'test', function: this.#actor, operation, nth: 1, line: 0 }
    const step = { operation, address: address >>> 0, operands, site }
    return yield ordering ? { ...step, ordering } : step
  }
}
