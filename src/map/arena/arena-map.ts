import { EINVAL, ENOTSUPP, EPERM } from '../../abi/errno.js'
import { RingbufError } from '../../abi/error.js'
import type { SharedMemory } from '../../memory/shared-memory.js'
import type { Batch, BpfMap, Key, MapInfo, UpdateMode, Value } from '../bpf-map.js'
import {
  checkBatchSize,
  checkBatchStart,
  checkKey,
  checkKeyBefore,
  checkKeys,
  checkMode,
  checkPairs,
  checkValue,
} from '../check-element.js'
import { BPF_F_RDONLY, BPF_F_WRONLY } from '../flags.js'
import { entriesOf, keysOf } from '../iterate.js'
import { type MapOperation, mapText, refusal } from '../refusal.js'
import type { Share } from './share.js'

/** What a map needs of the arena that it lives in. */
export interface Home {
  readonly share: Share
  readonly info: MapInfo
  /** Where its memory begins, in the whole memory. */
  readonly address: number
  /** Memory that other maps lie in, too, and rings. */
  readonly shared: SharedMemory
  readonly bells: SharedMemory
  /** Whether its arena is still shared by this thread. */
  isOpen(): boolean
  isFrozen(): boolean
  /** Answers false when it was frozen before. */
  freeze(): boolean
  /** Gives a handle up. */
  release(map: ArenaMap): void
  /** Says that somebody is dead whose lock stands in the way. */
  mend(): void
  /**
   * Of a map of maps: does something by which a map is put in, which lives meanwhile.
   *
   * @throws RingbufError ERR_MAP_OPERATION: EINVAL if it is not like those that were said to come
   */
  adopt<T>(id: number, action: () => T): T
  /** Of a map of maps: does something by which others may lose their last user, and lets go of those. */
  letGo<T>(action: () => T): T
}

const NO_KEY = new Uint8Array(0)

/**
 * A map in an arena. Whoever shares the arena may use it at any time; a handle belongs to one thread.
 *
 * Here is what all kinds have in common: arguments are checked, and what is frozen or closed refuses. A kind says what its
 * operations do then; those it has none of are refused as in the kernel.
 */
export abstract class ArenaMap implements BpfMap {
  readonly info: MapInfo
  protected readonly home: Home
  #closed = false

  /** @internal */
  constructor(home: Home) {
    this.home = home
    this.info = home.info
  }

  get id(): number {
    return this.info.id
  }

  get name(): string {
    return this.info.name
  }

  lookup(key: Key): Uint8Array<ArrayBuffer> | undefined {
    this.mustBeOpen()
    checkKey(this.info, key)
    this.#mayRead('lookup')
    return this.doLookup(key ?? NO_KEY)
  }

  update(key: Key, value: Value, mode: UpdateMode = 'any'): boolean {
    this.mustBeOpen()
    checkKey(this.info, key)
    checkMode(mode)
    const bytes = this.toBytes(value)
    this.#mayWrite('update')
    return this.doUpdate(key ?? NO_KEY, bytes, mode)
  }

  delete(key: Key): boolean {
    this.mustBeOpen()
    checkKey(this.info, key)
    this.#mayWrite('delete')
    return this.doDelete(key ?? NO_KEY)
  }

  lookupAndDelete(key: Key): Uint8Array<ArrayBuffer> | undefined {
    this.mustBeOpen()
    checkKey(this.info, key)
    this.#mayRead('lookupAndDelete')
    this.#mayWrite('lookupAndDelete')
    return this.doLookupAndDelete(key ?? NO_KEY)
  }

  nextKey(key: Key): Uint8Array<ArrayBuffer> | undefined {
    this.mustBeOpen()
    checkKeyBefore(this.info, key)
    this.#mayRead('nextKey')
    return this.doNextKey(key)
  }

  lookupBatch(max: number, from: Uint8Array | null = null): Batch {
    return this.#readBatch('lookupBatch', max, from, (key) => this.lookup(key))
  }

  lookupAndDeleteBatch(max: number, from: Uint8Array | null = null): Batch {
    return this.#readBatch('lookupAndDeleteBatch', max, from, (key) => this.doTake(key))
  }

