/** Maps whose values are maps of their arena: written as a map, read as its id. */
import { E2BIG, EINVAL, ENOTSUPP } from '../../abi/errno.js'
import { RingbufError } from '../../abi/error.js'
import type { UpdateMode, Value } from '../bpf-map.js'
import { mapText } from '../refusal.js'
import { ArenaMap, type Home } from './arena-map.js'
import { ArrayMap, indexOf } from './array-map.js'
import { HashMap } from './hash-map.js'

const EMPTY = new Uint8Array(4)

/** The value that stands for a map. @throws RingbufError ERR_INVALID_ARGUMENT, ERR_RESOURCE_CLOSED */
function idOf({ share, info }: Home, map: Value): Uint8Array<ArrayBuffer> {
  if (map instanceof ArenaMap && map.isOf(share)) return new Uint8Array(new Uint32Array([map.id]).buffer)
  throw new RingbufError('ERR_INVALID_ARGUMENT', `${mapText(info)}: a value is a map of the same arena`, {
    value: String(map),
  })
}

/** Slots that are empty, or have a map. It may be replaced while producers find their ring in it (R7). */
export class ArrayOfMaps extends ArrayMap {
  protected override doLookup(key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const id = super.doLookup(key)
    return id?.some((byte) => byte !== 0) ? id : undefined
  }

  protected override doUpdate(key: Uint8Array, id: Uint8Array, mode: UpdateMode): boolean {
    if (mode !== 'any') throw this.refusal('update', EINVAL)
    return this.home.adopt(indexOf(id), () => super.doUpdate(key, id, mode))
  }

  protected override doDelete(key: Uint8Array): boolean {
    if (indexOf(key) >= this.info.maxEntries) throw this.refusal('delete', E2BIG)
    return this.home.letGo(() => this.doLookup(key) !== undefined && super.doUpdate(key, EMPTY, 'any'))
  }

  protected override toBytes(value: Value): Uint8Array {
    return idOf(this.home, value)
  }
}

/** Keys that have a map each. */
export class HashOfMaps extends HashMap {
  protected override doUpdate(key: Uint8Array, id: Uint8Array, mode: UpdateMode): boolean {
    return this.home.adopt(indexOf(id), () => super.doUpdate(key, id, mode))
  }

  protected override doDelete(key: Uint8Array): boolean {
    return this.home.letGo(() => super.doDelete(key))
  }

  protected override doLookupAndDelete(): undefined {
    throw this.refusal('lookupAndDelete', ENOTSUPP)
  }

  /** In the kernel, too, many can be taken out at once, though one cannot. */
  protected override doTake(key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    return this.home.letGo(() => super.doLookupAndDelete(key))
  }

  protected override toBytes(value: Value): Uint8Array {
    return idOf(this.home, value)
  }
}
