import { checkBytes, checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import type { Descriptor } from '../system/descriptor.js'
import type { System } from '../system/system.js'
import { Attributes, bpf } from './bpf.js'
import { pin, unpin } from './pins.js'
import { isProgram, type ProgramInfo, readProgramInfo } from './program-info.js'

export interface TestRunOptions {
  /** Bytes of the packet, for types that have one: at least 14. */
  readonly data?: Uint8Array
  /** Bytes of the context, for types that have one of their own. They are copied: yours stay as they are. */
  readonly context?: Uint8Array
  /** How often it runs, by one call. Only types that take a packet. Default: once. */
  readonly repeat?: number
  /** Runs it on this processor, by its number (BPF_F_TEST_RUN_ON_CPU): raw tracepoint programs only. */
  readonly cpu?: number
  /** Bytes of the packet to give back, as the program left it. Default: as many as were given. */
  readonly dataOutBytes?: number
  /**
   * Bytes of the context to give back, for types that have a packet: as many as the kernel's structure has (192 of
   * a `struct __sk_buff`, 24 of a `struct xdp_md`). Default: none. Syscall programs give theirs back unasked.
   */
  readonly contextOutBytes?: number
}

export interface TestRunResult {
  /** What the program answered: u32. */
  readonly returned: number
  /** Nanoseconds of one run, the mean of all. */
  readonly durationNs: number
  /** The packet as the last run left it. */
  readonly data: Uint8Array<ArrayBuffer>
  /** The context as the last run left it, where the kernel tells; else as it was given. */
  readonly context: Uint8Array<ArrayBuffer>
}

const BPF_F_TEST_RUN_ON_CPU = 1

/** A program that is loaded into the kernel. It stays loaded until it is closed and nothing uses it. */
export class KernelProgram {
  readonly #system: System
  readonly #file: Descriptor

  /** @internal */
  constructor(system: System, file: Descriptor) {
    this.#system = system
    this.#file = file
  }

  /** Its descriptor. @throws RingbufError ERR_RESOURCE_CLOSED */
  get fd(): number {
    return this.#file.fd
  }

  /** What the kernel knows of it. */
  info(): ProgramInfo {
    return readProgramInfo(this.#system, this.fd, this.#file.what)
  }

  /**
   * Runs it here and now, with a packet or a context of the caller's (BPF_PROG_TEST_RUN). What it does, like
   * producing into a ring, it really does.
   *
   * @throws RingbufError ERR_SYSTEM: ENOTSUPP for types that run only when they are attached, EINVAL for data that
   *   the type does not take, ENXIO for a processor that there is not; ERR_INVALID_ARGUMENT
   */
  testRun(options: TestRunOptions = {}): TestRunResult {
    checkOptions('options', options)
    const { data, context, repeat = 1, cpu, dataOutBytes = data?.length ?? 0, contextOutBytes = 0 } = options
    const numbers = { repeat, cpu: cpu ?? 0, dataOutBytes, contextOutBytes }
    for (const [name, value] of Object.entries(numbers)) {
      if (Number.isInteger(value) && value >= 0 && value <= 0x7fff_ffff) continue
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `${name} ${String(value)} must be a whole number below 2^31`,
        {
          value: String(value),
          limit: 0x7fff_ffff,
        },
      )
    }
    if (data !== undefined) checkBytes('data', data)
    if (context !== undefined) checkBytes('context', context)
    const out = new Uint8Array(dataOutBytes)
    // Of a syscall program the kernel writes the context back to where it was read.
    const given = new Uint8Array(context ?? [])
    const left = new Uint8Array(contextOutBytes)
    const attributes = new Attributes(this.#system, TEST_RUN_BYTES)
      .u32(0, this.fd)
      .u32(8, data?.length ?? 0)
      .u32(12, out.length)
      .pointer(16, data)
      .pointer(24, out.length > 0 ? out : undefined)
      // 0 and 1 are the same, and types without a packet take only 0.
      .u32(32, repeat > 1 ? repeat : 0)
      .u32(40, given.length)
      .u32(44, left.length)
      .pointer(48, context && given)
      .pointer(56, left.length > 0 ? left : undefined)
    if (cpu !== undefined) attributes.u32(64, BPF_F_TEST_RUN_ON_CPU).u32(68, cpu)
    bpf(this.#system, 'BPF_PROG_TEST_RUN', attributes, this.#file.what, {
      ENOTSUPP: 'programs of this type run only when they are attached',
      EINVAL: 'this type does not take such data, context, repeat or processor',
      ENOSPC: 'what it left is longer than dataOutBytes, or contextOutBytes',
      ENXIO: `there is no processor ${cpu}, or it is off`,
      EPERM: 'needs CAP_BPF',
      EINTR: 'a signal ended it between two runs: repeat fewer, since what has run is done',
    })
    const bytes = attributes.readU32(12)
    return {
      returned: attributes.readU32(4),
      durationNs: attributes.readU32(36),
      data: out.subarray(0, Math.min(bytes, out.length)) as Uint8Array<ArrayBuffer>,
      context: left.length > 0 ? left.subarray(0, attributes.readU32(44)) : given,
    }
  }

  /**
   * Gives it a name in a bpf file system, under which it stays loaded.
   *
   * @throws RingbufError ERR_SYSTEM: EEXIST; EPERM where that is no bpf file system; ERR_INVALID_ARGUMENT
   */
  pin(path: string): void {
    pin(this.#system, this.fd, this.#file.what, path)
  }

  /** Takes a name from it. @throws RingbufError ERR_INVALID_ARGUMENT when that is not its name; ERR_SYSTEM */
  unpin(path: string): void {
    const system = this.#system
    const { id } = this.info()
    unpin(
      system,
      this.#file.what,
      path,
      (fd) => isProgram(system, fd) && readProgramInfo(system, fd, path).id === id,
    )
  }

  /** Gives it up. Attachments that use it keep it loaded. */
  close(): void {
    this.#file.close()
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close()
  }
}

const TEST_RUN_BYTES = 80
