import { E2BIG, ENOTSUPP } from '../../abi/errno.js'
import type { UpdateMode } from '../bpf-map.js'
import type { MapOperation } from '../refusal.js'
import { ArenaMap, type Home } from './arena-map.js'
import { arrayPlan, type Plan } from './plan.js'

/** An array: keys are indices, of 4 bytes, and every one of them has a value. */
export class ArrayMap extends ArenaMap {
  protected readonly valueBytes: number
  readonly #plan: Plan

  /** @internal */
  constructor(home: Home) {
    super(home)
    this.#plan = arrayPlan(home.info, home.share.users)
    this.valueBytes = this.#plan.valueBytes
  }

  protected override doLookup(key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const index = indexOf(key)
    if (index >= this.info.maxEntries) return undefined
    const value = new Uint8Array(this.valueBytes)
    this.#eachPart(index, (part, offset) => value.set(part, offset))
    return value
  }

  protected override doUpdate(key: Uint8Array, value: Uint8Array, mode: UpdateMode): boolean {
    const index = indexOf(key)
    if (index >= this.info.maxEntries) throw this.refusal('update', E2BIG)
    if (mode === 'noexist') return false
    this.#eachPart(index, (part, offset) => part.set(value.subarray(offset, offset + part.length)))
    return true
  }

  protected override doNextKey(key: Uint8Array | null): Uint8Array<ArrayBuffer> | undefined {
    const index = key === null ? -1 : indexOf(key)
    const next = index + 1 < this.info.maxEntries ? index + 1 : index >= this.info.maxEntries ? 0 : undefined
    return next === undefined ? undefined : new Uint8Array(new Uint32Array([next]).buffer)
  }

  protected override mustKnow(operation: MapOperation): void {
    if (operation === 'lookupAndDeleteBatch' || operation === 'deleteBatch') {
      throw this.refusal(operation, ENOTSUPP)
    }
  }

  /** The bytes of a value in the memory, and where in the whole value they stand: one part for each processor. */
  #eachPart(index: number, visit: (part: Uint8Array, offset: number) => void): void {
    const { stride, parts, partBytes } = this.#plan
    const { u8 } = this.home.share.views
    const length = this.valueBytes / parts
    for (let part = 0; part < parts; part++) {
      const at = this.home.address + part * partBytes + index * stride
      visit(u8.subarray(at, at + length), part * length)
    }
  }
}

/** The index that a key is. */
export function indexOf(key: Uint8Array): number {
  return new DataView(key.buffer, key.byteOffset, 4).getUint32(0, true)
}
