/** Flags and commands of the calls behind the door, as Linux has them on every processor of `numbers.ts`. */

// mmap, mprotect
export const PROT_NONE = 0
export const PROT_READ = 1
export const PROT_WRITE = 2
export const MAP_SHARED = 0x01
export const MAP_PRIVATE = 0x02
export const MAP_FIXED = 0x10
export const MAP_ANONYMOUS = 0x20
export const MAP_NORESERVE = 0x4000

// memfd_create, and the seals that fcntl adds
export const MFD_CLOEXEC = 1
export const MFD_ALLOW_SEALING = 2
export const F_SEAL_SEAL = 1
export const F_SEAL_SHRINK = 2
export const F_SEAL_GROW = 4
export const F_SEAL_WRITE = 8

// fcntl
export const F_GETFD = 1
export const F_SETFD = 2
export const F_GETFL = 3
export const F_DUPFD_CLOEXEC = 1030
export const F_ADD_SEALS = 1033
export const F_GET_SEALS = 1034
export const FD_CLOEXEC = 1

// open; for O_TMPFILE, which is not the same everywhere, see `temporaryFile`
export const O_RDONLY = 0
export const O_WRONLY = 1
export const O_RDWR = 2
export const O_CREAT = 0o100
export const O_EXCL = 0o200
export const O_TRUNC = 0o1000
export const O_NONBLOCK = 0o4000
export const O_CLOEXEC = 0o2000000

// renameat2
export const RENAME_NOREPLACE = 1

// The kind of file in the mode of a FileStatus
export const S_IFMT = 0o170000
export const S_IFREG = 0o100000

// poll and epoll: the same bits
export const POLLIN = 0x1
export const POLLOUT = 0x4
export const POLLERR = 0x8
export const POLLHUP = 0x10
export const POLLNVAL = 0x20
export const EPOLLIN = POLLIN
export const EPOLLOUT = POLLOUT
export const EPOLLERR = POLLERR
export const EPOLLHUP = POLLHUP
export const EPOLLONESHOT = 2 ** 30
export const EPOLLET = 2 ** 31
export const EPOLL_CTL_ADD = 1
export const EPOLL_CTL_DEL = 2
export const EPOLL_CTL_MOD = 3
