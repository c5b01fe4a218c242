/** The door by Deno's own FFI, which wants --allow-ffi. */
import { type Backend, C_LIBRARIES, firstOf, withErrno } from './backend.js'

type Pointer = object | null

/** The part of Deno that is used. Words of 64 bits may be given as numbers, and are answered as bigints. */
interface DenoHost {
  dlopen(
    path: string,
    functions: Readonly<Record<string, { parameters: readonly string[]; result: string }>>,
  ): {
    readonly symbols: {
      readonly syscall: (...words: readonly number[]) => bigint
      readonly __errno_location: () => Pointer
    }
  }
  readonly UnsafePointer: {
    create(address: bigint): Pointer
    of(bytes: Uint8Array): Pointer
    value(pointer: Pointer): bigint
  }
  readonly UnsafePointerView: { getArrayBuffer(pointer: Pointer, bytes: number): ArrayBuffer }
}

export function denoBackend(): Backend {
  const { Deno } = globalThis as unknown as { Deno?: DenoHost }
  if (!Deno?.dlopen) throw new Error('this is not Deno')
  const { UnsafePointer, UnsafePointerView } = Deno
  const { symbols } = firstOf(C_LIBRARIES, (path) =>
    Deno.dlopen(path, {
      syscall: { parameters: Array(7).fill('i64'), result: 'i64' },
      __errno_location: { parameters: [], result: 'pointer' },
    }),
  )
  return {
    name: 'Deno.dlopen',
    syscall: withErrno(
      symbols.syscall,
      Number,
      UnsafePointerView.getArrayBuffer(symbols.__errno_location(), 4),
    ),
    view: (address, bytes) => UnsafePointerView.getArrayBuffer(UnsafePointer.create(BigInt(address)), bytes),
    addressOf: (bytes) => Number(UnsafePointer.value(UnsafePointer.of(bytes))),
  }
}
