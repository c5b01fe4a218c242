/** The door by Node's own FFI, from Node 26.1 on (experimental there: Node prints a warning). */
import { type Backend, withErrno } from './backend.js'
import { builtin } from './runtime.js'

/** The part of `node:ffi` that is used. Words of 64 bits are bigints, both ways. */
interface NodeFfi {
  dlopen(
    path: string | null,
    functions: Readonly<Record<string, { arguments: readonly string[]; return: string }>>,
  ): {
    readonly functions: {
      readonly syscall: (...words: readonly bigint[]) => bigint
      readonly __errno_location: () => bigint
    }
  }
  toArrayBuffer(address: bigint, bytes: number, copy: false): ArrayBuffer
  getRawPointer(bytes: Uint8Array): bigint
}

export function nodeBackend(): Backend {
  const ffi = builtin<NodeFfi>('node:ffi')
  if (!ffi) throw new Error('this Node has no node:ffi, or was started without it')
  const { functions } = ffi.dlopen(null, {
    syscall: { arguments: Array(7).fill('int64'), return: 'int64' },
    __errno_location: { arguments: [], return: 'pointer' },
  })
  const { syscall } = functions
  const raw = (n: number, a: number, b: number, c: number, d: number, e: number, f: number) =>
    syscall(BigInt(n), BigInt(a), BigInt(b), BigInt(c), BigInt(d), BigInt(e), BigInt(f))
  return {
    name: 'node:ffi',
    syscall: withErrno(raw, Number, ffi.toArrayBuffer(functions.__errno_location(), 4, false)),
    view: (address, bytes) => ffi.toArrayBuffer(BigInt(address), bytes, false),
    addressOf: (bytes) => Number(ffi.getRawPointer(bytes)),
  }
}
