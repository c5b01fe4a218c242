import { E2BIG, EINVAL, ENOTSUPP } from '../../abi/errno.js'
import { QUEUE_LOCK } from '../../abi/map-region.js'
import { lock, unlock } from '../algorithm/lock.js'
import { placeToPop, placeToPush, popped, pushed } from '../algorithm/queue.js'
import type { MapView } from '../algorithm/view.js'
import type { UpdateMode } from '../bpf-map.js'
import type { MapOperation } from '../refusal.js'
import { ArenaMap, type Home } from './arena-map.js'
import { copyOf } from './copy.js'
import { mapView } from './map-view.js'
import { queuePlan } from './plan.js'

/** A queue (first in, first out) or a stack (last in, first out): values without keys. */
export class QueueMap extends ArenaMap {
  protected readonly valueBytes: number
  readonly #view: MapView
  readonly #isStack: boolean

  /** @internal */
  constructor(home: Home) {
    super(home)
    const plan = queuePlan(home.info)
    this.valueBytes = plan.valueBytes
    this.#view = mapView(home, plan)
    this.#isStack = home.info.type === 'stack'
  }

  protected override doLookup(): Uint8Array<ArrayBuffer> | undefined {
    return this.#underLock(() => this.#read(placeToPop(this.#view, this.#isStack)))
  }

  protected override doLookupAndDelete(): Uint8Array<ArrayBuffer> | undefined {
    return this.#underLock(() => {
      const value = this.#read(placeToPop(this.#view, this.#isStack))
      if (value) popped(this.#view, this.#isStack)
      return value
    })
  }

  /** Pushes. Mode `exist` makes the oldest value give way where there is no room, as BPF_EXIST in the kernel. */
  protected override doUpdate(_key: Uint8Array, value: Uint8Array, mode: UpdateMode): boolean {
    if (mode === 'noexist') throw this.refusal('update', EINVAL)
    return this.#underLock(() => {
      const at = placeToPush(this.#view, mode === 'exist')
      if (at === 0) throw this.refusal('update', E2BIG)
      this.home.share.views.u8.set(value, at)
      pushed(this.#view)
      return true
    })
  }

  protected override mustKnow(operation: MapOperation): void {
    if (operation.endsWith('Batch')) throw this.refusal(operation, ENOTSUPP)
  }

  #read(at: number): Uint8Array<ArrayBuffer> | undefined {
    if (at === 0) return undefined
    return copyOf(this.home.share.views.u8, at, this.valueBytes)
  }

  #underLock<T>(action: () => T): T {
    const lockAt = this.home.address + QUEUE_LOCK
    lock(this.#view, lockAt)
    try {
      return action()
    } finally {
      unlock(this.#view, lockAt)
    }
  }
}
