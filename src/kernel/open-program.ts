import { EINVAL } from '../abi/errno.js'
import { RingbufError } from '../abi/error.js'
import { F_DUPFD_CLOEXEC } from '../system/constants.js'
import { Descriptor } from '../system/descriptor.js'
import { loadSystem } from '../system/load-system.js'
import type { System } from '../system/system.js'
import { Attributes, bpf, tryBpf } from './bpf.js'
import { checkDescriptor, checkPath, checkWord } from './check-argument.js'
import { PIN_HINTS } from './map.js'
import { KernelProgram } from './program.js'

/** Opens a program by its id. @throws RingbufError ERR_SYSTEM: ENOENT; EPERM without CAP_SYS_ADMIN */
export function openProgramById(id: number): KernelProgram {
  checkWord('id', id, 1)
  const system = loadSystem()
  const what = `program ${id}`
  const attributes = new Attributes(system, 12).u32(0, id)
  const fd = bpf(system, 'BPF_PROG_GET_FD_BY_ID', attributes, what, {
    ENOENT: 'there is no such program',
    EPERM: 'needs CAP_SYS_ADMIN',
  })
  return new KernelProgram(system, new Descriptor(system, fd, what))
}

/** Opens a program that is pinned. @throws RingbufError ERR_SYSTEM; ERR_INVALID_ARGUMENT if it is no program */
export function openPinnedProgram(path: string): KernelProgram {
  checkPath('path', path)
  const system = loadSystem()
  const what = `program at '${path}'`
  const fd = bpf(system, 'BPF_OBJ_GET', new Attributes(system, 16).path(0, path), what, PIN_HINTS)
  return checked(system, new Descriptor(system, fd, what))
}

/** Opens a program by a descriptor of this process, which stays open, and its owner's. */
export function openProgramByFd(fd: number): KernelProgram {
  checkDescriptor('descriptor', fd)
  const system = loadSystem()
  const what = `program in descriptor ${fd}`
  const file = Descriptor.own(system, system.fcntl(fd, F_DUPFD_CLOEXEC, 0), 'fcntl(F_DUPFD_CLOEXEC)', what)
  return checked(system, file)
}

/**
 * Maps and files have descriptors too. A program is asked to use a map that there is not: it is refused for the
 * map (EBADF), and what is no program for itself (EINVAL).
 */
function checked(system: System, file: Descriptor): KernelProgram {
  const attributes = new Attributes(system, 16).u32(0, file.fd)
  const answer = tryBpf(system, 'BPF_PROG_BIND_MAP', attributes.u32(4, NO_DESCRIPTOR).u32(8, 0))
  if (answer !== -EINVAL) return new KernelProgram(system, file)
  file.close()
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${file.what} is no program`, { value: file.what })
}

const NO_DESCRIPTOR = 0x7fff_ffff
