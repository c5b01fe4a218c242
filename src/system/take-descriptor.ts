/** Descriptors of what others have open, in this process or another: each is one more, and they keep theirs. */
import { F_DUPFD_CLOEXEC } from './constants.js'
import { Descriptor } from './descriptor.js'
import type { System } from './system.js'

/** Another descriptor of what this process has open: inherited, or passed. @throws RingbufError ERR_SYSTEM: EBADF */
export function duplicate(system: System, fd: number, what: string): Descriptor {
  return Descriptor.own(system, system.fcntl(fd, F_DUPFD_CLOEXEC, 0), 'fcntl(F_DUPFD_CLOEXEC)', what, {
    EBADF: 'this process has no such descriptor',
  })
}

/**
 * A descriptor of what another process has open. It must be of the same user, and allow to be debugged.
 *
 * @throws RingbufError ERR_SYSTEM: ESRCH, EBADF, EPERM
 */
export function takeFrom(system: System, pid: number, fd: number, what: string): Descriptor {
  using process = Descriptor.own(system, system.pidfdOpen(pid), 'pidfd_open', what, {
    ESRCH: 'there is no such process',
  })
  return Descriptor.own(system, system.pidfdGetfd(process.fd, fd), 'pidfd_getfd', what, {
    EBADF: 'that process has no such descriptor',
    EPERM: 'the process must be yours, and debugging it must be allowed (kernel.yama.ptrace_scope)',
    ESRCH: 'the process has ended',
  })
}
