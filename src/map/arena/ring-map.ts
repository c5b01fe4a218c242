import { ENOTSUPP } from '../../abi/errno.js'
import { attachRing, type Ring } from '../../ring/ring.js'
import type { MapOperation } from '../refusal.js'
import { ArenaMap } from './arena-map.js'

/**
 * A ring in an arena. As a map it only is there: it has no elements (R5). Its records come and go by `ring`, which may
 * be handed to any function that takes one.
 */
export class RingMap extends ArenaMap {
  protected readonly valueBytes = 0
  #ring: Ring | undefined

  /** The ring, as this thread sees it. It lives as long as this map is open somewhere. */
  get ring(): Ring {
    const { shared: memory, bells, address } = this.home
    this.#ring ??= attachRing({ type: 'bpf-ringbuf', memory, address, bells })
    return this.#ring
  }

  protected override doDelete(): boolean {
    throw this.refusal('delete', ENOTSUPP)
  }

  protected override doNextKey(): undefined {
    throw this.refusal('nextKey', ENOTSUPP)
  }

  protected override mustKnow(operation: MapOperation): void {
    if (operation.endsWith('Batch')) throw this.refusal(operation, ENOTSUPP)
  }
}
