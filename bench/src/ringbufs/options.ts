/**
 * The options of bench_ringbufs, the benchmark of the kernel's ring buffer, with its defaults; and how a contestant says
 * that it takes part.
 *
 * The settings are what native/bench_ringbufs.c gets as well, as numbers, under the same names.
 */
import type { Case } from '../cases.js'

/** Size of a ring, as there. A perf buffer has 128 pages for each cpu, which is as much. */
export const RINGBUFS_RING_BYTES = 512 << 10
/** Payload of every record: its number. */
export const SAMPLE_BYTES = 8
/** What such a record takes in the ring. */
export const SAMPLE_RECORD_BYTES = 16

export interface RingbufsOptions {
  /** --rb-b2b: one thread on one cpu produces a batch and consumes it, in turns. */
  readonly backToBack: boolean
  /** --rb-use-output: records are copied in by `output`; else reserved, filled and submitted. */
  readonly output: boolean
  /** --rb-batch-cnt: records of one batch. In the kernel that is one call of the program. */
  readonly batchCount: number
  /**
   * --rb-sampled: the producer wakes the consumer by hand. It asks how much there is to consume, and forces a
   * wake-up when that is as much as `sampleRate` records, else it asks for none. A perf buffer does the same by itself.
   */
  readonly sampled: boolean
  /** --rb-sample-rate. */
  readonly sampleRate: number
  /** -p: threads or processes that produce. More than one are not bound to cpus, nor is their consumer. */
  readonly producers: number
  /** --prod-affinity 0 --cons-affinity 0: producer and consumer share a cpu; else they have one each. */
  readonly sameCpu: boolean
  /** --rb-overwrite: a full ring gives up its oldest records. */
  readonly overwrite: boolean
  /** --rb-bench-producer: nobody consumes, and nobody is woken. */
  readonly producerOnly: boolean
}

export const DEFAULTS: RingbufsOptions = {
  backToBack: false,
  output: false,
  batchCount: 500,
  sampled: false,
  sampleRate: 500,
  producers: 1,
  sameCpu: false,
  overwrite: false,
  producerOnly: false,
}

/**
 * `library`: the consumer is the one that the library has (libbpf's ring_buffer, our poller). `custom`: it has a loop of
 * its own over what lies below (mapped memory; waiting and consumeRaw).
 */
export type ConsumerKind = 'library' | 'custom'

/** What a program in C is told: see native/ringbufs_settings.h. */
export type RingbufsSettings = Readonly<Record<keyof RingbufsOptions | 'perf' | 'custom', number>>

export function settingsOf(
  options: RingbufsOptions,
  consumer: ConsumerKind,
  perf: boolean,
): RingbufsSettings {
  const settings = { ...options, perf, custom: consumer === 'custom' }
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, Number(value)]),
  ) as RingbufsSettings
}

/** Our ring: its threads are this package's own, so a contestant has nothing to say but which and how. */
export interface RingbufsMeasurement {
  readonly kind: 'ringbufs'
  /** Producers are threads of this process, or other processes. Back to back it is memory of the one or the other. */
  readonly between: 'threads' | 'processes'
  readonly consumer: ConsumerKind
  readonly options: RingbufsOptions
}

/** A case of the suite says which options it is. */
export interface RingbufsCase extends Case {
  /** The part of the document's table that it belongs to. */
  readonly section: string
  readonly options: RingbufsOptions
  /** Which of the original's benches take part. */
  readonly benches: readonly Bench[]
}

/** The names that the original knows them by: ring or perf buffer, consumed by the library or by a loop of its own. */
export type Bench = 'rb-libbpf' | 'rb-custom' | 'pb-libbpf' | 'pb-custom'
