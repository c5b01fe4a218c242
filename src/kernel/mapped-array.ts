/** Arrays of the kernel whose memory is mapped into this process: no call of the kernel to read or write. */
import { checkChoice, checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import type { MapInfo } from '../map/bpf-map.js'
import { mapFile } from '../system/map.js'
import type { Mapping } from '../system/mapping.js'
import { mustReadWithoutWriting } from '../system/read-only.js'
import type { System } from '../system/system.js'

export interface MappedOptions {
  /**
   * What this process does with it. Writing to what is mapped 'read' ends the process (SIGSEGV). Default:
   * 'read-write'.
   */
  readonly access?: 'read' | 'read-write'
}

/** Every value begins at a multiple of 8 bytes. */
const ALIGNMENT = 8

/**
 * The values of an array map, shared with the kernel and with everybody else who maps it:
 *
 *   +----------------+-----+----------------+-----+---
 *   | value 0        | pad | value 1        | pad | ...
 *   +----------------+-----+----------------+-----+---
 *   0                      strideBytes            2 * strideBytes
 *
 * What programs write shows at once. Nothing orders it: words of 4 or 8 bytes that programs change by atomic
 * instructions are read whole by Atomics, anything longer may be half old and half new. Views follow the rule of
 * all mapped memory here: once this is closed they are of length 0, and on Node 20, which cannot do that, they
 * go on showing the array until they are collected.
 */
export class MappedArray {
  /** Values. */
  readonly length: number
  /** Bytes from one value to the next. */
  readonly strideBytes: number
  readonly #valueBytes: number
  readonly #mapping: Mapping

  /** @internal */
  constructor(mapping: Mapping, { maxEntries, valueSize }: MapInfo) {
    this.length = maxEntries
    this.strideBytes = strideOf(valueSize)
    this.#valueBytes = valueSize
    this.#mapping = mapping
  }

  get closed(): boolean {
    return this.#mapping.closed
  }

  /** The memory, for views of any kind. Never pass it on in a `transfer` list. @throws RingbufError ERR_RESOURCE_CLOSED */
  get buffer(): ArrayBuffer {
    return this.#mapping.buffer
  }

  /**
   * One value, in place.
   *
   * @param index from 0
   * @throws RingbufError ERR_INVALID_ARGUMENT when the array has no such value; ERR_RESOURCE_CLOSED
   */
  value(index: number): Uint8Array<ArrayBuffer> {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `${this.#mapping.what}: index ${String(index)} must be a whole number below ${this.length}`,
        { value: String(index), limit: this.length - 1 },
      )
    }
    return new Uint8Array(this.buffer, index * this.strideBytes, this.#valueBytes)
  }

  /** Unmaps it, if it is mapped. The map itself stays open. */
  close(): void {
    this.#mapping.close()
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close()
  }
}

/** @internal See `KernelMap.mapped`. */
export function mapArray(system: System, fd: number, info: MapInfo, options: MappedOptions): MappedArray {
  checkOptions('options', options)
  const { access = 'read-write' } = options
  checkChoice('access', access, ['read', 'read-write'])
  const { type, name, maxEntries, valueSize } = info
  const what = `${type} '${name}'`
  // Rings can be mapped as well, but are no values: openKernelRing and openUserRing know how.
  if (type !== 'array') {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `${what}: of type ${type}, and only an array is mapped`, {
      value: type,
      limit: 'array',
    })
  }
  if (access === 'read') mustReadWithoutWriting(what)
  const length = maxEntries * strideOf(valueSize)
  return new MappedArray(mapFile(system, fd, what, { length, access, hint: HINTS }), info)
}

function strideOf(valueSize: number): number {
  return Math.ceil(valueSize / ALIGNMENT) * ALIGNMENT
}

const HINTS = {
  EINVAL: 'the map was made without BPF_F_MMAPABLE (1024)',
  ENOTSUPP: 'the map has fields that only the kernel may touch',
  EPERM: "the map was frozen: map it with access 'read'",
  EACCES: 'the descriptor was opened for less',
}
