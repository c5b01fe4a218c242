/** Names in a bpf file system, under which maps and programs outlive whoever made them. */
import { RingbufError } from '../abi/error.js'
import { Descriptor } from '../system/descriptor.js'
import { must } from '../system/failure.js'
import type { System } from '../system/system.js'
import { Attributes, bpf } from './bpf.js'
import { checkPath } from './check-argument.js'

const NO_BPF_FILE_SYSTEM =
  'the directory is not on a bpf file system (mount -t bpf bpf /sys/fs/bpf), or the name has a dot'

/** Why the kernel does not pin, or open what is pinned. */
const HINTS = {
  EPERM: NO_BPF_FILE_SYSTEM,
  EINVAL: NO_BPF_FILE_SYSTEM,
  EEXIST: 'there is something of this name',
  ENOENT: 'there is no such file, or directory',
  EACCES: 'the file is nothing of BPF, or its permissions or the mount do not allow it',
}

/** @throws RingbufError ERR_INVALID_ARGUMENT, ERR_SYSTEM */
export function pin(system: System, fd: number, what: string, path: string): void {
  checkPath('path', path)
  const attributes = new Attributes(system, 12).path(0, path).u32(8, fd)
  bpf(system, 'BPF_OBJ_PIN', attributes, `${what} at '${path}'`, HINTS)
}

/** Opens what is pinned there, whatever it is. @throws RingbufError ERR_INVALID_ARGUMENT, ERR_SYSTEM */
export function openPin(system: System, path: string, what: string): Descriptor {
  checkPath('path', path)
  const attributes = new Attributes(system, 16).path(0, path)
  return new Descriptor(system, bpf(system, 'BPF_OBJ_GET', attributes, what, HINTS), what)
}

/**
 * Takes the name away, if it is this object's: no other's, and no file's of another kind.
 *
 * @param isIt whether a descriptor is of the object
 * @throws RingbufError ERR_INVALID_ARGUMENT, ERR_SYSTEM
 */
export function unpin(system: System, what: string, path: string, isIt: (fd: number) => boolean): void {
  const object = `${what} at '${path}'`
  const pinned = openPin(system, path, object)
  try {
    if (!isIt(pinned.fd)) {
      throw new RingbufError('ERR_INVALID_ARGUMENT', `what is pinned at '${path}' is not ${what}`, {
        value: path,
      })
    }
  } finally {
    pinned.close()
  }
  must(system.unlink(path), 'unlink', object, HINTS)
}
