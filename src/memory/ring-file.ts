/** Files that rings of several processes lie in: without a name (memfd), or under one, usually in /dev/shm. */

import { EEXIST, EINTR, EOPNOTSUPP } from '../abi/errno.js'
import { RingbufError } from '../abi/error.js'
import {
  F_ADD_SEALS,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  MFD_ALLOW_SEALING,
  MFD_CLOEXEC,
  O_CLOEXEC,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
} from '../system/constants.js'
import { Descriptor } from '../system/descriptor.js'
import { must } from '../system/failure.js'
import { identityOf, isRegular, mustStatus } from '../system/file-status.js'
import type { System } from '../system/system.js'
import { duplicate, takeFrom } from '../system/take-descriptor.js'

/** Where a name without a slash lies: memory, for as long as the machine runs. */
const SHARED_MEMORY_FOLDER = '/dev/shm'
/** Nobody but the user. */
const DEFAULT_MODE = 0o600

const HINTS = {
  ENOENT: 'there is no such file',
  EACCES: 'rings may be opened by their user only, unless they were made with a mode that allows others',
} as const

/** The path behind a name: `events` is `/dev/shm/events`. @throws RingbufError ERR_INVALID_ARGUMENT */
export function ringPath(name: string): string {
  const path = name.includes('/') ? name : `${SHARED_MEMORY_FOLDER}/${name}`
  if (name !== '' && !name.includes('\0') && !path.endsWith('/')) return path
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${JSON.stringify(name)} is no name of a file`, {
    value: name,
  })
}

/**
 * A file without a name, of this size for ever: it is sealed, so that nobody can cut what others have
 * mapped, which would end their processes.
 */
export function createNamelessFile(system: System, name: string, bytes: number): Descriptor {
  const what = `ring '${name}'`
  const flags = MFD_CLOEXEC | MFD_ALLOW_SEALING
  const file = Descriptor.own(system, system.memfdCreate(name, flags), 'memfd_create', what)
  try {
    must(system.ftruncate(file.fd, bytes), 'ftruncate', what)
    const seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL
    must(system.fcntl(file.fd, F_ADD_SEALS, seals), 'fcntl(F_ADD_SEALS)', what)
    return file
  } catch (error) {
    file.close()
    throw error
  }
}

/**
 * A file that has no name yet, in the folder where it is to have one: `publish` gives it the name when it is
 * complete, so nobody ever opens half a ring. Files with names cannot be sealed; their mode protects them.
 */
export function createFileFor(system: System, path: string, bytes: number, mode = DEFAULT_MODE): Descriptor {
  const folder = path.slice(0, path.lastIndexOf('/')) || '/'
  const what = `ring file '${path}'`
  const hints = { EOPNOTSUPP: 'this file system has no unnamed files (O_TMPFILE); /dev/shm has' }
  const file = Descriptor.own(system, system.temporaryFile(folder, mode), 'open(O_TMPFILE)', what, hints)
  try {
    // The mode of creation is cut by the umask; this is what was asked for.
    must(system.fchmod(file.fd, mode), 'fchmod', what)
    allocate(system, file, bytes)
    return file
  } catch (error) {
    file.close()
    throw error
  }
}

/**
 * Takes the room for all of it now: a page that is first touched when the file system is full ends the process
 * that touches it (SIGBUS).
 */
function allocate(system: System, file: Descriptor, bytes: number): void {
  let answer: number
  // It is undone by a signal.
  do answer = system.allocate(file.fd, bytes)
  while (answer === -EINTR)
  if (answer === -EOPNOTSUPP) answer = system.ftruncate(file.fd, bytes)
  must(answer, 'fallocate', file.what, {
    ENOSPC: `the file system has no room for ${bytes} bytes`,
  })
}

/** Gives the file its name. Answers false when another has it: of several creators one succeeds. */
export function publish(system: System, file: Descriptor, path: string): boolean {
  const answer = system.linkDescriptor(file.fd, path)
  if (answer === -EEXIST) return false
  must(answer, 'link', file.what, HINTS)
  return true
}

/** Opens a file by its name. */
export function openFile(system: System, path: string, isReadOnly: boolean): Descriptor {
  // A pipe would wait here for somebody who writes to it; it is refused for what it is, later.
  const flags = (isReadOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK
  return Descriptor.own(system, system.open(path, flags, 0), 'open', `ring file '${path}'`, HINTS)
}

/** Another descriptor of a file that this process has open. */
export function duplicateFile(system: System, fd: number): Descriptor {
  return duplicate(system, fd, `ring in descriptor ${fd}`)
}

/** A file that another process has open. */
export function openFileOf(system: System, pid: number, fd: number): Descriptor {
  return takeFrom(system, pid, fd, `ring in descriptor ${fd} of process ${pid}`)
}

/** Bytes of a file, and which file it is. @throws RingbufError ERR_NOT_A_RING if it is another kind of thing */
export function measureFile(system: System, file: Descriptor): { bytes: number; id: string } {
  const status = mustStatus(system, file.fd, file.what)
  if (isRegular(status)) return { bytes: status.sizeBytes, id: identityOf(status) }
  throw new RingbufError('ERR_NOT_A_RING', `${file.what}: this is no file that could hold a ring`)
}

/** Takes the name from a file. Who has it open goes on using it. */
export function unlinkFile(system: System, path: string): void {
  must(system.unlink(path), 'unlink', `ring file '${path}'`, HINTS)
}
