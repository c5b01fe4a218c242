import type { Capability } from '../capabilities.js'
import { LOOKS, type RingDraw, type Step } from './steps.js'

/** Records that are held at once, at most. */
const HANDLES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

interface Held {
  readonly handle: string
  readonly position: number
}

/** Writes random steps down as lines of a case, as far as they make sense by what the judge has answered. */
export class Scribe {
  readonly #has: ReadonlySet<Capability>
  readonly #held: Held[] = []
  #overwrites = false

  /** @param has what both have, judge and judged */
  constructor(has: ReadonlySet<Capability>) {
    this.#has = has
  }

  create({ size, overwrites, start }: RingDraw): string {
    this.#overwrites = overwrites && this.#has.has('overwrite')
    const words = [
      `create ${size}`,
      this.#overwrites && 'overwrite',
      this.#has.has('start') && `from ${start}`,
    ]
    return words.filter(Boolean).join(' ')
  }

  /** The operation, or undefined: there is nothing that it could be done to. */
  operation(step: Step): string | undefined {
    switch (step.kind) {
      case 'reserve': {
        const handle = this.#freeHandle()
        return handle && `reserve ${handle} ${step.size} flags ${step.flags}`
      }
      case 'commit': {
        const [one] = this.#held.splice(step.which % Math.max(1, this.#held.length), 1)
        return one && `${step.discard ? 'discard' : 'submit'} ${one.handle} flags ${step.flags}`
      }
      case 'output':
        return `output ${step.size}~${step.seed} flags ${step.flags}`
      case 'consume':
        // All, where producers overwrite: a consumer may copy ahead, and show what has been overwritten since.
        return `consume ${this.#overwrites ? 0 : step.most}`
      case 'look': {
        const need = LOOKS[step.at]
        return need === undefined || this.#has.has(need) ? step.at : undefined
      }
      case 'header': {
        const one = this.#held[step.which % Math.max(1, this.#held.length)]
        return one && this.#has.has('headers') ? `header ${one.position}` : undefined
      }
    }
  }

  /**
   * A record was reserved, at this position: what follows writes all of its payload, since what stood there before is
   * not the same in all rings.
   */
  reserved(step: Extract<Step, { kind: 'reserve' }>, position: number): string {
    const handle = this.#freeHandle() as string
    this.#held.push({ handle, position })
    return `write ${handle} ${step.size}~${step.seed}`
  }

  #freeHandle(): string | undefined {
    return HANDLES.find((handle) => !this.#held.some((one) => one.handle === handle))
  }
}
