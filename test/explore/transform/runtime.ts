import { isOperation, type Operation, type Site, type Step, type Steps } from '../machine/step.js'
import { type Counting, isStatistic } from './statistics.js'

/** What transformed modules see as `$`: it makes steps of their accesses to shared memory. */
export class Runtime {
  readonly #sites: readonly Site[]
  /** `ringBell` of src/memory/bells.ts. A producer knows its board from its view. */
  ringBell: ((board: unknown, place: number) => Steps<void>) | undefined

  constructor(sites: readonly Site[]) {
    this.#sites = sites
  }

  /** An access by a function of words.ts. */
  *words(
    site: number,
    label: string | undefined,
    name: string,
    view: Counting & { readonly board?: unknown },
    address: number,
    ...operands: number[]
  ): Steps<number> {
    if (name === 'ringBell' && this.ringBell) {
      yield* this.within(label, this.ringBell(view.board, address))
      return 0
    }
    if (!isOperation(name)) throw new Error(`words.ts has an access that the explorer does not know: ${name}`)
    if (isStatistic(address >>> 0, view)) return 0
    if (name !== 'fill') return yield this.#step(site, label, name, address, operands)
    const [byte = 0, bytes = 0] = operands
    for (let at = 0; at < bytes; at += 4) {
      yield this.#step(site, label, name, address + at, [Math.imul(byte, 0x0101_0101)])
    }
    return 0
  }

  /** An access by `Atomics`. Its words stand for memory that begins at `base`. */
  *atomics(
    site: number,
    label: string | undefined,
    name: string,
    words: { readonly base?: number },
    index: number,
    ...operands: number[]
  ): Steps<number> {
    if (!isOperation(name)) throw new Error(`the explorer does not know Atomics.${name}`)
    return yield this.#step(site, label, name, (words.base ?? 0) + index * 4, operands)
  }

  /** What is called from a labelled place, and has no labels of its own, is called by that label. */
  *within<T>(label: string | undefined, steps: Steps<T>): Steps<T> {
    for (let result = steps.next(); ; ) {
      if (result.done) return result.value
      const step = result.value
      step.label ??= label
      result = steps.next(yield step)
    }
  }

  #step(
    site: number,
    label: string | undefined,
    operation: Operation,
    address: number,
    operands: readonly number[],
  ): Step {
    return { operation, address: address >>> 0, operands, site: this.#sites[site] as Site, label }
  }
}
