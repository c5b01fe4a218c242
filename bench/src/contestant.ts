/**
 * Who is measured, and how.
 *
 * A contestant names a measurement for each case it takes part in. There are four kinds:
 *
 *   native      a program of bench/native measures itself and prints the figure
 *   fill-drain  one JavaScript thread fills and drains      (fill-drain.ts)
 *   hand-off    JavaScript threads: producers, a consumer   (hand-off/)
 *   memory      an idle ring is weighed                     (memory.ts)
 *
 * The last three share their loops, clocks, threads and checks: a contestant only says how a record goes in and
 * how it comes out. Each measurement runs in a process of its own, so V8 compiles the shared loops for the one
 * contestant that is there.
 */
import type { Transferable } from 'node:worker_threads'
import type { CaseName } from './cases.js'
import type { NativeProgram } from './native.js'
import type { SequenceCheck } from './sequence.js'

export interface Contestant {
  readonly name: string
  /** One line for the report's legend. */
  readonly about: string
  /** Why it cannot run here and what would help, or null when it can. */
  absent(): string | null
  readonly cases: Readonly<Partial<Record<CaseName, Measurement>>>
}

export type Measurement = NativeMeasurement | FillDrainMeasurement | HandOffMeasurement | MemoryMeasurement

/** Runs `program CASE WARM_UP SECONDS ...extra`, which prints a Figure as one JSON line. */
export interface NativeMeasurement {
  readonly kind: 'native'
  readonly program: NativeProgram
  readonly extra?: readonly string[]
}

export interface FillDrainMeasurement {
  readonly kind: 'fill-drain'
  /** An empty ring, used by this thread alone. */
  open(): FillDrainRing | Promise<FillDrainRing>
}

export interface FillDrainRing {
  /**
   * Fills the empty ring with 8-byte records, numbered from `firstSequence` on in their first four bytes.
   * Answers how many. Should fill most of the 1 MiB, that is some 65,000 records, and always the same number.
   */
  fill(firstSequence: number): number
  /** Takes out everything, passing each sequence number to `check`. */
  drain(check: SequenceCheck): void
}

/** `Shared` is what the threads get: it must survive structured cloning. The harness only passes it on. */
export interface HandOffMeasurement<Shared = unknown> {
  readonly kind: 'hand-off'
  /** How many there are; 1 if it does not say. Several share one `HandOffShared.producer`. */
  readonly producers?: number
  /** Called once, in the main thread. What must be moved and not cloned goes into `transfer` of the side that gets it. */
  share(): HandOffShared<Shared>
  producer(shared: Shared): HandOffProducer | Promise<HandOffProducer>
  consumer(shared: Shared): HandOffConsumer | Promise<HandOffConsumer>
}

export interface HandOffShared<Shared> {
  readonly producer: Shared
  readonly consumer: Shared
  readonly transfer?: {
    readonly producer?: readonly Transferable[]
    readonly consumer?: readonly Transferable[]
  }
}

export interface HandOffProducer {
  /** Copies the 64 bytes in; false when there is no room now. */
  push(payload: Uint8Array): boolean
  /** Called once after the last record, for what still has to be flushed. */
  end?(): void
}

/** Either looks when asked to, or is called by the event loop. */
export type HandOffConsumer = PollingConsumer | EventConsumer

export interface PollingConsumer {
  /**
   * Takes what is ready, at most `limit` records, and passes each sequence number to `check`; answers how many.
   * Must look at the record's length as well, and throw when it is not 64.
   */
  drain(check: SequenceCheck, limit: number): number
}

export interface EventConsumer {
  /** From now on calls `onSequence` for each record; throws inside the event when a record is not 64 bytes. */
  listen(onSequence: (sequence: number) => void): void
  /** Lets the event loop end. */
  close(): void
}

export interface MemoryMeasurement {
  readonly kind: 'memory'
  /** A new idle ring of 1 MiB. */
  open(): IdleRing | Promise<IdleRing>
}

export interface IdleRing {
  readonly allocatedBytes: number
  /** Whatever keeps the ring from being collected while it is weighed. */
  readonly keeps: unknown
}

/** What one measurement found. */
export interface Measured {
  readonly value: number
  /** Whether every measuring thread stood on the cpu it should stand on. */
  readonly pinned: boolean
  readonly extra?: SideFigures
}

/** The same, as its process prints it: with the cpu time that the process took, all its threads together. */
export interface Figure extends Measured {
  readonly cpuMs: number
}

/**
 *   drainNs      ns a record while draining
 *   dropShare    share of the records that found the ring full and were dropped, 0 to 1
 *   fullRetries  times that a producer found the ring full and tried again
 *   rssBytes     growth of the resident set a ring
 */
export const SIDE_FIGURE_NAMES = ['drainNs', 'dropShare', 'fullRetries', 'rssBytes'] as const

export type SideFigures = Readonly<Partial<Record<(typeof SIDE_FIGURE_NAMES)[number], number>>>
