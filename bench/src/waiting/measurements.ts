/**
 * Kinds of measurement that only the suite `waiting` has. In all of them one producer thread sends records that carry
 * their number and the time at which they were committed (where lonely records wake, on the clock of latency/clock.ts; else
 * on that of clock.ts); and the producer ends the run,
 * after which the consumer takes what is left and returns.
 */
import type { HandOffProducer, HandOffShared, LoopingConsumer } from '../contestant.js'
import type { AwayProducer } from '../latency/away.js'

/** Gets each record: its number, and its stamp. */
export type OnRecord = (sequence: number, stamp: number) => void

/** A lonely record wakes a consumer that sleeps. */
export interface WakeUpMeasurement<Shared = unknown> {
  readonly kind: 'wake-up'
  /** Rings that the producer writes to in turn; 1 if it does not say. */
  readonly rings?: number
  share(): HandOffShared<Shared>
  producer(shared: Shared): LonelyProducer | Promise<LonelyProducer>
  consumer(shared: Shared): WakeUpConsumer | Promise<WakeUpConsumer>
}

export type LonelyProducer = WakeUpProducer | AwayProducer

export interface WakeUpProducer {
  /** Stamps the record with `now()` as late as it can, and commits it. There is always room. */
  send(sequence: number, now: () => number): void
  end(): void
}

export interface WakeUpConsumer {
  run(onRecord: OnRecord): void | Promise<void>
  /** How often it has really slept so far, if it knows. */
  sleeps?(): number
}

/** So many records a second, evenly; the consumer is woken by the contestant's policy. */
export interface PacedMeasurement<Shared = unknown> {
  readonly kind: 'paced'
  readonly rate: number
  share(): HandOffShared<Shared>
  producer(shared: Shared): PacedProducer | Promise<PacedProducer>
  consumer(shared: Shared): PacedConsumer | Promise<PacedConsumer>
}

export interface PacedProducer {
  /** False when there is no room now. */
  send(sequence: number, stamp: number): boolean
  end(): void
}

export interface PacedConsumer {
  /** Calls `turn` after each visit. */
  run(onRecord: OnRecord, turn: () => void): void | Promise<void>
  counters(): WakeUpCounters
}

/** Of a RingCounters. */
export interface WakeUpCounters {
  readonly wakeups: number
  readonly elided: number
  readonly spurious: number
}

/** The main thread consumes a flood, and its event loop is watched. */
export interface EventLoopMeasurement<Shared = unknown> {
  readonly kind: 'event-loop'
  readonly bytes?: number
  /** Rings that the producer writes to in turn; 1 if it does not say. */
  readonly rings?: number
  share(): HandOffShared<Shared>
  producer(shared: Shared): HandOffProducer | Promise<HandOffProducer>
  /** Its `turn` is to be called after each record. */
  consumer(shared: Shared): LoopingConsumer | Promise<LoopingConsumer>
}
