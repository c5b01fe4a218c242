import { EEXIST, ENOENT } from '../abi/errno.js'
import { RingbufError } from '../abi/error.js'
import type { Batch, BpfMap, Key, MapInfo, UpdateMode, Value } from '../map/bpf-map.js'
import {
  checkBatchSize,
  checkBatchStart,
  checkKey,
  checkKeyBefore,
  checkKeys,
  checkMode,
  checkPairs,
  checkValue,
  UPDATE_MODES,
} from '../map/check-element.js'
import { entriesOf, keysOf } from '../map/iterate.js'
import { holdsDescriptors, holdsMaps } from '../map/map-type.js'
import { lookupPerCpu, sumPerCpu, valueBytes } from '../map/per-cpu.js'
import { type MapOperation, mapText, refusal } from '../map/refusal.js'
import type { Descriptor } from '../system/descriptor.js'
import type { System } from '../system/system.js'
import { Attributes, tryBpf } from './bpf.js'
import type { BpfCommand } from './command.js'
import { type BatchMap, readBatch, writeBatch } from './map-batch.js'
import { isMap, readFdinfo, readMapInfo } from './map-info.js'
import { type MappedArray, type MappedOptions, mapArray } from './mapped-array.js'
import { pin, unpin } from './pins.js'
import { possibleCpus } from './possible-cpus.js'

/** A map of the kernel that is open here. docs/maps.md tells what each type refuses. */
export class KernelMap implements BpfMap {
  readonly info: MapInfo
  readonly #system: System
  readonly #file: Descriptor
  readonly #valueBytes: number

