/**
 * What a runtime must have for the door: one C function, `syscall(2)`, and a look at memory by address. All
 * that the kernel offers goes through that function, so a backend is a page of code, and none of them
 * knows structures, strings or flags.
 *
 * Addresses are numbers. User space ends at 2^47, or at 2^56 for programs that ask for addresses above, which
 * this package does not; a number holds 2^53.
 */

export type BackendName = 'koffi' | 'node:ffi' | 'bun:ffi' | 'Deno.dlopen'

/** A system call: its number, and six words; what it answers, or a negative error number. */
export type Syscall = (
  number: number,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
) => number

export interface Backend {
  readonly name: BackendName
  readonly syscall: Syscall
  /**
   * Memory at an address, not copied. The memory is not freed with the buffer, and the buffer does not keep
   * it mapped.
   */
  view(address: number, bytes: number): ArrayBuffer
  /** Where the memory of a whole buffer is, shared or not. It must be kept reachable as long as the address is used. */
  addressOf(bytes: Uint8Array): number
  /** The runtime's own way to wake the event loop when a descriptor is readable, if it has one. */
  readonly watchReadable?: (fd: number, ready: () => void) => LoopHandle
}

/** Something that the event loop watches. */
export interface LoopHandle {
  close(): void
  ref(): void
  unref(): void
}

/** The C library: as glibc names it, then as musl does. */
export const C_LIBRARIES: readonly string[] = ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1']

/** The first of several ways that does not throw; throws what the first one threw. */
export function firstOf<T>(ways: readonly string[], open: (way: string) => T): T {
  let failure: unknown
  for (const way of ways) {
    try {
      return open(way)
    } catch (error) {
      failure ??= error
    }
  }
  throw failure
}

/**
 * Makes the C function answer error numbers: -1 becomes what stands in `errno`. It is read by a plain load
 * through a view of the thread's own word, so that no call, which might change it, comes between.
 */
export function withErrno<Raw>(
  raw: (...words: readonly [number, number, number, number, number, number, number]) => Raw,
  toNumber: (answer: Raw) => number,
  errno: ArrayBuffer,
): Syscall {
  const word = new Int32Array(errno)
  return (number, a, b, c, d, e, f) => {
    const answer = toNumber(raw(number, a, b, c, d, e, f))
    return answer === -1 ? -(word[0] as number) : answer
  }
}
