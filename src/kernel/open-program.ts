import { checkWord } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { Descriptor } from '../system/descriptor.js'
import { loadSystem } from '../system/load-system.js'
import type { System } from '../system/system.js'
import { duplicate } from '../system/take-descriptor.js'
import { Attributes, bpf } from './bpf.js'
import { checkDescriptor } from './check-argument.js'
import { openPin } from './pins.js'
import { KernelProgram } from './program.js'
import { isProgram } from './program-info.js'

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
  const system = loadSystem()
  return checked(system, openPin(system, path, `program at '${path}'`))
}

/** Opens a program by a descriptor of this process, which stays open, and its owner's. */
export function openProgramByFd(fd: number): KernelProgram {
  checkDescriptor('descriptor', fd)
  const system = loadSystem()
  return checked(system, duplicate(system, fd, `program in descriptor ${fd}`))
}

function checked(system: System, file: Descriptor): KernelProgram {
  if (isProgram(system, file.fd)) return new KernelProgram(system, file)
  file.close()
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${file.what} is no program`, { value: file.what })
}