  /** @internal */
  constructor(system: System, file: Descriptor) {
    this.#system = system
    this.#file = file
    this.info = readMapInfo(system, file.fd, file.what)
    this.#valueBytes = valueBytes(this.info, () => possibleCpus(system))
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

  lookup(key: Key): Uint8Array<ArrayBuffer> | undefined {
    return this.#take('lookup', 'BPF_MAP_LOOKUP_ELEM', key)
  }

  /** The values of a key in a per-CPU map: the function of that name in `bpf-ringbuf/map`. */
  lookupPerCpu(key: Uint8Array): Uint8Array<ArrayBuffer>[] | undefined {
    return lookupPerCpu(this, key)
  }

  /** The sum of a counter over all processors: the function of that name in `bpf-ringbuf/map`. */
  sumPerCpu(key: Uint8Array): bigint | undefined {
    return sumPerCpu(this, key)
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

  lookupAndDelete(key: Key): Uint8Array<ArrayBuffer> | undefined {
    return this.#take('lookupAndDelete', 'BPF_MAP_LOOKUP_AND_DELETE_ELEM', key)
  }

  /** @param value bytes; of maps of maps, programs, sockets and the like anything that has a descriptor of one, `fd` */
  update(key: Key, value: Value | { readonly fd: number }, mode: UpdateMode = 'any'): boolean {
    const attributes = this.#element(32, key)
    const bytes = this.#toBytes(value)
    checkMode(mode)
    const answer = this.#set(attributes, bytes, mode)
    this.#must('update', answer)
    return answer === 1
  }

  delete(key: Key): boolean {
    const answer = tryBpf(this.#system, 'BPF_MAP_DELETE_ELEM', this.#element(24, key))
    if (answer === -ENOENT) return false
    this.#must('delete', answer)
    return true
  }

  nextKey(key: Key): Uint8Array<ArrayBuffer> | undefined {
    const { fd } = this
    checkKeyBefore(this.info, key)
    const next = new Uint8Array(this.info.keySize)
    const attributes = new Attributes(this.#system, 24)
      .u32(0, fd)
      .pointer(8, key ?? undefined)
      .pointer(16, next)
    const answer = tryBpf(this.#system, 'BPF_MAP_GET_NEXT_KEY', attributes)
    if (answer === -ENOENT) return undefined
    this.#must('nextKey', answer)
    return next
  }

  /** Of hashes whole buckets: where one holds more than `max`, so does the batch. */
  lookupBatch(max: number, from: Uint8Array | null = null): Batch {
    return this.#takeMany('lookupBatch', 'BPF_MAP_LOOKUP_BATCH', max, from)
  }

  /** Of hashes whole buckets: where one holds more than `max`, so does the batch. */
  lookupAndDeleteBatch(max: number, from: Uint8Array | null = null): Batch {
    return this.#takeMany('lookupAndDeleteBatch', 'BPF_MAP_LOOKUP_AND_DELETE_BATCH', max, from)
  }

  updateBatch(
    keys: readonly Uint8Array[],
    values: readonly (Value | { readonly fd: number })[],
    mode: UpdateMode = 'any',
  ): number {
    const map = this.#batchMap()
    checkKeys(this.info, keys)
    checkPairs(keys, values)
    checkMode(mode)
    const parts = values.map((value) => this.#toBytes(value))
    if (mode === 'any') return this.#setAll(map, keys, parts)
    // Its batches know no other mode. Whether it has any is asked by one of nothing.
    this.#setAll(map, [], [])
    return this.#setEach(keys, parts, mode)
  }

  deleteBatch(keys: readonly Uint8Array[]): number {
    const map = this.#batchMap()
    checkKeys(this.info, keys)
    const { answer, done } = writeBatch(this.#system, 'BPF_MAP_DELETE_BATCH', map, keys, undefined)
    if (answer < 0 && answer !== -ENOENT) throw refusal('deleteBatch', this.info, -answer, done)
    return done
  }

  keys(): Generator<Uint8Array<ArrayBuffer>, void, void> {
    return keysOf(this)
  }

  entries(): Generator<[key: Uint8Array<ArrayBuffer>, value: Uint8Array<ArrayBuffer>], void, void> {
    return entriesOf(this)
  }

  [Symbol.iterator](): Generator<[Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>], void, void> {
    return this.entries()
  }

  /** Of a ring: nobody can map it to consume. EBUSY while it is mapped to be written. */
  freeze(): void {
    const answer = tryBpf(this.#system, 'BPF_MAP_FREEZE', new Attributes(this.#system, 4).u32(0, this.fd))
    this.#must('freeze', answer)
  }

  /**
   * Gives it a name in a bpf file system, under which it outlives this process.
   *
   * @throws RingbufError ERR_SYSTEM: EEXIST; EPERM where that is no bpf file system; ERR_INVALID_ARGUMENT
   */
  pin(path: string): void {
    pin(this.#system, this.fd, mapText(this.info), path)
  }

  /** Takes a name from it. @throws RingbufError ERR_INVALID_ARGUMENT when that is not its name; ERR_SYSTEM */
  unpin(path: string): void {
    const system = this.#system
    unpin(
      system,
      mapText(this.info),
      path,
      (fd) => isMap(system, fd) && readMapInfo(system, fd, path).id === this.id,
    )
  }

  /** Gives it up. Programs, pins and others who have it open keep it. */
  close(): void {
    this.#file.close()
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close()
  }

  #take(operation: MapOperation, command: BpfCommand, key: Key): Uint8Array<ArrayBuffer> | undefined {
    const value = new Uint8Array(this.#valueBytes)
    const answer = tryBpf(this.#system, command, this.#element(32, key).pointer(16, value))
    if (answer === -ENOENT) return undefined
    this.#must(operation, answer)
    return value
  }

  #takeMany(
    operation: MapOperation,
    command: 'BPF_MAP_LOOKUP_BATCH' | 'BPF_MAP_LOOKUP_AND_DELETE_BATCH',
    max: number,
    from: Uint8Array | null,
  ): Batch {
    const map = this.#batchMap()
    checkBatchSize(max)
    checkBatchStart(this.info, from, map.cursorBytes)
    // No map has more: memory for more would be wasted.
    const room = Math.min(max, this.info.maxEntries)
    const answer = readBatch(this.#system, command, map, room, from)
    if (typeof answer === 'number') throw refusal(operation, this.info, -answer)
    return answer
  }

  #setAll(map: BatchMap, keys: readonly Uint8Array[], values: readonly Uint8Array[]): number {
    const { answer, done } = writeBatch(this.#system, 'BPF_MAP_UPDATE_BATCH', map, keys, values)
    if (answer < 0) throw refusal('updateBatch', this.info, -answer, done)
    return done
  }

  #setEach(keys: readonly Uint8Array[], values: readonly Uint8Array[], mode: UpdateMode): number {
    for (const [done, key] of keys.entries()) {
      const answer = this.#set(this.#element(32, key), values[done] as Uint8Array, mode)
      if (answer < 0) throw refusal('updateBatch', this.info, -answer, done)
      if (answer === 0) return done
    }
    return keys.length
  }

  /** Answers 1 if it was set, 0 if the mode forbids it, else the negative error of the kernel. */
  #set(attributes: Attributes, value: Uint8Array, mode: UpdateMode): number {
    attributes.pointer(16, value).u64(24, UPDATE_MODES[mode])
    const answer = tryBpf(this.#system, 'BPF_MAP_UPDATE_ELEM', attributes)
    const isForbidden = (mode === 'noexist' && answer === -EEXIST) || (mode === 'exist' && answer === -ENOENT)
    if (isForbidden) return 0
    return answer < 0 ? answer : 1
  }

  /** Attributes of a command about one key. What is closed says so before anything else. */
  #element(length: number, key: Key): Attributes {
    const attributes = new Attributes(this.#system, length).u32(0, this.fd)
    checkKey(this.info, key)
    return attributes.pointer(8, key ?? undefined)
  }

  #batchMap(): BatchMap {
    const { type, keySize } = this.info
    const cursorBytes = type.includes('hash') ? 4 : keySize
    return { fd: this.fd, keyBytes: keySize, valueBytes: this.#valueBytes, cursorBytes }
  }

  #toBytes(value: Value | { readonly fd: number }): Uint8Array {
    const { info } = this
    if (holdsDescriptors(info.type) && isHolder(value)) {
      const bytes = new Uint8Array(info.valueSize)
      new DataView(bytes.buffer).setUint32(0, value.fd, true)
      return bytes
    }
    // By its bytes any number would do, and be taken for the descriptor of a map.
    if (holdsMaps(info.type)) {
      throw new RingbufError('ERR_INVALID_ARGUMENT', `${mapText(info)}: a value is a map of the kernel`, {
        value: String(value),
      })
    }
    checkValue(info, value, this.#valueBytes)
    return value
  }

  #must(operation: MapOperation, answer: number): void {
    if (answer < 0) throw refusal(operation, this.info, -answer)
  }
}

/** Closed, it says so itself. */
function isHolder(value: unknown): value is { readonly fd: number } {
  return typeof value === 'object' && value !== null && 'fd' in value && Number.isInteger(value.fd)
}
