/** Linux error numbers. Calls that answer like a BPF helper, or like the kernel, answer with their negatives. */
export const EPERM = 1
export const ENOENT = 2
export const EINTR = 4
export const E2BIG = 7
export const EBADF = 9
export const EAGAIN = 11
export const EEXIST = 17
export const EINVAL = 22
export const ENOSPC = 28
export const ENAMETOOLONG = 36
export const ENOSYS = 38
export const EOPNOTSUPP = 95
export const ETIMEDOUT = 110
/** The kernel's own, which it hands to user space from places like the operations of maps. */
export const ENOTSUPP = 524
