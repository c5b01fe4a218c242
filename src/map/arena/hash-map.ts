import { E2BIG, EEXIST, ENOENT } from '../../abi/errno.js'
import { RingbufError } from '../../abi/error.js'
import { ELEMENT_KEY } from '../../abi/map-region.js'
import { CHAIN_TORN } from '../algorithm/chain.js'
import { elementAt, hashKey, hasKey } from '../algorithm/element.js'
import {
  beginUpdate,
  finishUpdate,
  isStill,
  isThere,
  lockKey,
  lookup,
  passLock,
  removeKey,
  versionOf,
} from '../algorithm/hash.js'
import type { MapView } from '../algorithm/view.js'
import { following } from '../algorithm/walk.js'
import type { UpdateMode } from '../bpf-map.js'
import { UPDATE_MODES } from '../check-element.js'
import { mapText } from '../refusal.js'
import { ArenaMap, type Home } from './arena-map.js'
import { copyOf } from './copy.js'
import { mapView } from './map-view.js'
import { hashPlan, type Plan } from './plan.js'

/** So often a key is read before its reader waits. */
const READ_ATTEMPTS = 20

/** And so often before it is found that nobody changes it: an element is wrong. */
const MOST_ATTEMPTS = 10_000

/** A hash: keys of any bytes. Of type lru_hash, the key that was not used for longest gives way where there is no room. */
export class HashMap extends ArenaMap {
  protected readonly valueBytes: number
  readonly #plan: Plan
  readonly #view: MapView
  readonly #keyBytes: Uint8Array

  /** @internal */
  constructor(home: Home) {
    super(home)
    this.#plan = hashPlan(home.info, home.share.users)
    this.valueBytes = this.#plan.valueBytes
    this.#view = mapView(home, this.#plan)
    this.#keyBytes = new Uint8Array(this.#view.key.buffer)
  }

  protected override doLookup(key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const hash = this.#ask(key)
    for (let attempts = 1; ; attempts++) {
      const element = this.#sound(lookup(this.#view, hash))
      if (element === 0) return undefined
      const version = this.#beginReading(element)
      // It may have come to another key since it was found.
      if (hasKey(this.#view, element, hash)) {
        const value = this.#valueOf(element)
        if (this.#stays(element, version)) return value
      }
      this.#awaitWriter(hash, attempts)
    }
  }

  protected override doUpdate(key: Uint8Array, value: Uint8Array, mode: UpdateMode): boolean {
    const hash = this.#ask(key)
    const element = beginUpdate(this.#view, hash, UPDATE_MODES[mode])
    if (element === CHAIN_TORN) throw this.#torn()
    if (element === -EEXIST || element === -ENOENT) return false
    if (element === -E2BIG) throw this.refusal('update', E2BIG)
    this.home.share.views.u8.set(value, this.#valueAt(element))
    finishUpdate(this.#view, hash, element)
    return true
  }

  protected override doDelete(key: Uint8Array): boolean {
    const hash = this.#ask(key)
    const element = this.#sound(lockKey(this.#view, hash))
    if (element !== 0) removeKey(this.#view, hash, element)
    return element !== 0
  }

  protected override doLookupAndDelete(key: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const hash = this.#ask(key)
    const element = this.#sound(lockKey(this.#view, hash))
    if (element === 0) return undefined
    const value = this.#valueOf(element)
    removeKey(this.#view, hash, element)
    return value
  }

  protected override doNextKey(key: Uint8Array | null): Uint8Array<ArrayBuffer> | undefined {
    const hash = key === null ? 0 : this.#ask(key)
    for (let attempts = 1; ; attempts++) {
      const behind = key === null ? 0 : this.#sound(lookup(this.#view, hash))
      const before = this.#beginReading(behind)
      const element = following(this.#view, behind)
      const version = this.#beginReading(element)
      const found = element === 0 ? undefined : this.#keyOf(element)
      if (this.#stays(behind, before) && this.#stays(element, version)) return found
      this.#awaitWriter(hash, attempts)
    }
  }

  /** The version of an element that is complete; undefined: it is not. Of none: 0. */
  #beginReading(element: number): number | undefined {
    if (element === 0) return 0
    const version = versionOf(this.#view, element)
    return isThere(this.#view, element) ? version : undefined
  }

  #stays(element: number, version: number | undefined): boolean {
    return version !== undefined && (element === 0 || isStill(this.#view, element, version))
  }

  /**
   * Whoever reads takes no lock, and looks again where somebody was about to change what it read. One who does not come
   * to an end of that may have no cpu, or be dead: then the reader waits for it, as writers do.
   */
  #awaitWriter(hash: number, attempts: number): void {
    if (attempts % READ_ATTEMPTS === 0) passLock(this.#view, hash)
    if (attempts >= MOST_ATTEMPTS) throw this.#torn()
  }

  /** Makes the algorithm ask for a key. Answers its hash. */
  #ask(key: Uint8Array): number {
    // What a key does not fill of its last word is zero, and stays so.
    this.#keyBytes.set(key)
    return hashKey(this.#view)
  }

  #keyOf(element: number): Uint8Array<ArrayBuffer> {
    const at = (elementAt(this.#view, element) + ELEMENT_KEY) >>> 0
    return copyOf(this.home.share.views.u8, at, this.info.keySize)
  }

  #valueOf(element: number): Uint8Array<ArrayBuffer> {
    const at = this.#valueAt(element)
    return copyOf(this.home.share.views.u8, at, this.valueBytes)
  }

  #valueAt(element: number): number {
    return (elementAt(this.#view, element) + this.#plan.valueOffset) >>> 0
  }

  #sound(element: number): number {
    if (element === CHAIN_TORN) throw this.#torn()
    return element
  }

  #torn(): RingbufError {
    return new RingbufError('ERR_CORRUPTED', `${mapText(this.info)}: a chain of its hash leads nowhere`, {
      object: mapText(this.info),
    })
  }
}
