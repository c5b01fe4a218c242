/**
 * The one door to the operating system: what rings between processes and rings of the kernel need of Linux,
 * and no more. Only `memory` and `kernel` may knock.
 *
 * Every call answers as the kernel does: 0 or more, or a negative error number. Nothing here throws for what
 * the kernel refuses; `must` (failure.ts) makes an error of an answer, with the call and what it was about.
 * Nothing here owns anything either; see descriptor.ts and mapping.ts.
 */
import type { BackendName, LoopHandle } from './backend.js'
import type { Limit } from './slices.js'

export interface MemoryCalls {
  /** Answers the address. With MAP_FIXED what was mapped at `address` is gone; else `address` is a hint. */
  mmap(address: number, bytes: number, protection: number, flags: number, fd: number, offset: number): number
  mprotect(address: number, bytes: number, protection: number): number
  munmap(address: number, bytes: number): number
  /** Memory at an address, not copied, and not kept mapped: see Mapping for a view that cannot dangle. */
  view(address: number, bytes: number): ArrayBuffer
  /** Where bytes are, for structures that hold pointers. Keep the bytes reachable until the call is over. */
  addressOf(bytes: Uint8Array): number
}

/** What stat(2) tells of an open file. */
export interface FileStatus {
  readonly sizeBytes: number
  /** Kind (S_IFMT) and permissions. */
  readonly mode: number
  readonly userId: number
  readonly groupId: number
  readonly links: number
  /** With the device, which file it is. */
  readonly inode: bigint
  readonly device: bigint
}

export interface FileCalls {
  close(fd: number): number
  fcntl(fd: number, command: number, argument: number): number
  /** A file that has no name, in memory. `name` is only shown in /proc. */
  memfdCreate(name: string, flags: number): number
  ftruncate(fd: number, bytes: number): number
  /** fallocate(2): makes a file so long, and keeps room for all of it. */
  allocate(fd: number, bytes: number): number
  fchmod(fd: number, mode: number): number
  status(fd: number): FileStatus | number
  open(path: string, flags: number, mode: number): number
  /** A file of this directory's file system without a name, for `linkDescriptor`. */
  temporaryFile(directory: string, mode: number): number
  /** Gives a temporary file its name. -EEXIST if there is one: of several creators one succeeds. */
  linkDescriptor(fd: number, path: string): number
  link(path: string, newPath: string): number
  rename(path: string, newPath: string, flags: number): number
  unlink(path: string): number
  /** Answers how many bytes it was; at most IO_BYTES at once. */
  read(fd: number, into: Uint8Array): number
  write(fd: number, from: Uint8Array): number
}

/** One of several descriptors that `poll` looks at; it writes what it found to `found`. */
export interface PollItem {
  readonly fd: number
  readonly events: number
  found: number
}

/** A word in memory of any processes, and what it must hold for sleeping on it. */
export interface FutexWord {
  readonly address: number
  /** u32. */
  readonly value: number
}

/**
 * Calls that may block do so in slices of SLICE_MS, between which a worker can be terminated. Interrupted by
 * a signal, they go on.
 */
export interface WaitCalls {
  /** Without blocking and closed on exec, unless told otherwise. */
  eventfd(initial: number, flags?: number): number
  /** Adds to an eventfd's counter, which makes it readable. */
  eventfdWrite(fd: number, value: number): number
  /** Takes the counter; -EAGAIN when it is 0. */
  eventfdRead(fd: number): number
  epollCreate(): number
  /** `tag`, a u32, comes back with the events. */
  epollControl(epoll: number, operation: number, fd: number, events: number, tag: number): number
  /** Answers how many descriptors are ready, and fills `ready` with pairs of events and tag. */
  epollWait(epoll: number, ready: Uint32Array, limit: Limit): number
  /** Answers how many of the items have found something; 0 when the time is over. */
  poll(items: readonly PollItem[], limit: Limit): number
  /** Sleeps while the u32 at `address`, in memory of any processes, holds `value`: 0 when woken, -EAGAIN if
   * it holds another, -ETIMEDOUT. May also end early for no reason. */
  futexWait(address: number, value: number, limit: Limit): number
  /**
   * Sleeps while each of these words, at most FUTEXES_MOST, holds its value: answers the index of one that was
   * woken, -EAGAIN if one holds another value, -ETIMEDOUT; -ENOSYS before Linux 5.16.
   */
  futexWaitAny(words: readonly FutexWord[], limit: Limit): number
  /** Answers how many sleepers were woken. */
  futexWake(address: number, sleepers: number): number
}

export interface ProcessCalls {
  pidfdOpen(pid: number): number
  /** A descriptor of another process, duplicated into this one: the same file, closed on exec. */
  pidfdGetfd(pidfd: number, fd: number): number
  /** Signal 0 only asks whether it could be sent. */
  pidfdSendSignal(pidfd: number, signal: number): number
  /** Of this process, as it sees itself. */
  processId(): number
  threadId(): number
  /** bpf(2). `attributes` is the union's bytes; what the kernel writes there is copied back. */
  bpf(command: number, attributes: Uint8Array): number
  /**
   * Opens a perf event. `attributes` is `struct perf_event_attr`; what it points to must stay reachable. `pid`
   * -1: of all processes; `cpu` -1: on every processor.
   */
  perfEventOpen(attributes: Uint8Array, pid: number, cpu: number, flags: number): number
  /** Sets an option of a socket to a number. */
  setsockopt(fd: number, level: number, option: number, value: number): number
}

export interface System extends MemoryCalls, FileCalls, WaitCalls, ProcessCalls {
  readonly backend: BackendName
  readonly pageBytes: number
  /** The runtime's own way to watch a descriptor, if it has one; `watch` (watch.ts) knows what to do. */
  readonly watchReadable: ((fd: number, ready: () => void) => LoopHandle) | undefined
}
