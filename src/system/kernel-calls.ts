/** System calls by name, and memory to hand their structures and strings over in. */
import { EINVAL, ENAMETOOLONG } from '../abi/errno.js'
import type { Backend } from './backend.js'
import type { CallName, CallNumbers } from './numbers.js'

/** The longest path, with the zero at its end. */
const PATH_BYTES = 4096
/** The most that one `read` or `write` moves. */
export const IO_BYTES = 8192

/**
 *   +----------------------+  0
 *   | a path               |
 *   +----------------------+  4096
 *   | another path         |
 *   +----------------------+  8192
 *   | a structure, or bytes|
 *   +----------------------+  16384
 */
export const STRUCT_AT = 2 * PATH_BYTES
const SCRATCH_BYTES = STRUCT_AT + IO_BYTES

const encoder = new TextEncoder()

/**
 * One thread's calls. The scratch memory belongs to the call that runs: nothing is left in it between two,
 * and nothing that runs in between could use it, because no call runs JavaScript.
 */
export class KernelCalls {
  readonly backend: Backend
  readonly architecture: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly data: DataView<ArrayBuffer>
  /** Where the scratch memory's structure is, as the kernel sees it. */
  readonly structAddress: number
  readonly #address: number
  readonly #numbers: CallNumbers

  constructor(backend: Backend, numbers: CallNumbers, architecture: string) {
    const scratch = new ArrayBuffer(SCRATCH_BYTES)
    this.backend = backend
    this.architecture = architecture
    this.bytes = new Uint8Array(scratch)
    this.data = new DataView(scratch)
    this.#address = backend.addressOf(new Uint8Array(scratch))
    this.structAddress = this.#address + STRUCT_AT
    this.#numbers = numbers
  }

  /** Answers what the kernel answers: 0 or more, or a negative error number. */
  call(name: CallName, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): number {
    return this.backend.syscall(this.#numbers[name], a, b, c, d, e, f)
  }

  /** Writes a path into the scratch memory. Answers its address, or a negative error number. */
  path(path: string, place: 0 | 1 = 0): number {
    if (path.includes('\0')) return -EINVAL
    const at = place * PATH_BYTES
    const room = this.bytes.subarray(at, at + PATH_BYTES - 1)
    const { read, written } = encoder.encodeInto(path, room)
    if (read < path.length) return -ENAMETOOLONG
    this.bytes[at + written] = 0
    return this.#address + at
  }

  /** Writes a `struct timespec` to the start of the structure. */
  timespec(ms: number): void {
    const seconds = Math.floor(ms / 1000)
    this.data.setBigInt64(STRUCT_AT, BigInt(seconds), true)
    this.data.setBigInt64(STRUCT_AT + 8, BigInt(Math.ceil((ms - seconds * 1000) * 1e6)), true)
  }
}
