import { RingbufError } from '../abi/error.js'
import { opened } from './openings.js'
import type { System } from './system.js'

interface Pages {
  readonly system: System
  readonly address: number
  readonly length: number
}

/** Unmaps what was forgotten, and where buffers cannot be detached, what was closed. */
const unreachable = new FinalizationRegistry<Pages>(({ system, address, length }) =>
  system.munmap(address, length),
)

/** From Node 22 on, and in Bun and Deno. */
const canDetach = typeof ArrayBuffer.prototype.transfer === 'function'

/**
 * Mapped memory that somebody owns, and views of it that cannot dangle: no access to memory that is not
 * mapped any more can end the process.
 *
 * - Where buffers can be detached, closing detaches the buffer: all its views are of length 0 from then on,
 *   and read undefined. Then the pages are unmapped.
 * - In Node 20 they cannot. There, pages of a closed mapping stay mapped until the buffer and all its views
 *   are collected; until then views show what others write. Closing gives back memory late, but never ends
 *   the process.
 *
 * What still can: writing to pages that were mapped to be read only (SIGSEGV), and reading pages of a file
 * that became shorter (SIGBUS); against the second, files are sealed, and `mapFile` checks their length.
 * A terminated worker's mappings stay until the process ends.
 */
export class Mapping {
  readonly address: number
  /** Bytes. */
  readonly length: number
  /** What it is, in words, for messages: `ring 'events'`. */
  readonly what: string
  readonly #system: System
  readonly #closed: () => void
  #buffer: ArrayBuffer | undefined

  /**
   * Owns `length` bytes at `address`, which are mapped.
   *
   * @throws RingbufError ERR_NOT_SUPPORTED where the runtime has no buffers that long (Node 20: 4 GiB), or
   * none over memory of others (Electron)
   */
  constructor(system: System, address: number, length: number, what: string) {
    this.address = address
    this.length = length
    this.what = what
    this.#system = system
    this.#buffer = viewOrUnmap(system, address, length, what)
    this.#closed = opened('mapping', what)
    // By the buffer, not by this object: views hold the buffer, and may outlive the mapping's owner.
    unreachable.register(this.#buffer, { system, address, length }, this.#buffer)
  }

  get closed(): boolean {
    return this.#buffer === undefined
  }

  /** The memory. Never pass it on in a `transfer` list. @throws RingbufError ERR_RESOURCE_CLOSED */
  get buffer(): ArrayBuffer {
    if (!this.#buffer) throw new RingbufError('ERR_RESOURCE_CLOSED', `${this.what}: the mapping was closed`)
    return this.#buffer
  }

  /** @throws RingbufError ERR_RESOURCE_CLOSED */
  get bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer)
  }

  /** For Atomics. @throws RingbufError ERR_RESOURCE_CLOSED */
  get words(): Int32Array<ArrayBuffer> {
    return new Int32Array(this.buffer)
  }

  /** For Atomics on positions of 64 bits. @throws RingbufError ERR_RESOURCE_CLOSED */
  get longs(): BigInt64Array<ArrayBuffer> {
    return new BigInt64Array(this.buffer)
  }

  /** Closes it, if it is open. See the class for what becomes of views. */
  close(): void {
    const buffer = this.#buffer
    if (!buffer) return
    this.#buffer = undefined
    this.#closed()
    // Somebody transferred the buffer against the rule: then its pages are in other hands, and stay.
    if (!canDetach || buffer.byteLength !== this.length) return
    unreachable.unregister(buffer)
    // The pages stay where they are; only the buffer that comes out knows them, and nobody gets it.
    buffer.transfer()
    this.#system.munmap(this.address, this.length)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

function viewOrUnmap(system: System, address: number, length: number, what: string): ArrayBuffer {
  try {
    return system.view(address, length)
  } catch (cause) {
    system.munmap(address, length)
    const reason = cause instanceof Error ? cause.message : String(cause)
    const error = new RingbufError(
      'ERR_NOT_SUPPORTED',
      `${what}: ${length} bytes cannot be shown: ${reason}`,
      {
        bytes: length,
      },
    )
    throw Object.assign(error, { cause })
  }
}
