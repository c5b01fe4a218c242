import { PRODUCER_POSITION } from '../abi/region.js'
import type { Attachment } from './attachment.js'

/** How old a record is, as far as this thread can tell: it was reserved between two of its looks. */
export interface Age {
  readonly atLeastMs: number
  /** Undefined when it was there before this thread first looked. */
  readonly atMostMs: number | undefined
}

interface Look {
  readonly time: number
  readonly position: number
}

/**
 * Records have no time of their own: the kernel's header has no room for one. But whoever looks at a ring
 * now and then knows how far it was when, and so between which looks a record was reserved.
 */
export class AgeKeeper {
  readonly #attachment: Attachment
  /** Oldest first. */
  #looks: Look[] = []

  constructor(attachment: Attachment) {
    this.#attachment = attachment
    this.note()
  }

  /** Notes where producers are now. */
  note(): void {
    const { views, address } = this.#attachment
    const position = Atomics.load(views.u32, (address + PRODUCER_POSITION) >>> 2) & ~7
    this.#looks.push({ time: performance.now(), position })
    // Every second one of the older half goes: old looks need not be as dense.
    if (this.#looks.length > MOST_LOOKS) {
      this.#looks = this.#looks.filter((_, i) => i >= MOST_LOOKS / 2 || i % 2 === 0)
    }
  }

  /** Age of the record at this position, which is in the ring now. */
  of(position: number, now: number): Age {
    let before: Look | undefined
    let after: Look | undefined
    for (const look of this.#looks) {
      // Within 2 GiB of each other, the sign of the difference tells which is first.
      if (((look.position - position) | 0) > 0) {
        after = look
        break
      }
      before = look
    }
    return {
      atLeastMs: after ? now - after.time : 0,
      atMostMs: before ? now - before.time : undefined,
    }
  }
}

const MOST_LOOKS = 64
