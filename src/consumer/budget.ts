import { checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { nowMs } from '../memory/clock.js'

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
  /** Milliseconds: looked at after each record, or, while records take microseconds, after every 16th. */
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

/** Where so little time passes between two looks at the clock, the next is so many records later. */
const QUICK_MS = 0.05
const QUICK_RECORDS = 15

/** The limits of a visit that are looked at after each record. */
export class Limits {
  reached = false
  readonly #maxBytes: number
  readonly #deadline: number
  #bytes = 0
  #records = 0
  /** When the clock was looked at last, and how many records may go by before the next look. */
  #looked: number
  #unseen = 0

  constructor(maxBytes: number, maxMs: number) {
    this.#maxBytes = maxBytes
    this.#looked = nowMs()
    this.#deadline = this.#looked + maxMs
  }

  /** Whether its time is over. */
  isLate(): boolean {
    if (this.#deadline === Number.POSITIVE_INFINITY) return false
    const now = nowMs()
    this.#unseen = now - this.#looked < QUICK_MS ? QUICK_RECORDS : 0
    this.#looked = now
    this.reached = now >= this.#deadline
    return this.reached
  }

  /** Whether one more record of this length may be taken. The first always may. */
  allow(length: number): boolean {
    this.#bytes += length
    if (this.#records++ === 0) return true
    const late = this.#unseen-- <= 0 && this.isLate()
    this.reached = late || this.#bytes > this.#maxBytes
    return !this.reached
  }
}

/** Undefined: none but `max`. */
export function limitsOf({ maxBytes, maxMs }: Budget): Limits | undefined {
  if (maxBytes === undefined && maxMs === undefined) return undefined
  return new Limits(maxBytes ?? Number.POSITIVE_INFINITY, maxMs ?? Number.POSITIVE_INFINITY)
}
