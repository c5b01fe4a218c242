/**
 * Who is measured, and how.
 *
 * A contestant names a measurement for each case it takes part in. There are fifteen kinds:
 *
 *   native      a program of bench/native measures itself and prints the figure
 *   fill-drain  one JavaScript thread fills and drains      (fill-drain.ts)
 *   hand-off    JavaScript threads: producers, a consumer   (hand-off/)
 *   memory      an idle ring is weighed                     (memory.ts)
 *   wake-up     a lonely record wakes a consumer            (waiting/wake-up.ts)
 *   paced       so many records a second                    (waiting/paced.ts)
 *   loaded      how long they wait, then                (latency/)
 *   event-loop  the main thread consumes a flood            (waiting/event-loop.ts)
 *   one-way     another process produces                    (linux/)
 *   ringbufs    the kernel's own benchmark, over our rings  (ringbufs/)
 *   heap        what is allocated is counted                (heap/)
 *   content     texts and structs, made and read            (payloads/)
 *   footprint   many are opened and closed                  (weight/)
 *   growth      memory is watched while records flow        (weight/)
 *   offered     so many records a second, or they are lost  (axes/offered.ts)
 *
 * All but the first share their loops, clocks, threads and checks: a contestant only says how a record goes in and
 * how it comes out. Each measurement runs in a process of its own, so V8 compiles the shared loops for the one
 * contestant that is there.
 */
import type { Transferable } from 'node:worker_threads'
import type { OfferedMeasurement } from './axes/offered.js'
import type { CaseName } from './cases.js'
import type { HeapMeasurement } from './heap/measure.js'
import type { Buckets } from './latency/histogram.js'
import type { LoadedMeasurement } from './latency/loaded.js'
import type { OneWayMeasurement } from './linux/one-way.js'
import type { NativeProgram, NativeSettings } from './native.js'
import type { ContentMeasurement } from './payloads/measurement.js'
import type { RingbufsMeasurement, RingbufsSettings } from './ringbufs/options.js'
import type { SequenceCheck } from './sequence.js'
import type { EventLoopMeasurement, PacedMeasurement, WakeUpMeasurement } from './waiting/measurements.js'
import type { FootprintMeasurement } from './weight/footprint.js'
import type { GrowthMeasurement } from './weight/growth.js'

/** What a contestant is: figures are compared with those of its own kind first. */
export type Kind = 'C' | 'kernel' | 'threads' | 'processes'

export interface Contestant {
  readonly name: string
  /** One line for the report's legend. */
  readonly about: string
  /** A program in C, the kernel, or JavaScript between threads or between processes; threads if it does not say. */
  readonly kind?: Kind
  /** What travels together in the cases of batches; `16 records` if it does not say. */
  readonly batch?: string
  /** Why it cannot run here and what would help, or null when it can. */
  absent(): string | null
  readonly cases: Readonly<Partial<Record<CaseName, Measurement>>>
}

export type Measurement =
  | NativeMeasurement
  | FillDrainMeasurement
  | HandOffMeasurement
  | MemoryMeasurement
  | WakeUpMeasurement
  | PacedMeasurement
  | EventLoopMeasurement
  | LoadedMeasurement
  | OneWayMeasurement
  | RingbufsMeasurement
  | HeapMeasurement
  | ContentMeasurement
  | FootprintMeasurement
  | GrowthMeasurement
  | OfferedMeasurement

/** Runs a program of bench/native, which measures itself (native/settings.h) and prints a Figure as one JSON line. */
export interface NativeMeasurement {
  readonly kind: 'native'
  readonly program: NativeProgram
  readonly measurement: 'fill-drain' | 'hand-off' | 'wake-up' | 'loaded' | 'offered' | 'ringbufs'
  readonly settings?: NativeSettings | RingbufsSettings
}

export interface FillDrainMeasurement {
  readonly kind: 'fill-drain'
  /** Which half the figure is of; the filling if it does not say. */
  readonly timed?: 'fill' | 'drain'
  /** An empty ring, used by this thread alone. */
  open(): FillDrainRing | Promise<FillDrainRing>
}

export interface FillDrainRing {
  /**
   * Fills the empty ring with records of the case's size, numbered from `firstSequence` on. Answers how many.
   * Should fill most of the 1 MiB, that is some 65,000 records of 8 bytes, and always the same number.
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
  /** Bytes of each payload; 64 if it does not say. */
  readonly bytes?: number
  /** Records that a producer puts in together, a power of two: it ends with a whole batch. 1 if it does not say. */
  readonly batch?: number
  /** Rings that the only producer writes to in turn; 1 if it does not say. */
  readonly rings?: number
  /** Called once, in the main thread. What must be moved and not cloned goes into `transfer` of the side that gets it. */
  share(): HandOffShared<Shared>
  /** `index`: which of several it is. */
  producer(shared: Shared, index: number): HandOffProducer | Promise<HandOffProducer>
  consumer(shared: Shared): HandOffConsumer | Promise<HandOffConsumer>
}

