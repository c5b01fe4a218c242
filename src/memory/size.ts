import { RingbufError } from '../abi/error.js'
import { RING_MAX_BYTES, RING_MIN_BYTES } from '../abi/region.js'

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
}

/** Bytes as people write them: `4096`, `'4096'`, `'64 KiB'`, `'16MiB'`. */
export type Size = number | string

/**
 * The size of a ring in bytes, checked by the kernel's rule: a power of two and whole pages (R9).
 *
 * @throws RingbufError ERR_RING_SIZE with the value, the rule and the nearest sizes that would do.
 */
export function parseRingSize(size: Size): number {
  const bytes = parseBytes(size)
  if (bytes === null) {
    throw new RingbufError(
      'ERR_RING_SIZE',
      `ring size ${describe(size)} is not a size: give bytes, or a number with B, KiB, MiB or GiB, like '16 MiB'`,
      { value: String(size) },
    )
  }
  if (Number.isInteger(Math.log2(bytes)) && bytes >= RING_MIN_BYTES && bytes <= RING_MAX_BYTES) return bytes
  throw new RingbufError(
    'ERR_RING_SIZE',
    `ring size ${describe(size)}${typeof size === 'string' ? ` (${bytes} bytes)` : ''} must be a power of two, ` +
      `at least one page of ${RING_MIN_BYTES} bytes and at most ${RING_MAX_BYTES}: ${nearest(bytes)}`,
    { value: bytes, minimum: RING_MIN_BYTES, maximum: RING_MAX_BYTES },
  )
}

/** A number of bytes in the unit that shows it shortest: `64 KiB`, `1 MiB`, `100 B`. */
export function formatBytes(bytes: number): string {
  for (const [unit, factor] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes >= factor) {
      const value = bytes / factor
      return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`
    }
  }
  return `${bytes} B`
}

/** Bytes, as a number or with a unit; null if it is neither. */
export function parseBytes(size: Size): number | null {
  if (typeof size === 'number') return Number.isFinite(size) ? size : null
  if (typeof size !== 'string') return null
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(size)
  const factor = match && UNITS[(match[2] as string).toUpperCase()]
  return factor ? Number(match[1]) * factor : null
}

function nearest(bytes: number): string {
  if (bytes <= RING_MIN_BYTES) return `the nearest is ${RING_MIN_BYTES}`
  if (bytes >= RING_MAX_BYTES) return `the nearest is ${RING_MAX_BYTES} (${formatBytes(RING_MAX_BYTES)})`
  const below = 2 ** Math.floor(Math.log2(bytes))
  return `the nearest are ${below} (${formatBytes(below)}) and ${below * 2} (${formatBytes(below * 2)})`
}

function describe(size: unknown): string {
  return typeof size === 'string' ? `'${size}'` : String(size)
}
