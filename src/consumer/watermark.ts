import { RingbufError } from '../abi/error.js'

/**
 * Wakes a waiting consumer for many records instead of one: when `bytes` bytes of the ring are in use,
 * headers and busy records included, or when `records` records are committed, whichever comes first; and
 * `maxDelayMs` after the first at the latest. It may come earlier, when several producers commit at once; of a ring of
 * the kernel, whose programs know of no watermark, a millisecond later.
 */
export interface Watermark {
  /** Default: half of the ring, so that one which fills up is not slept through. */
  readonly bytes?: number
  readonly records?: number
  /** Default: 10. */
  readonly maxDelayMs?: number
}

/** What never comes: no ring holds so many records. */
const NEVER_RECORDS = 0x7fff_ffff
const DEFAULT_DELAY_MS = 10
/** Infinity would be no moment to compare with: 35 years are as good. */
const LONGEST_MS = 2 ** 40

/** A watermark, filled in. @throws RingbufError ERR_INVALID_ARGUMENT */
export function parseWatermark(watermark: Watermark, ringBytes: number): Required<Watermark> {
  const { bytes, records, maxDelayMs = DEFAULT_DELAY_MS } = watermark
  if (bytes === undefined && records === undefined) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', 'a watermark needs bytes, or records, or both')
  }
  if (bytes !== undefined) check('bytes', bytes, ringBytes - 8)
  if (records !== undefined) check('records', records, ringBytes / 8 - 1)
  if (typeof maxDelayMs !== 'number' || !(maxDelayMs >= 0)) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `maxDelayMs ${String(maxDelayMs)} must be 0 or more`, {
      value: String(maxDelayMs),
    })
  }
  return {
    bytes: bytes ?? ringBytes / 2,
    records: records ?? NEVER_RECORDS,
    maxDelayMs: Math.min(maxDelayMs, LONGEST_MS),
  }
}

/** A ring is never so full that more would be reached. */
function check(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return
  throw new RingbufError(
    'ERR_INVALID_ARGUMENT',
    `watermark of ${String(value)} ${name} must be a whole number from 1 to ${most}`,
    { value: String(value), limit: most },
  )
}