export interface HandOffShared<Shared> {
  readonly producer: Shared
  readonly consumer: Shared
  /** What each of several producers gets instead of `producer`, where they cannot have the same. */
  readonly producers?: readonly Shared[]
  readonly transfer?: {
    readonly producer?: readonly Transferable[]
    readonly consumer?: readonly Transferable[]
    readonly producers?: readonly (readonly Transferable[])[]
  }
}

export interface HandOffProducer {
  /** Where the payload is to be prepared, if that matters; else it lies in memory of the harness. */
  readonly payload?: Uint8Array
  /** Copies the payload in; false when there is no room now. It is always the same buffer. */
  push(payload: Uint8Array): boolean
  /** Sleeps until there may be room again. Called where several producers share the cpus, if there is such a way. */
  awaitRoom?(): void
  /** Called once after the last record, for what still has to be flushed. */
  end?(): void
}

/** Looks when asked to, is called by the event loop, or has a loop of its own. */
export type HandOffConsumer = PollingConsumer | EventConsumer | LoopingConsumer

export interface PollingConsumer {
  /**
   * Takes what is ready, at most `limit` records, and passes each sequence number to `check`; answers how many.
   * Must look at the record's length as well, and throw when it is another.
   */
  drain(check: SequenceCheck, limit: number): number
}

export interface EventConsumer {
  /** From now on calls `onSequence` for each record; throws inside the event when a record has another length. */
  listen(onSequence: (sequence: number) => void): void
  /** Lets the event loop end. */
  close(): void
}

export interface LoopingConsumer {
  /**
   * Waits and takes, in its own way, until the only producer has ended it and nothing is left. Passes each sequence
   * number to `check`, checks the length itself, and calls `turn` between visits.
   */
  run(check: SequenceCheck, turn: () => void): void | Promise<void>
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
  /** Where what was counted was allocated, in words. */
  readonly sites?: readonly string[]
  /** How many records waited how long, where that was measured. */
  readonly histogram?: Buckets
}

/** The same, as its process prints it: with the cpu time that the process took, all its threads together. */
export interface Figure extends Measured {
  readonly cpuMs: number
}

/**
 *   drainNs         ns a record while draining
 *   fillNs          ns a record while filling
 *   dropShare       share of the records that found the ring full and were dropped, 0 to 1
 *   fullRetries     times that a producer found the ring full and tried again
 *   rssBytes        growth of the resident set a ring
 *   p50Us ... maxUs how long records waited: from commit to consumption, or from when they were due
 *   sleepShare      times that the consumer really slept, a record
 *   kPerSecond      thousand records received a second
 *   wakeups ...     wake-ups that producers sent, records that woke nobody, wake-ups with nothing to consume: each
 *                   a million records
 *   consumerNs      ns of the consumer's cpu time a record
 *   producerNs      ns a record that the producer spent putting it in, wake-ups included
 *   p50Ms, maxMs    delay of the event loop, samples: how often it was sampled
 *   mPerSecond      million records received a second
 *   hitsDeviation   standard deviation of the figure over the intervals of a run, in the figure's unit
 *   dropsPerSecond  million records a second that found no room, and
 *   dropsDeviation  its standard deviation
 *   sampledBytes    bytes a record that V8's allocation sampler saw
 *   externalBytes   bytes a record outside of V8's heap: buffers of copies
 *   heapBytes       bytes of V8's heap, each; or their growth
 *   externalGrowth  growth of buffers outside of the heap
 *   againBytes      growth of the resident set when the same is done twice more
 *   handlesLeft     handles and descriptors that were not given back
 *   scavenges       collections of the young generation, a million records
 *   offeredMPerSecond  million records offered a second, lost ones included
 */
export const SIDE_FIGURE_NAMES = [
  'drainNs',
  'fillNs',
  'dropShare',
  'fullRetries',
  'rssBytes',
  'p50Us',
  'p90Us',
  'p99Us',
  'p999Us',
  'maxUs',
  'sleepShare',
  'kPerSecond',
  'wakeups',
  'elided',
  'spurious',
  'consumerNs',
  'producerNs',
  'p50Ms',
  'maxMs',
  'samples',
  'mPerSecond',
  'hitsDeviation',
  'dropsPerSecond',
  'dropsDeviation',
  'sampledBytes',
  'externalBytes',
  'scavenges',
  'heapBytes',
  'externalGrowth',
  'againBytes',
  'handlesLeft',
  'offeredMPerSecond',
] as const

export type SideFigures = Readonly<Partial<Record<(typeof SIDE_FIGURE_NAMES)[number], number>>>
