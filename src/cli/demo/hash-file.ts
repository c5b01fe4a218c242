import { createHash } from 'node:crypto'
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { systemReason } from '../system-error.js'
import { type BytePath, toBytes } from './byte-path.js'

/** The content of a file, or why there is none to speak of. */
export type HashedFile =
  | { readonly ok: true; readonly digest: Buffer; readonly bytes: number }
  | { readonly ok: false; readonly reason: string }

/** The reason when it is not the file's fault. */
export const INTERRUPTED = 'interrupted'

/** Private memory: a hash must never read what another thread may write. */
const chunk = Buffer.allocUnsafeSlow(256 * 1024)

/** Not through a link that took the file's place, and without waiting for the other end of a pipe that did. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Hashes a file of any size, a chunk at a time. A file that changes meanwhile has no content to speak of,
 * and counts as unreadable; so does one whose size is not its length, as in /proc: some of those never end.
 *
 * @param stopped is asked between chunks; when it says yes, the reason is INTERRUPTED.
 */
export function hashFile(path: BytePath, stopped: () => boolean): HashedFile {
  try {
    const file = openSync(toBytes(path), OPEN_FLAGS)
    try {
      return hashOpenFile(file, stopped)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    return { ok: false, reason: systemReason(error) }
  }
}

function hashOpenFile(file: number, stopped: () => boolean): HashedFile {
  const before = fstatSync(file, { bigint: true })
  if (!before.isFile()) return { ok: false, reason: 'is no regular file any more' }
  const size = Number(before.size)
  const hash = createHash('sha256')
  let bytes = 0
  while (bytes <= size) {
    const length = readSync(file, chunk, 0, chunk.length, null)
    if (length === 0) break
    hash.update(chunk.subarray(0, length))
    bytes += length
    if (stopped()) return { ok: false, reason: INTERRUPTED }
  }
  if (bytes !== size) return { ok: false, reason: `its size is ${size}, but ${bytes} bytes were read` }
  if (!sameContent(before, fstatSync(file, { bigint: true }))) {
    return { ok: false, reason: 'changed while it was read' }
  }
  return { ok: true, digest: hash.digest(), bytes }
}

function sameContent(before: BigIntStats, after: BigIntStats): boolean {
  return before.size === after.size && before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs
}
