import { nowMs } from '../memory/clock.js'
import type { Attachment } from './attachment.js'
import { longProducerPosition } from './long-positions.js'

/** How old a record is, as far as this thread can tell: it was reserved between two of its looks. */
export interface Age {
  readonly atLeastMs: number
  /** Undefined when it was there before this thread first looked. */
  readonly atMostMs: number | undefined
}

interface Look {
  readonly time: number
  /** Does not wrap. */
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
    this.#looks.push({ time: nowMs(), position: this.#reserved() })
    // Every second one of the older half goes: old looks need not be as dense.
    if (this.#looks.length > MOST_LOOKS) {
      this.#looks = this.#looks.filter((_, i) => i >= MOST_LOOKS / 2 || i % 2 === 0)
    }
  }

  /** Ages of records that are in the ring now, by their positions: u32. */
  at(now: number): (position: number) => Age {
    const reserved = this.#reserved()
    return (position) => this.#of(reserved + ((position - reserved) | 0), now)
  }

  #of(position: number, now: number): Age {
    let before: Look | undefined
    let after: Look | undefined
    for (const look of this.#looks) {
      if (look.position > position) {
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

  /** How far producers have come. They never go back, so what seems to has just wrapped. */
  #reserved(): number {
    const position = longProducerPosition(this.#attachment)
    const last = this.#looks.at(-1)?.position ?? 0
    return position < last ? position + 2 ** 32 : position
  }
}

const MOST_LOOKS = 64
