/**
 * The numbers of the system calls behind the door. x86-64 has its own; processors that came later share one
 * table. 32-bit processors have other structures too, and are not supported.
 */

/** [x86-64, generic] */
const TABLE = {
  read: [0, 63],
  write: [1, 64],
  close: [3, 57],
  mmap: [9, 222],
  mprotect: [10, 226],
  munmap: [11, 215],
  getpid: [39, 172],
  setsockopt: [54, 208],
  fcntl: [72, 25],
  ftruncate: [77, 46],
  fchmod: [91, 52],
  gettid: [186, 178],
  futex: [202, 98],
  clock_gettime: [228, 113],
  epoll_ctl: [233, 21],
  fallocate: [285, 47],
  openat: [257, 56],
  unlinkat: [263, 35],
  linkat: [265, 37],
  ppoll: [271, 73],
  epoll_pwait: [281, 22],
  eventfd2: [290, 19],
  epoll_create1: [291, 20],
  perf_event_open: [298, 241],
  renameat2: [316, 276],
  memfd_create: [319, 279],
  bpf: [321, 280],
  statx: [332, 291],
  pidfd_send_signal: [424, 424],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  futex_waitv: [449, 449],
} as const satisfies Record<string, readonly [number, number]>

export type CallName = keyof typeof TABLE
export type CallNumbers = Readonly<Record<CallName, number>>

const COLUMNS: Readonly<Record<string, 0 | 1>> = { x64: 0, arm64: 1, riscv64: 1, loong64: 1 }

/** Processors this package can call the kernel on, as `process.arch` names them. */
export const ARCHITECTURES: readonly string[] = Object.keys(COLUMNS)

/** The numbers on this processor, or undefined if it is not among ARCHITECTURES. */
export function callNumbers(architecture: string): CallNumbers | undefined {
  const column = COLUMNS[architecture]
  if (column === undefined) return undefined
  const rows = Object.entries(TABLE).map(([name, row]) => [name, row[column]])
  return Object.fromEntries(rows) as CallNumbers
}
