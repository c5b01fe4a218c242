/** The door by koffi, an optional package: for Node, which has no FFI of its own before 26.1. */
import { type Backend, type LoopHandle, withErrno } from './backend.js'
import { builtin, isMainThread, requireOptional, thisRuntime } from './runtime.js'

/** The part of koffi that is used: 3.x, where pointers are bigints. */
interface Koffi {
  load(path: string | null): {
    func(name: string, result: string, parameters: readonly string[]): (...words: readonly number[]) => never
  }
  view(address: bigint, bytes: number): ArrayBuffer
  address(bytes: Uint8Array): bigint
  readonly version: string
  readonly node: {
    /** uv_poll. The callback gets a status, negative when the descriptor is bad, and the events. */
    poll(fd: number, events: { readable: true }, callback: () => void): LoopHandle
  }
}

export function koffiBackend(): Backend {
  const koffi = requireOptional<Koffi>('koffi')
  if (!(Number.parseInt(koffi.version, 10) >= 3)) throw new Error(`koffi ${koffi.version} is older than 3.0`)
  // The functions of the process itself: whatever C library Node uses.
  const library = koffi.load(null)
  const errno = library.func('__errno_location', 'void *', [])() as bigint
  const syscall = library.func('syscall', 'int64', Array(7).fill('int64')) as (...words: number[]) => number
  return {
    name: 'koffi',
    syscall: withErrno(syscall, asItIs, koffi.view(errno, 4)),
    view: (address, bytes) => koffi.view(BigInt(address), mustFit(bytes)),
    addressOf: (bytes) => Number(koffi.address(bytes)),
    // Only here: a worker that ends, in whatever way, while a handle of it is open takes the process with it
    // (SIGSEGV, in Node 20 to 26). Bun has no uv_poll and aborts; in Deno it fires once and never again.
    ...(thisRuntime().kind === 'node' &&
      isMainThread() && {
        watchReadable: (fd, ready) => koffi.node.poll(fd, { readable: true }, () => ready()),
      }),
  }
}

const asItIs = (answer: number): number => answer

/** Node 20 ends the whole process when a buffer becomes longer than it can be. */
function mustFit(bytes: number): number {
  const most = builtin<{ constants: { MAX_LENGTH: number } }>('node:buffer')?.constants.MAX_LENGTH
  if (most !== undefined && bytes > most) {
    throw new RangeError(`a view of ${bytes} bytes is longer than this runtime allows, ${most}`)
  }
  return bytes
}
