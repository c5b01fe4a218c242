import type { MapType } from './map-type.js'

/** What is known of a map: the same of one in the kernel and of one in shared memory (R6). */
export interface MapInfo {
  readonly type: MapType | `type ${number}`
  /** By which others find it: of the kernel's maps among all of the machine, of ours among those of their arena. */
  readonly id: number
  /** Bytes; 0: the map has no keys. */
  readonly keySize: number
  /** Bytes of one value; of a per-CPU map, of one processor's. */
  readonly valueSize: number
  /** Entries; of rings, bytes of data. */
  readonly maxEntries: number
  /** BPF_F_*. */
  readonly flags: number
  readonly name: string
}

/** What an update does with keys that are there: anything, only new ones, only old ones. */
export type UpdateMode = 'any' | 'noexist' | 'exist'

/** A key, or null: queues, stacks and rings have none. */
export type Key = Uint8Array | null

/** A value; of a map of maps, the map. */
export type Value = Uint8Array | BpfMap

/** What a batch has read. */
export interface Batch {
  readonly keys: Uint8Array<ArrayBuffer>[]
  readonly values: Uint8Array<ArrayBuffer>[]
  /** Where the next goes on; undefined: there is no more. It means nothing to any other map. */
  readonly next: Uint8Array<ArrayBuffer> | undefined
}

/**
 * A map of the kernel, or one in shared memory: whoever holds one need not care which. Keys and values are bytes, as
 * long as the map says; a value of a per-CPU map is one for each possible processor, each in a multiple of 8 bytes, one
 * behind the other; a value of a map of maps is read as the id of a map, and written as a map.
 *
 * What is not there, or is there already, is an answer. Everything else that a map refuses is ERR_MAP_OPERATION, with
 * the error of Linux in `detail.errno`; ERR_INVALID_ARGUMENT are keys and values of the wrong length, and what is no
 * key at all; ERR_RESOURCE_CLOSED comes from a map that was closed. docs/maps.md tells what each type refuses, and
 * where the two kinds differ.
 */
export interface BpfMap {
  readonly info: MapInfo
  /** The same as `info.id`. */
  readonly id: number
  /** The same as `info.name`. */
  readonly name: string

  /** The value of a key, or undefined if there is none. Of a queue or stack, by null: what `pop` would take. */
  lookup(key: Key): Uint8Array<ArrayBuffer> | undefined

  /** Sets the value of a key. Answers false if `mode` forbids it. Of a queue or stack, by null: pushes. */
  update(key: Key, value: Value, mode?: UpdateMode): boolean

  /** Takes a key out. Answers whether it was there. */
  delete(key: Key): boolean

  /** The value of a key, which is gone then; undefined if there is none. Of a queue or stack, by null: pops. */
  lookupAndDelete(key: Key): Uint8Array<ArrayBuffer> | undefined

  /** The key behind this one, in no order that means anything; undefined behind the last. Null, or a key that is not
   * there: the first. */
  nextKey(key: Key): Uint8Array<ArrayBuffer> | undefined

  /**
   * Up to `max` keys with their values, at once.
   *
   * @param from where the last batch ended (`next`), or null to begin
   */
  lookupBatch(max: number, from?: Uint8Array | null): Batch

  /** The same, and they are gone then. */
  lookupAndDeleteBatch(max: number, from?: Uint8Array | null): Batch

  /**
   * Sets many values. Answers how many: those before the first that `mode` forbids.
   *
   * @throws RingbufError as `update`; `detail.done` says how many were set before
   */
  updateBatch(keys: readonly Uint8Array[], values: readonly Value[], mode?: UpdateMode): number

  /** Takes many keys out. Answers how many: those before the first that is not there. */
  deleteBatch(keys: readonly Uint8Array[]): number

  /**
   * All keys. The one that was given last may be deleted. Those that come or go otherwise may be seen or not; where
   * the one behind it is deleted before it was given, the map begins anew, and keys come twice.
   */
  keys(): Generator<Uint8Array<ArrayBuffer>, void, void>

  /** All keys with their values; those that are gone by the time they are looked up are left out. */
  entries(): Generator<[key: Uint8Array<ArrayBuffer>, value: Uint8Array<ArrayBuffer>], void, void>

  [Symbol.iterator](): Generator<[Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>], void, void>

  /** Nobody in user space can change it any more; programs still can. Twice: EPERM. */
  freeze(): void

  /** Gives it up here. It lives on as long as others use it. */
  close(): void

  [Symbol.dispose](): void
}
