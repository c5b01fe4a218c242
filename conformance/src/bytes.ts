/**
 * Bytes as cases write them:
 *
 *   "text"      text, in UTF-8
 *   0x0badf00d  hex digits
 *   1000~3      1000 bytes of the pattern that begins with 3, and goes up by 7
 *   1000        1000 bytes: where they are written, of the pattern that begins with 0; where they are expected, any
 */
export interface Bytes {
  readonly length: number
  /** Undefined: any. */
  readonly hex: string | undefined
}

const PATTERN_STEP = 7

export function parseBytes(word: string): Bytes | undefined {
  const [, text] = /^"(.*)"$/.exec(word) ?? []
  if (text !== undefined) return known(Buffer.from(text))
  const [, digits] = /^0x((?:[0-9a-f]{2})+)$/.exec(word) ?? []
  if (digits !== undefined) return known(Buffer.from(digits, 'hex'))
  const [, length, seed] = /^(\d+)(?:~(\d+))?$/.exec(word) ?? []
  if (length === undefined) return undefined
  if (seed === undefined) return { length: Number(length), hex: undefined }
  return known(pattern(Number(length), Number(seed)))
}

/** Hex digits as the protocol has them; a dash where there are none. */
export function written({ length, hex }: Bytes): string {
  return (hex ?? pattern(length, 0).toString('hex')) || '-'
}

/** Whether these are the bytes that the protocol writes so. */
export function equals({ length, hex }: Bytes, digits: string): boolean {
  const given = digits === '-' ? '' : digits
  return hex === undefined ? given.length === 2 * length : given === hex
}

/** As a case writes exactly these. */
export function exactly(digits: string): string {
  if (digits === '-') return '""'
  const bytes = Buffer.from(digits, 'hex')
  const first = bytes[0] as number
  return pattern(bytes.length, first).equals(bytes) ? `${bytes.length}~${first}` : `0x${digits}`
}

/** For people: text where it is text, and not more than one can read. */
export function shown(digits: string): string {
  if (digits === '-') return '""'
  const bytes = Buffer.from(digits, 'hex')
  const text = bytes.toString('latin1')
  if (/^[ -~]+$/.test(text) && text.length <= MOST_SHOWN) return `"${text}"`
  if (bytes.length <= MOST_SHOWN) return `0x${digits}`
  return `${bytes.length} bytes 0x${digits.slice(0, 2 * 8)}...`
}

const MOST_SHOWN = 32

function known(bytes: Buffer): Bytes {
  return { length: bytes.length, hex: bytes.toString('hex') }
}

function pattern(length: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => seed + i * PATTERN_STEP))
}
