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
    return this.#step('store', address, value)
  }

  atomicLoad(address: number): Steps<number> {
    return this.#step('atomicLoad', address)
  }

  atomicStore(address: number, value: number): Steps<number> {
    return this.#step('atomicStore', address, value)
  }

  compareExchange(address: number, expected: number, value: number): Steps<number> {
    return this.#step('compareExchange', address, expected, value)
  }

  notify(address: number, count = 0xffff_ffff): Steps<number> {
    return this.#step('notify', address, count)
  }

  /** Sleeps while the word has this value. With `impatient` it may also find that its time is over. */
  wait(address: number, value: number, impatient = false): Steps<number> {
    return this.#step('wait', address, value | 0, impatient ? 1 : 0)
  }

  *#step(operation: Operation, address: number, ...operands: number[]): Steps<number> {
    const site: Site = { module: 'test', function: this.#actor, operation, nth: 1, line: 0 }
    return yield { operation, address: address >>> 0, operands, site }
  }
}
