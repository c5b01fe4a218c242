import { isBytes } from '../abi/check.js'
import { EEXIST, ENOENT } from '../abi/errno.js'
import { RingbufError } from '../abi/error.js'
import type { MapInfo, UpdateMode } from '../map/bpf-map.js'
import { holdsMaps, isPerCpu } from '../map/map-type.js'
import type { Descriptor } from '../system/descriptor.js'
import { must } from '../system/failure.js'
import type { System } from '../system/system.js'
import { Attributes, bpf, tryBpf } from './bpf.js'
import type { BpfCommand } from './command.js'
import { isMap, readFdinfo, readMapInfo } from './map-info.js'
import { type MappedArray, type MappedOptions, mapArray } from './mapped-array.js'
import { pin, unpin } from './pins.js'
import { possibleCpus } from './possible-cpus.js'

const UPDATE_FLAGS: Readonly<Record<UpdateMode, number>> = { any: 0, noexist: 1, exist: 2 }

/**
 * A map of the kernel that is open here. Its keys and values are bytes, as long as the map says; a value of a
 * per-CPU map is one for each possible processor, each in a multiple of 8 bytes, one behind the other; a value
 * of a map of maps is read as the id of a map, and written as a map.
 *
 * Errors of the kernel are thrown as ERR_SYSTEM, but for what is not there: that is an answer.
 */
export class KernelMap {
  readonly info: MapInfo
  readonly #system: System
  readonly #file: Descriptor
  readonly #what: string
  readonly #valueBytes: number

  /** @internal */
  constructor(system: System, file: Descriptor) {
    this.#system = system
    this.#file = file
    this.info = readMapInfo(system, file.fd, file.what)
    const { type, name, valueSize } = this.info
    this.#what = `${type} '${name}'`
    this.#valueBytes = isPerCpu(type) ? Math.ceil(valueSize / 8) * 8 * possibleCpus(system) : valueSize
  }

  /** Its descriptor. @throws RingbufError ERR_RESOURCE_CLOSED */
  get fd(): number {
    return this.#file.fd
  }

  /** The name that it was made with, cut to 15 bytes. */
  get name(): string {
    return this.info.name
  }

  /** The number by which every process can open it that may. */
  get id(): number {
    return this.info.id
  }

  /** What /proc tells of it: `memlock`, `frozen`, `map_flags`, ... @throws RingbufError ERR_SYSTEM */
  fdinfo(): Readonly<Record<string, string>> {
    return readFdinfo(this.#system, this.fd)
  }

  /** The value of a key, or undefined if there is none. */
  lookup(key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    return this.#take('BPF_MAP_LOOKUP_ELEM', key)
  }

  /**
   * The values of a key in a per-CPU map, one for each possible processor, by its number: also for those that are
   * not there at the moment. Undefined if there is no such key.
   *
   * @throws RingbufError ERR_INVALID_ARGUMENT if the map has one value for all; ERR_SYSTEM
   */
  lookupPerCpu(key: Uint8Array): Uint8Array<ArrayBuffer>[] | undefined {
    const { type, valueSize } = this.info
    if (!isPerCpu(type)) {
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `${this.#what}: of type ${type}, which has one value for all processors`,
        { value: type },
      )
    }
    const all = this.lookup(key)
    if (!all) return undefined
    const stride = Math.ceil(valueSize / 8) * 8
    return Array.from({ length: all.length / stride }, (_, cpu) =>
      all.subarray(cpu * stride, cpu * stride + valueSize),
    )
  }

