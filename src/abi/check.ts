import { RingbufError } from './error.js'

/** Arguments that TypeScript would refuse, from callers who do without it. */

/** @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value === 'function') return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${name} ${String(value)} must be a function`, {
    value: String(value),
  })
}

/** @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkOptions(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${name} ${String(value)} must be an object`, {
    value: String(value),
  })
}

/**
 * Whether it can be taken for bytes: an array of bytes of any realm. By its class alone it could not be told: in the
 * sandbox of a test runner a Buffer is no Uint8Array. The class is asked first since that takes no time.
 */
export function isBytes(value: unknown): value is Uint8Array {
  if (value instanceof Uint8Array) return true
  return ArrayBuffer.isView(value) && (value as Uint8Array).BYTES_PER_ELEMENT === 1
}

/** @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkBytes(name: string, value: unknown): void {
  if (isBytes(value)) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${name} ${String(value)} must be a Uint8Array`, {
    value: String(value),
  })
}

/** @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkString(name: string, value: unknown): void {
  if (typeof value === 'string') return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${name} ${String(value)} must be a string`, {
    value: String(value),
  })
}

/** @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkArray(name: string, value: unknown): void {
  if (Array.isArray(value)) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${name} ${String(value)} must be an array`, {
    value: String(value),
  })
}

/** Infinity is one. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkNumber(name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${name} ${String(value)} must be a number from 0`, {
    value: String(value),
  })
}

/** @throws RingbufError ERR_INVALID_ARGUMENT unless an option is one of its choices */
export function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return
  throw new RingbufError(
    'ERR_INVALID_ARGUMENT',
    `${name} '${String(value)}' must be one of ${choices.join(', ')}`,
    {
      value: String(value),
    },
  )
}

const WORD_MOST = 0xffff_ffff

/** A field of 32 bits without a sign. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkWord(what: string, value: unknown, least = 0): void {
  if (isWhole(value, least, WORD_MOST)) return
  throw new RingbufError(
    'ERR_INVALID_ARGUMENT',
    `${what} ${String(value)} must be a whole number ${least === 0 ? '' : `from ${least}, `}below 2^32`,
    { value: String(value), limit: WORD_MOST },
  )
}

export function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}
