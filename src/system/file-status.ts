/** What an open file is, by statx(2). */
import { S_IFMT, S_IFREG } from './constants.js'
import { failure } from './failure.js'
import type { FileStatus, System } from './system.js'

/** @throws RingbufError ERR_SYSTEM: EBADF */
export function mustStatus(system: System, fd: number, what: string): FileStatus {
  const status = system.status(fd)
  if (typeof status !== 'number') return status
  throw failure(status, 'statx', what, { EBADF: 'this process has no such descriptor' })
}

/** Which file it is: of all that are there now, no other has the same. */
export function identityOf({ device, inode }: FileStatus): string {
  return `${device}:${inode}`
}

/** Whether it is a file with bytes in it, and no directory, pipe or device. */
export function isRegular({ mode }: FileStatus): boolean {
  return (mode & S_IFMT) === S_IFREG
}