  /**
   * The sum of a counter over all processors: what a program counts for itself on each, like drops. Values of 4
   * or 8 bytes, without a sign. The sum is no moment's: processors count on while it is read. Undefined if there
   * is no such key.
   *
   * @throws RingbufError ERR_INVALID_ARGUMENT if values are no such numbers, or the map has one value for all;
   *   ERR_SYSTEM
   */
  sumPerCpu(key: Uint8Array): bigint | undefined {
    const { valueSize } = this.info
    if (valueSize !== 4 && valueSize !== 8) {
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `${this.#what}: a counter has 4 or 8 bytes, not ${valueSize}`,
        { value: valueSize, limit: 8 },
      )
    }
    return this.lookupPerCpu(key)?.reduce((sum, value) => {
      const data = new DataView(value.buffer, value.byteOffset, valueSize)
      return sum + (valueSize === 8 ? data.getBigUint64(0, true) : BigInt(data.getUint32(0, true)))
    }, 0n)
  }

  /**
   * Maps the values of an array into this process. Only arrays that were made with BPF_F_MMAPABLE (1024); while
   * one is mapped 'read-write' it cannot be frozen.
   *
   * @throws RingbufError ERR_INVALID_ARGUMENT if it is no array; ERR_SYSTEM: EINVAL without the flag, EPERM to
   *   write when it was frozen; ERR_NOT_SUPPORTED; ERR_RESOURCE_CLOSED
   */
  mapped(options: MappedOptions = {}): MappedArray {
    return mapArray(this.#system, this.fd, this.info, options)
  }

  /** The value of a key, which is gone then; undefined if there is none. Not all types can. */
  lookupAndDelete(key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    return this.#take('BPF_MAP_LOOKUP_AND_DELETE_ELEM', key)
  }

  /**
   * Sets the value of a key. Answers false if `mode` forbids it: there is one already, or none.
   *
   * @param value bytes; of a map of maps, the map
   */
  update(key: Uint8Array, value: Uint8Array | { readonly fd: number }, mode: UpdateMode = 'any'): boolean {
    this.#checkKey(key)
    if (!Object.hasOwn(UPDATE_FLAGS, mode)) {
      throw new RingbufError('ERR_INVALID_ARGUMENT', `mode '${String(mode)}' must be any, noexist or exist`, {
        value: String(mode),
      })
    }
    const bytes = this.#toBytes(value)
    const attributes = this.#elementOf(key, bytes).u64(24, UPDATE_FLAGS[mode])
    const answer = tryBpf(this.#system, 'BPF_MAP_UPDATE_ELEM', attributes)
    if (mode === 'noexist' && answer === -EEXIST) return false
    if (mode === 'exist' && answer === -ENOENT) return false
    must(answer, 'bpf(BPF_MAP_UPDATE_ELEM)', this.#what, {
      EINVAL: holdsMaps(this.info.type)
        ? 'the map that is put in must be of the type and flags of those that this one was made for'
        : 'keys of arrays are below their number of entries; rings have no elements',
      E2BIG: 'the map is full, or the index is too large',
      EPERM: 'it was frozen',
    })
    return true
  }

  /** Takes a key out. Answers whether it was there. @throws RingbufError ERR_SYSTEM: EINVAL from arrays */
  delete(key: Uint8Array): boolean {
    this.#checkKey(key)
    const attributes = new Attributes(this.#system, 24).u32(0, this.fd).pointer(8, key)
    const answer = tryBpf(this.#system, 'BPF_MAP_DELETE_ELEM', attributes)
    if (answer === -ENOENT) return false
    must(answer, 'bpf(BPF_MAP_DELETE_ELEM)', this.#what, { EINVAL: 'entries of arrays cannot be deleted' })
    return true
  }

  /**
   * All keys. The one that was given last may be deleted. Those that come or go otherwise may be seen or not; where
   * the one behind it is deleted before it was given, the kernel begins anew, and keys come twice.
   */
  *keys(): Generator<Uint8Array<ArrayBuffer>, void, void> {
    // One ahead: behind a key that is gone the kernel knows no next.
    for (let key = this.#nextKey(undefined); key; ) {
      const next = this.#nextKey(key)
      yield key
      key = next
    }
  }

  #nextKey(last: Uint8Array | undefined): Uint8Array<ArrayBuffer> | undefined {
    const key = new Uint8Array(this.info.keySize)
    const attributes = new Attributes(this.#system, 24).u32(0, this.fd).pointer(8, last).pointer(16, key)
    const answer = tryBpf(this.#system, 'BPF_MAP_GET_NEXT_KEY', attributes)
    if (answer === -ENOENT) return undefined
    must(answer, 'bpf(BPF_MAP_GET_NEXT_KEY)', this.#what)
    return key
  }

  /** All keys with their values; those that are gone by the time they are looked up are left out. */
  *entries(): Generator<[key: Uint8Array<ArrayBuffer>, value: Uint8Array<ArrayBuffer>], void, void> {
    for (const key of this.keys()) {
      const value = this.lookup(key)
      if (value) yield [key, value]
    }
  }

  [Symbol.iterator](): Generator<[Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>], void, void> {
    return this.entries()
  }

  /**
   * Nobody in user space can change it any more; programs still can. Of a ring: nobody can map it to consume.
   *
   * @throws RingbufError ERR_SYSTEM: EBUSY while it is mapped to be written, EPERM when it was frozen before
   */
  freeze(): void {
    bpf(this.#system, 'BPF_MAP_FREEZE', new Attributes(this.#system, 4).u32(0, this.fd), this.#what, {
      EBUSY: 'it is mapped to be written',
      EPERM: 'it was frozen before',
    })
  }

  /**
   * Gives it a name in a bpf file system, under which it outlives this process.
   *
   * @throws RingbufError ERR_SYSTEM: EEXIST; EPERM where that is no bpf file system; ERR_INVALID_ARGUMENT
   */
  pin(path: string): void {
    pin(this.#system, this.fd, this.#what, path)
  }

  /** Takes a name from it. @throws RingbufError ERR_INVALID_ARGUMENT when that is not its name; ERR_SYSTEM */
  unpin(path: string): void {
    const system = this.#system
    unpin(system, this.#what, path, (fd) => isMap(system, fd) && readMapInfo(system, fd, path).id === this.id)
  }

  /** Gives it up. Programs, pins and others who have it open keep it. */
  close(): void {
    this.#file.close()
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close()
  }

  #take(command: BpfCommand, key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    this.#checkKey(key)
    const value = new Uint8Array(this.#valueBytes)
    const answer = tryBpf(this.#system, command, this.#elementOf(key, value))
    if (answer === -ENOENT) return undefined
    must(answer, `bpf(${command})`, this.#what)
    return value
  }

  #elementOf(key: Uint8Array, value: Uint8Array): Attributes {
    const attributes = new Attributes(this.#system, 32).u32(0, this.fd)
    return attributes.pointer(8, key).pointer(16, value)
  }

  #toBytes(value: Uint8Array | { readonly fd: number }): Uint8Array {
    if (!isBytes(value) && Number.isInteger(value?.fd)) {
      return new Uint8Array(new Uint32Array([value.fd]).buffer)
    }
    if (isBytes(value) && value.length === this.#valueBytes) return value
    throw this.#wrong('value', value, this.#valueBytes)
  }

  #checkKey(key: Uint8Array): void {
    if (!isBytes(key) || key.length !== this.info.keySize) {
      throw this.#wrong('key', key, this.info.keySize)
    }
  }

  #wrong(which: string, bytes: unknown, limit: number): RingbufError {
    const value = isBytes(bytes) ? bytes.length : String(bytes)
    const found = isBytes(bytes) ? `${value} bytes` : String(bytes)
    return new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `${this.#what}: a ${which} takes ${limit} bytes, not ${found}`,
      { value, limit },
    )
  }
}
