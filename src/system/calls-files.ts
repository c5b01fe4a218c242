import { EBADF, EINVAL } from '../abi/errno.js'
import { O_CLOEXEC, O_RDWR } from './constants.js'
import { IO_BYTES, type KernelCalls, STRUCT_AT } from './kernel-calls.js'
import type { FileCalls, FileStatus } from './system.js'

const AT_FDCWD = -100
const AT_SYMLINK_FOLLOW = 0x400
const AT_EMPTY_PATH = 0x1000
const STATX_BASIC_STATS = 0x7ff

export function fileCalls(kernel: KernelCalls): FileCalls {
  const { bytes, structAddress } = kernel
  return {
    close: (fd) => kernel.call('close', fd),
    fcntl: (fd, command, argument) => kernel.call('fcntl', fd, command, argument),
    memfdCreate: (name, flags) => withPath(kernel, name, (at) => kernel.call('memfd_create', at, flags)),
    ftruncate: (fd, length) => kernel.call('ftruncate', fd, length),
    allocate: (fd, length) => kernel.call('fallocate', fd, 0, 0, length),
    fchmod: (fd, mode) => kernel.call('fchmod', fd, mode),
    status(fd) {
      // Negative ones would be read as "the working directory".
      if (fd < 0) return -EBADF
      const answer = withPath(kernel, '', (at) =>
        kernel.call('statx', fd, at, AT_EMPTY_PATH, STATX_BASIC_STATS, structAddress),
      )
      return answer < 0 ? answer : readStatx(kernel.data)
    },
    open: (path, flags, mode) =>
      withPath(kernel, path, (at) => kernel.call('openat', AT_FDCWD, at, flags, mode)),
    temporaryFile: (directory, mode) =>
      withPath(kernel, directory, (at) =>
        kernel.call('openat', AT_FDCWD, at, temporaryFlag(kernel.architecture) | O_RDWR | O_CLOEXEC, mode),
      ),
    linkDescriptor: (fd, path) =>
      // By its name in /proc, because linking the descriptor itself wants a capability.
      withPaths(kernel, `/proc/self/fd/${fd}`, path, (from, to) =>
        kernel.call('linkat', AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW),
      ),
    link: (path, newPath) =>
      withPaths(kernel, path, newPath, (from, to) => kernel.call('linkat', AT_FDCWD, from, AT_FDCWD, to)),
    rename: (path, newPath, flags) =>
      withPaths(kernel, path, newPath, (from, to) =>
        kernel.call('renameat2', AT_FDCWD, from, AT_FDCWD, to, flags),
      ),
    unlink: (path) => withPath(kernel, path, (at) => kernel.call('unlinkat', AT_FDCWD, at)),
    read(fd, into) {
      const count = kernel.call('read', fd, structAddress, Math.min(into.length, IO_BYTES))
      if (count > 0) into.set(bytes.subarray(STRUCT_AT, STRUCT_AT + count))
      return count
    },
    write(fd, from) {
      if (from.length > IO_BYTES) return -EINVAL
      bytes.set(from, STRUCT_AT)
      return kernel.call('write', fd, structAddress, from.length)
    },
  }
}

/** O_TMPFILE holds O_DIRECTORY, whose bit is another on arm64. */
function temporaryFlag(architecture: string): number {
  return 0o20000000 | (architecture === 'arm64' ? 0o40000 : 0o200000)
}

function withPath(kernel: KernelCalls, path: string, call: (address: number) => number): number {
  const address = kernel.path(path)
  return address < 0 ? address : call(address)
}

function withPaths(
  kernel: KernelCalls,
  path: string,
  other: string,
  call: (address: number, other: number) => number,
): number {
  return withPath(kernel, path, (address) => {
    const second = kernel.path(other, 1)
    return second < 0 ? second : call(address, second)
  })
}

/**
 * struct statx, the same on every processor, as far as it is read:
 *
 *   +16 nlink u32 | +20 uid u32 | +24 gid u32 | +28 mode u16
 *   +32 ino u64   | +40 size u64
 *   +136 device: major u32, minor u32
 */
function readStatx(data: DataView): FileStatus {
  return {
    links: data.getUint32(STRUCT_AT + 16, true),
    userId: data.getUint32(STRUCT_AT + 20, true),
    groupId: data.getUint32(STRUCT_AT + 24, true),
    mode: data.getUint16(STRUCT_AT + 28, true),
    inode: data.getBigUint64(STRUCT_AT + 32, true),
    sizeBytes: Number(data.getBigUint64(STRUCT_AT + 40, true)),
    device: data.getBigUint64(STRUCT_AT + 136, true),
  }
}
