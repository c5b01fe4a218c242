/** Where fields of the kernel's structures lie, by the types that it tells of itself (BTF). */
import { checkBytes } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { O_CLOEXEC, O_RDONLY } from '../system/constants.js'
import { must } from '../system/failure.js'
import { loadSystem } from '../system/load-system.js'

const PATH = '/sys/kernel/btf/vmlinux'
const MAGIC = 0xeb9f

/** Kinds of types, and how many bytes follow their three words; for some, for each member. */
const STRUCT = 4
const UNION = 5
const FOLLOWING: readonly (readonly [fixed: number, each: number])[] = [
  [0, 0], // void
  [4, 0], // int
  [0, 0], // pointer
  [12, 0], // array
  [0, 12], // struct
  [0, 12], // union
  [0, 8], // enum
  [0, 0], // forward
  [0, 0], // typedef
  [0, 0], // volatile
  [0, 0], // const
  [0, 0], // restrict
  [0, 0], // function
  [0, 8], // function prototype
  [4, 0], // variable
  [0, 12], // section
  [0, 0], // float
  [4, 0], // tag of a declaration
  [0, 0], // tag of a type
  [0, 12], // enum of 64 bits
]

/** The types of a kernel. */
export class KernelTypes {
  readonly #data: DataView
  readonly #strings: number
  /** Where each type stands, by its number. */
  readonly #at: number[] = [0]
  readonly #structs = new Map<string, number>()

  /** @throws RingbufError ERR_INVALID_ARGUMENT if it is no BTF */
  constructor(bytes: Uint8Array) {
    checkBytes('types', bytes)
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#strings = this.#guarded(() => {
      if (this.#data.getUint16(0, true) !== MAGIC) throw new RangeError('no magic number')
      const header = this.#word(4)
      const types = header + this.#word(8)
      const strings = header + this.#word(16)
      this.#index(types, types + this.#word(12), strings)
      return strings
    })
  }

  /**
   * Bytes from the beginning of a structure to one of its fields, also where that lies in a nameless part.
   *
   * @throws RingbufError ERR_NOT_SUPPORTED when this kernel has no such field; ERR_INVALID_ARGUMENT when what is
   *   said of the structure cannot be
   */
  offsetOf(struct: string, field: string): number {
    const type = this.#structs.get(struct)
    const bits = type === undefined ? undefined : this.#guarded(() => this.#find(type, field))
    if (bits !== undefined) return bits / 8
    throw new RingbufError('ERR_NOT_SUPPORTED', `this kernel has no field '${field}' of struct ${struct}`, {
      value: `${struct}.${field}`,
    })
  }

  /** Notes where each type stands, and the name of each structure. */
  #index(types: number, end: number, strings: number): void {
    for (let at = types; at + 12 <= end; ) {
      const info = this.#word(at + 4)
      const kind = (info >>> 24) & 0x1f
      if (kind === STRUCT) this.#structs.set(this.#text(strings, this.#word(at)), this.#at.length)
      this.#at.push(at)
      const [fixed, each] = FOLLOWING[kind] ?? [0, 0]
      at += 12 + fixed + each * (info & 0xffff)
    }
  }

  #find(type: number, field: string): number | undefined {
    const at = this.#at[type]
    if (at === undefined) return undefined
    const info = this.#word(at + 4)
    const kind = (info >>> 24) & 0x1f
    if (kind !== STRUCT && kind !== UNION) return undefined
    // Where there are bit fields, the highest byte is their length.
    const mask = info >>> 31 === 0 ? 0xffff_ffff : 0x00ff_ffff
    for (let i = 0; i < (info & 0xffff); i++) {
      const member = at + 12 + 12 * i
      const offset = (this.#word(member + 8) & mask) >>> 0
      const name = this.#word(member)
      if (name === 0) {
        const inside = this.#find(this.#word(member + 4), field)
        if (inside !== undefined) return offset + inside
      } else if (this.#text(this.#strings, name) === field) return offset
    }
    return undefined
  }

  /** What points outside of the bytes, or in a circle, ends in a RangeError. */
  #guarded<T>(read: () => T): T {
    try {
      return read()
    } catch (cause) {
      const bytes = this.#data.byteLength
      const error = new RingbufError('ERR_INVALID_ARGUMENT', `these ${bytes} bytes are no BTF`, {
        value: bytes,
      })
      throw Object.assign(error, { cause })
    }
  }

  #word(at: number): number {
    return this.#data.getUint32(at, true)
  }

  #text(strings: number, offset: number): string {
    const start = strings + offset
    let end = start
    while (this.#data.getUint8(end) !== 0) end++
    const { buffer, byteOffset } = this.#data
    return decoder.decode(new Uint8Array(buffer, byteOffset + start, end - start))
  }
}

const decoder = new TextDecoder()

/**
 * The types of the kernel that runs.
 *
 * @throws RingbufError ERR_SYSTEM: ENOENT where it was built without them (CONFIG_DEBUG_INFO_BTF)
 */
export function readKernelTypes(): KernelTypes {
  const system = loadSystem()
  const fd = must(system.open(PATH, O_RDONLY | O_CLOEXEC, 0), 'open', PATH, {
    ENOENT: 'this kernel was built without its types (CONFIG_DEBUG_INFO_BTF)',
  })
  const parts: Uint8Array[] = []
  let total = 0
  try {
    for (;;) {
      const part = new Uint8Array(8192)
      const count = must(system.read(fd, part), 'read', PATH)
      if (count === 0) break
      parts.push(part.subarray(0, count))
      total += count
    }
  } finally {
    system.close(fd)
  }
  const bytes = new Uint8Array(total)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return new KernelTypes(bytes)
}
