/** Maps whose values are maps of their arena: written as a map, read as its id. */
import { EINVAL, ENOTSUPP } from '../../abi/errno.js'
import type { UpdateMode, Value } from '../bpf-map.js'
import type { MapOperation } from '../refusal.js'
import { ArrayMap } from './array-map.js'
import { HashMap } from './hash-map.js'

const EMPTY = new Uint8Array(4)

function idBytes(id: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint32Array([id]).buffer)
}

/** Slots that are empty, or have a map. It may be replaced while producers find their ring in it (R7). */
export class ArrayOfMaps extends ArrayMap {
  protected override doLookup(key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const id = super.doLookup(key)
    return id?.some((byte) => byte !== 0) ? id : undefined
  }

  override update(key: Uint8Array | null, value: Value, mode: UpdateMode = 'any'): boolean {
    return this.home.adopt(value, (id) => super.update(key, idBytes(id), mode))
  }

  protected override doUpdate(key: Uint8Array, value: Uint8Array, mode: UpdateMode): boolean {
    if (mode !== 'any') throw this.refusal('update', EINVAL)
    return super.doUpdate(key, value, mode)
  }

  protected override doDelete(key: Uint8Array): boolean {
    return this.home.letGo(() => this.doLookup(key) !== undefined && super.doUpdate(key, EMPTY, 'any'))
  }
}

/** Keys that have a map each. */
export class HashOfMaps extends HashMap {
  override update(key: Uint8Array | null, value: Value, mode: UpdateMode = 'any'): boolean {
    return this.home.adopt(value, (id) => super.update(key, idBytes(id), mode))
  }

  protected override doDelete(key: Uint8Array): boolean {
    return this.home.letGo(() => super.doDelete(key))
  }

  protected override doLookupAndDelete(): Uint8Array<ArrayBuffer> | undefined {
    throw this.refusal('lookupAndDelete', ENOTSUPP)
  }

  protected override mustKnow(operation: MapOperation): void {
    if (operation === 'lookupAndDeleteBatch') throw this.refusal(operation, ENOTSUPP)
  }
}
