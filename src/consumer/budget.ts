import { checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'

/**
 * How much one visit to a ring takes at most. A visit ends at the first limit that is reached; whatever
 * the limits, it takes one record if one is ready, unless `max` is 0.
 */
export interface Budget {
  /**
   * Records. Whatever the number, a visit ends with what was reserved when it began, so that it always
   * ends; but for Infinity.
   */
  readonly max?: number
  /** Bytes of payload: it stops before the record that would exceed them. */
  readonly maxBytes?: number
  /** Milliseconds: looked at after each record. */
  readonly maxMs?: number
}

/** @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkBudget(budget: Budget): void {
  checkOptions('options', budget)
  const { max, maxBytes, maxMs } = budget
  if (max !== undefined && max !== Number.POSITIVE_INFINITY && !(Number.isInteger(max) && max >= 0)) {
    const value = String(max)
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `max ${value} must be a whole number from 0, or Infinity`,
      {
        value,
      },
    )
  }
  checkLimit('maxBytes', maxBytes)
  checkLimit('maxMs', maxMs)
}

function checkLimit(name: string, value: number | undefined): void {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${name} ${String(value)} must be 0 or more`, {
    value: String(value),
  })
}

/** The limits of a visit that are looked at after each record. */
export class Limits {
  reached = false
  readonly #maxBytes: number
  readonly #deadline: number
  #bytes = 0
  #records = 0

  constructor(maxBytes: number, maxMs: number) {
    this.#maxBytes = maxBytes
    this.#deadline = maxMs === Number.POSITIVE_INFINITY ? maxMs : performance.now() + maxMs
  }

  /** Whether its time is over. */
  isLate(): boolean {
    this.reached = this.#deadline !== Number.POSITIVE_INFINITY && performance.now() >= this.#deadline
    return this.reached
  }

  /** Whether one more record of this length may be taken. The first always may. */
  allow(length: number): boolean {
    this.#bytes += length
    if (this.#records++ === 0) return true
    this.reached = this.isLate() || this.#bytes > this.#maxBytes
    return !this.reached
  }
}

/** Undefined: none but `max`. */
export function limitsOf({ maxBytes, maxMs }: Budget): Limits | undefined {
  if (maxBytes === undefined && maxMs === undefined) return undefined
  return new Limits(maxBytes ?? Number.POSITIVE_INFINITY, maxMs ?? Number.POSITIVE_INFINITY)
}
