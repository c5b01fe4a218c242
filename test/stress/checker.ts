import { firstDifference, type Planned, Stream } from './stream.js'

/** Compares what the consumer sees with what the producers meant to send. */
export class Checker {
  readonly #streams: readonly Stream[]
  readonly #planned: Planned = { length: 0, discard: false, content: 0 }
  /** Records without a byte cannot say whose they are; they are compared by number. */
  #emptySeen = 0
  #emptyPlanned = 0
  seen = 0

  constructor(seed: number, producers: number, largestPayload: number) {
    this.#streams = Array.from({ length: producers }, (_, p) => new Stream(seed, p, largestPayload))
  }

  /** Takes one record; throws when it is not the next one of its producer, to the last byte. */
  take(memory: Uint8Array, offset: number, length: number): void {
    this.seen++
    if (length === 0) {
      this.#emptySeen++
      return
    }
    const stream = this.#streams[memory[offset] as number]
    if (!stream) throw new Error(`record ${this.seen} is of producer ${memory[offset]}, which does not exist`)
    const planned = this.#nextWithBytes(stream)
    if (planned.length !== length) {
      throw new Error(
        `record ${this.seen}, producer ${stream.producer}: ${length} bytes, not ${planned.length}`,
      )
    }
    const difference = firstDifference(memory, offset, planned)
    if (difference >= 0) {
      throw new Error(
        `record ${this.seen}, producer ${stream.producer}: byte ${difference} of ${length} is wrong`,
      )
    }
  }

  /** At the end: every producer sent `records`, and all that were not discarded were taken. */
  finish(records: number): void {
    for (const stream of this.#streams) {
      const sent = this.#taken.get(stream) ?? 0
      for (let left = records - sent; left > 0; left--) {
        const planned = stream.next(this.#planned)
        if (planned.discard) continue
        if (planned.length > 0) throw new Error(`producer ${stream.producer}: records at the end are missing`)
        this.#emptyPlanned++
      }
    }
    if (this.#emptySeen !== this.#emptyPlanned) {
      throw new Error(`${this.#emptySeen} records of no bytes arrived, ${this.#emptyPlanned} were sent`)
    }
  }

  readonly #taken = new Map<Stream, number>()

  #nextWithBytes(stream: Stream): Planned {
    let taken = this.#taken.get(stream) ?? 0
    for (;;) {
      const planned = stream.next(this.#planned)
      taken++
      if (planned.discard) continue
      if (planned.length > 0) {
        this.#taken.set(stream, taken)
        return planned
      }
      this.#emptyPlanned++
    }
  }
}
