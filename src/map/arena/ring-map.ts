import { ENOTSUPP } from '../../abi/errno.js'
import type { MapOperation } from '../refusal.js'
import { ArenaMap } from './arena-map.js'
import { ArenaRing } from './arena-ring.js'

/**
 * A ring in an arena. As a map it only is there: it has no elements (R5). Its records come and go by `ring`, which may
 * be handed to any function that takes one.
 */
export class RingMap extends ArenaMap {
  protected readonly valueBytes = 0
  #ring: ArenaRing | undefined

  /**
   * The ring, as this thread sees it. It ends for this thread when the map is closed; `ring.close()` ends it for all.
   *
   * @throws RingbufError ERR_RESOURCE_CLOSED
   */
  get ring(): ArenaRing {
    this.mustBeOpen()
    const { shared: memory, bells, address, info } = this.home
    this.#ring ??= new ArenaRing({ id: info.id, memory, address, bells })
    return this.#ring
  }

  override close(): void {
    this.#ring?.giveUp()
    super.close()
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