  updateBatch(keys: readonly Uint8Array[], values: readonly Value[], mode: UpdateMode = 'any'): number {
    this.mustBeOpen()
    checkKeys(this.info, keys)
    checkPairs(keys, values)
    checkMode(mode)
    for (const value of values) this.toBytes(value)
    this.#mayWrite('updateBatch')
    this.mustKnow('updateBatch')
    return this.#untilFalse('updateBatch', keys, (key, index) =>
      this.update(key, values[index] as Value, mode),
    )
  }

  deleteBatch(keys: readonly Uint8Array[]): number {
    this.mustBeOpen()
    checkKeys(this.info, keys)
    this.#mayWrite('deleteBatch')
    this.mustKnow('deleteBatch')
    return this.#untilFalse('deleteBatch', keys, (key) => this.delete(key))
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

  freeze(): void {
    this.mustBeOpen()
    this.mustKnow('freeze')
    if (!this.home.freeze()) throw this.refusal('freeze', EPERM)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.home.isOpen()) this.home.release(this)
  }

  /** @internal Whether it is of this share. @throws RingbufError ERR_RESOURCE_CLOSED */
  isOf(share: Share): boolean {
    this.mustBeOpen()
    return this.home.share === share
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Bytes of a value as it is handed over: of a per-CPU map, of all processors. */
  protected abstract readonly valueBytes: number

  // What a kind does, once its arguments are right. One that does not say is refused, as in the kernel.

  protected doLookup(_key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    throw this.refusal('lookup', ENOTSUPP)
  }

  protected doUpdate(_key: Uint8Array, _value: Uint8Array, _mode: UpdateMode): boolean {
    throw this.refusal('update', ENOTSUPP)
  }

  protected doDelete(_key: Uint8Array): boolean {
    throw this.refusal('delete', EINVAL)
  }

  protected doLookupAndDelete(_key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    throw this.refusal('lookupAndDelete', ENOTSUPP)
  }

  /** The value of a key, which is gone then, as one of a batch. */
  protected doTake(key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    return this.doLookupAndDelete(key)
  }

  protected doNextKey(_key: Uint8Array | null): Uint8Array<ArrayBuffer> | undefined {
    throw this.refusal('nextKey', EINVAL)
  }

  /** Where a kind lacks one of these operations. @throws RingbufError ERR_MAP_OPERATION */
  protected mustKnow(_operation: MapOperation): void {}

  protected toBytes(value: Value): Uint8Array {
    checkValue(this.info, value, this.valueBytes)
    return value
  }

  protected refusal(operation: MapOperation, errno: number): RingbufError {
    return refusal(operation, this.info, errno)
  }

  protected mustBeOpen(): void {
    if (this.#closed || !this.home.isOpen())
      throw new RingbufError('ERR_RESOURCE_CLOSED', `${mapText(this.info)} was closed`)
  }

  #mayRead(operation: MapOperation): void {
    if ((this.info.flags & BPF_F_WRONLY) !== 0) throw this.refusal(operation, EPERM)
  }

  #mayWrite(operation: MapOperation): void {
    if ((this.info.flags & BPF_F_RDONLY) !== 0 || this.home.isFrozen()) throw this.refusal(operation, EPERM)
  }

  #readBatch(
    operation: MapOperation,
    max: number,
    from: Uint8Array | null,
    read: (key: Uint8Array) => Uint8Array<ArrayBuffer> | undefined,
  ): Batch {
    this.mustBeOpen()
    checkBatchSize(max)
    checkBatchStart(this.info, from, this.info.keySize)
    this.#mayRead(operation)
    if (operation === 'lookupAndDeleteBatch') this.#mayWrite(operation)
    this.mustKnow(operation)
    const keys: Uint8Array<ArrayBuffer>[] = []
    const values: Uint8Array<ArrayBuffer>[] = []
    let key = from ?? this.nextKey(null)
    while (key && keys.length < max) {
      // One ahead, because behind a key that is gone there is no next.
      const next = this.nextKey(key)
      const value = read(key)
      if (value) {
        keys.push(Uint8Array.from(key))
        values.push(value)
      }
      key = next
    }
    return { keys, values, next: key && Uint8Array.from(key) }
  }

  #untilFalse(
    operation: MapOperation,
    keys: readonly Uint8Array[],
    change: (key: Uint8Array, index: number) => boolean,
  ): number {
    for (const [index, key] of keys.entries()) {
      try {
        if (!change(key, index)) return index
      } catch (error) {
        if (!(error instanceof RingbufError) || error.code !== 'ERR_MAP_OPERATION') throw error
        throw refusal(operation, this.info, Number(error.detail['number']), index)
      }
    }
    return keys.length
  }
}
