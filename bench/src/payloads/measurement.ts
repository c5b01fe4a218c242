/** What a contestant of the suite `payloads` must say: how a content goes in, and how it is read. */
import type { EventConsumer, HandOffShared, LoopingConsumer, PollingConsumer } from '../contestant.js'
import type { SequenceCheck } from '../sequence.js'

/** As a hand-off; but what a record holds follows from its number, and it is the contestant that writes it. */
export interface ContentMeasurement<Shared = unknown> {
  readonly kind: 'content'
  share(): HandOffShared<Shared>
  producer(shared: Shared): ContentProducer | Promise<ContentProducer>
  consumer(shared: Shared): ContentConsumer | Promise<ContentConsumer>
}

export interface ContentProducer {
  /** Writes what the record of this number holds; false when there is no room now. */
  push(sequence: number): boolean
  /** Called once after the last record, for what still has to be flushed. */
  end?(): void
}

/** Checks all that a record holds, and passes its number on. */
export type ContentConsumer = PollingConsumer | EventConsumer | CountingConsumer

/** One with a loop of its own, which can also stop after a number of records. */
export interface CountingConsumer extends LoopingConsumer {
  take(check: SequenceCheck, records: number): Promise<void>
}
