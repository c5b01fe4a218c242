import { createHash } from 'node:crypto'
import { type BytePath, toBytes } from './byte-path.js'

/**
 * One record: one file that was hashed.
 *
 *        +----------------------------------------+
 *    +0  | sequence of the worker, from 0         |  u32, counts what it submitted: no gaps
 *    +4  | worker, from 0                         |  u32
 *    +8  | bytes hashed                           |  f64, exact up to 2^53
 *   +16  | SHA-256 of the content                 |  32 bytes
 *   +48  | path below the root, in the file       |  to the end of the record
 *        | system's bytes: UTF-8 nearly always    |
 *        +----------------------------------------+
 */
export const SEQUENCE_OFFSET = 0
export const WORKER_OFFSET = 4
export const BYTES_OFFSET = 8
export const DIGEST_OFFSET = 16
export const PATH_OFFSET = 48

/**
 * Longest path that a record carries as it is: what the smallest ring, of one page, has room for. One
 * limit for all sizes, so that a file's record is the same in every ring.
 */
export const LONGEST_PATH_BYTES = 4096 - 16 - PATH_OFFSET

const STAND_IN_MARK = '...sha256:'
const STAND_IN_BYTES = STAND_IN_MARK.length + 64

/**
 * The path as a record carries it. One that is too long keeps its beginning, and ends in its own SHA-256,
 * so that it still differs from all others.
 */
export function pathField(path: BytePath): Buffer {
  const bytes = toBytes(path)
  if (bytes.length <= LONGEST_PATH_BYTES) return bytes
  const start = bytes.subarray(0, endOfCharacter(bytes, LONGEST_PATH_BYTES - STAND_IN_BYTES))
  const hash = createHash('sha256').update(bytes).digest('hex')
  return Buffer.concat([start, Buffer.from(STAND_IN_MARK + hash)])
}

/** The last place, up to `limit`, that does not cut a character of UTF-8. */
function endOfCharacter(bytes: Buffer, limit: number): number {
  let end = limit
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--
  return end
}
