import { RingbufError } from '../abi/error.js'

/**
 * How much one visit to a ring takes at most. A visit ends at the first limit that is reached; whatever
 * the limits, it takes one record if one is ready, unless `max` is 0.
 */
export interface Budget {
  /** Records. Default: those that were reserved when the visit began, so that it always ends. */
  readonly max?: number
  /** Bytes of payload: it stops before the record that would exceed them. */
  readonly maxBytes?: number
  /** Milliseconds: looked at after each record. */
  readonly maxMs?: number
}

/** @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkBudget({ max, maxBytes, maxMs }: Budget): void {
  if (max !== undefined && !(max >= 0 && (Number.isInteger(max) || max === Number.POSITIVE_INFINITY))) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `max ${max} must be a whole number from 0, or Infinity`, {
      value: max,
    })
  }
  checkLimit('maxBytes', maxBytes)
  checkLimit('maxMs', maxMs)
}

function checkLimit(name: string, value: number | undefined): void {
  if (value === undefined || value >= 0) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${name} ${value} must be 0 or more`, { value })
}
