/** The door by Bun's own FFI. */
import { type Backend, C_LIBRARIES, firstOf, withErrno } from './backend.js'
import { requireOptional } from './runtime.js'

/** The part of `bun:ffi` that is used. Pointers are numbers; a fast i64 is a number where it fits one. */
interface BunFfi {
  dlopen(
    path: string,
    functions: Readonly<Record<string, { args: readonly string[]; returns: string }>>,
  ): {
    readonly symbols: {
      readonly syscall: (...words: readonly number[]) => number | bigint
      readonly __errno_location: () => number
    }
  }
  toArrayBuffer(address: number, offset: number, bytes: number): ArrayBuffer
  ptr(bytes: Uint8Array): number
}

export function bunBackend(): Backend {
  const ffi = requireOptional<BunFfi>('bun:ffi')
  const { symbols } = firstOf(C_LIBRARIES, (path) =>
    ffi.dlopen(path, {
      syscall: { args: Array(7).fill('i64_fast'), returns: 'i64_fast' },
      __errno_location: { args: [], returns: 'ptr' },
    }),
  )
  return {
    name: 'bun:ffi',
    syscall: withErrno(symbols.syscall, Number, ffi.toArrayBuffer(symbols.__errno_location(), 0, 4)),
    view: (address, bytes) => ffi.toArrayBuffer(address, 0, bytes),
    addressOf: (bytes) => ffi.ptr(bytes),
  }
}
