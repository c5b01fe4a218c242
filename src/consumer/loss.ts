import { DROPS_TOLD } from '../abi/region.js'
import type { Attachment } from '../ring/attachment.js'
import { droppedCount, readU64 } from '../ring/counters.js'
import { attachmentOf, type Ring } from '../ring/ring.js'

/** Why records are missing. */
export type LossCause =
  /** The ring was full, and reservations failed. */
  | 'dropped'
  /** Producers in overwrite mode lapped the reader. */
  | 'overwritten'

/**
 * Says in the stream of records that some are missing here: what a consumer that was opened with
 * `showLost` is given in the place of a record, and what `onLost` is called with.
 */
export class LostRecord {
  /** How many. */
  readonly count: number
  /**
   * Where the gap is: u32. Of dropped records, the position at which the first of them would have begun,
   * in rings that were made with `lostRecords`; in others, where the consumer noticed. Of overwritten
   * ones, the position of the next record that is there.
   */
  readonly position: number
  readonly cause: LossCause

  constructor(count: number, position: number, cause: LossCause) {
    this.count = count
    this.position = position
    this.cause = cause
  }
}

/**
 * What the consumer of a ring has been told was dropped. The count is kept in the ring, so a consumer
 * that takes over goes on with it.
 */
export class DropTeller {
  readonly #attachment: Attachment

  constructor(ring: Ring<unknown>) {
    this.#attachment = attachmentOf(ring)
  }

  /** How many dropped records the consumer was told of. */
  get told(): number {
    const { views, address } = this.#attachment
    return readU64(views.u32, address + DROPS_TOLD)
  }

  /** Whether producers have dropped records since this was last asked. Cheap when they have not. */
  hasNews(): boolean {
    return Boolean(this.#attachment.engine.takeLossFlag())
  }

  /** Whether something was dropped that nobody was told of. Reads the producers' counters. */
  get untold(): boolean {
    const { views, address } = this.#attachment
    return droppedCount(views.u32, address) > this.told
  }

  /** What was dropped and nobody was told of yet, if anything. Reads the producers' counters. */
  tellAll(position: number): LostRecord | undefined {
    const { views, address } = this.#attachment
    const count = droppedCount(views.u32, address) - this.told
    return count > 0 ? this.tell(count, position) : undefined
  }

  /** Tells of so many. */
  tell(count: number, position: number): LostRecord {
    this.#attachment.engine.tally(DROPS_TOLD, count)
    return new LostRecord(count, position >>> 0, 'dropped')
  }
}

/** Losses that a consumer came over in visits which cannot show them. One of each cause, however many. */
export class UnshownLosses {
  #losses: readonly LostRecord[] = []

  add({ count, position, cause }: LostRecord): void {
    const earlier = this.#losses.find((lost) => lost.cause === cause)
    // Dropped ones are placed by the first of them, overwritten ones by the record behind them.
    const place = earlier && cause === 'dropped' ? earlier.position : position
    const all = new LostRecord(count + (earlier?.count ?? 0), place, cause)
    this.#losses = [...this.#losses.filter((lost) => lost !== earlier), all]
  }

  /** The one that is to be shown first. */
  get next(): LostRecord | undefined {
    return this.#losses[0]
  }

  remove(lost: LostRecord): void {
    this.#losses = this.#losses.filter((other) => other !== lost)
  }
}
