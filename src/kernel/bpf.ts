/** bpf(2): its commands, and the union of its attributes. */
import { must } from '../system/failure.js'
import type { System } from '../system/system.js'
import { BPF_COMMANDS, type BpfCommand } from './command.js'

/**
 * Attributes of one command, as `union bpf_attr` has them: fields at fixed offsets, zeros between. The kernel
 * refuses bytes it does not know unless they are zero, so each command gives as many as it uses.
 */
export class Attributes {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly #system: System
  readonly #data: DataView
  /** What is pointed to must not be collected before the call. */
  readonly #held: Uint8Array[] = []

  constructor(system: System, length: number) {
    this.#system = system
    this.bytes = new Uint8Array(length)
    this.#data = new DataView(this.bytes.buffer)
  }

  u32(at: number, value: number): this {
    this.#data.setUint32(at, value, true)
    return this
  }

  u64(at: number, value: number | bigint): this {
    this.#data.setBigUint64(at, BigInt(value), true)
    return this
  }

  /** The address of these bytes, which the kernel reads or writes; undefined: the null pointer. */
  pointer(at: number, target: Uint8Array | undefined): this {
    if (!target) return this
    this.#held.push(target)
    return this.u64(at, this.#system.addressOf(target))
  }

  /** A string with a zero at its end, by its address. */
  path(at: number, text: string): this {
    return this.pointer(at, new TextEncoder().encode(`${text}\0`))
  }

  /** A name in place: at most 15 bytes, and a zero. */
  name(at: number, text: string): this {
    this.bytes.set(new TextEncoder().encode(text).subarray(0, 15), at)
    return this
  }

  readU32(at: number): number {
    return this.#data.getUint32(at, true)
  }

  readU64(at: number): bigint {
    return this.#data.getBigUint64(at, true)
  }
}

/** What to look at when the kernel refuses, whatever the command. */
const HINTS: Readonly<Record<string, string>> = {
  EPERM: 'needs CAP_BPF',
  ENOSYS: 'this kernel has no bpf(2)',
}

/** Calls bpf(2), and answers as the kernel does: 0 or more, or a negative error number. */
export function tryBpf(system: System, command: BpfCommand, attributes: Attributes): number {
  return system.bpf(BPF_COMMANDS[command], attributes.bytes)
}

/**
 * Calls bpf(2).
 *
 * @param object what it is about, for messages: `ringbuf 'events'`
 * @param hints what to look at, by the error's name, where that differs from the usual
 * @throws RingbufError ERR_SYSTEM, like "bpf(BPF_MAP_CREATE) ringbuf 'events': EPERM, needs CAP_BPF"
 */
export function bpf(
  system: System,
  command: BpfCommand,
  attributes: Attributes,
  object: string,
  hints: Readonly<Record<string, string>> = {},
): number {
  return must(tryBpf(system, command, attributes), `bpf(${command})`, object, { ...HINTS, ...hints })
}
