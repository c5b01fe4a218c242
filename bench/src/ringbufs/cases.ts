/** The cases of the suite `ringbufs`: the modes in which the document measures, named as its sections are. */
import { type Bench, DEFAULTS, type RingbufsCase, type RingbufsOptions } from './options.js'

/** Of `rb-b2b-rate`: each is the size of a batch as well. */
export const SAMPLE_RATES = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 2000, 3000] as const
/** Of `rb-producers` and `rb-overwrite`. */
export const RINGBUFS_PRODUCERS = [1, 2, 3, 4, 8, 12, 16] as const
/** Batches of several producers. */
const SHARED_BATCH = 50

export type RingbufsCaseName =
  | `rb-parallel${'' | '-output'}-sampled`
  | 'rb-parallel'
  | `rb-b2b${'' | '-output' | '-sampled'}`
  | `rb-b2b-rate-${(typeof SAMPLE_RATES)[number]}`
  | 'rb-same-cpu'
  | `rb-${'producers' | 'overwrite'}-${(typeof RINGBUFS_PRODUCERS)[number]}`

const ALL: readonly Bench[] = ['rb-libbpf', 'rb-custom', 'pb-libbpf', 'pb-custom']

interface Drawn {
  readonly name: RingbufsCaseName
  readonly section: string
  readonly about: string
  readonly benches: readonly Bench[]
  readonly options: Partial<RingbufsOptions>
}

function draw({ options, ...drawn }: Drawn): RingbufsCase {
  return {
    ...drawn,
    options: { ...DEFAULTS, ...options },
    unit: 'M records/s',
    yardsticks: ['rb-libbpf', 'rb-custom'],
  }
}

/**
 *   producer (cpu0) ──8 B, batches of 500──► ring (512 KiB) ──wakes──► consumer (cpu1): sleeps, takes all, sleeps
 */
const parallel = [false, true].map((sampled) =>
  draw({
    name: sampled ? 'rb-parallel-sampled' : 'rb-parallel',
    section: `Single-producer, parallel producer${sampled ? ', sampled notification' : ''}`,
    about: `one producer as fast as it can, one consumer that ${sampled ? 'is woken for every 500 records' : 'the ring wakes by itself'}; a record without room is dropped`,
    benches: ALL,
    options: { sampled },
  }),
)

/**
 *   thread (cpu0) ──500 records──► ring (512 KiB) ──waits, takes all──► same thread, and again
 */
const backToBack = [false, true].map((sampled) =>
  draw({
    name: sampled ? 'rb-b2b-sampled' : 'rb-b2b',
    section: `Single-producer, back-to-back mode${sampled ? ', sampled notification' : ''}`,
    about: 'one thread: a batch of 500 records in, then waits and takes them',
    benches: ALL,
    options: { backToBack: true, sampled },
  }),
)

/** The same, when a batch is as many records as one wake-up is for. */
const rates = SAMPLE_RATES.map((rate) =>
  draw({
    name: `rb-b2b-rate-${rate}`,
    section: 'Back-to-back, effect of sample rate',
    about: `one thread: a batch of ${rate}, one wake-up for it, then waits and takes them`,
    benches: ['rb-libbpf', 'rb-custom', 'pb-custom'],
    options: { backToBack: true, sampled: true, batchCount: rate, sampleRate: rate },
  }),
)

/** To be compared with `rb-b2b` and `rb-parallel-sampled`, where records are reserved. */
const output = [false, true].map((sampled) =>
  draw({
    name: sampled ? 'rb-parallel-output-sampled' : 'rb-b2b-output',
    section: sampled
      ? 'Sampled, output instead of reserve and submit'
      : 'Back-to-back, output instead of reserve and submit',
    about: sampled
      ? 'one producer, 500 records a batch by output, and one consumer that is woken for every 500'
      : 'one thread: a batch of 500 records in by output, then waits and takes them',
    benches: ['rb-custom'],
    options: { backToBack: !sampled, output: true, sampled },
  }),
)

/**
 *   producer (cpu0) ──8 B, one by one──► ring (512 KiB) ──wakes──► consumer (cpu0)
 */
const sameCpu = draw({
  name: 'rb-same-cpu',
  section: 'Single-producer, consumer/producer competing on the same CPU, low batch count',
  about: 'producer and consumer share cpu 0, records come one by one: what waking and giving way costs',
  benches: ALL,
  options: { sameCpu: true, batchCount: 1, sampleRate: 1 },
})

/**
 *   producer ──┐
 *   producer ──┼──8 B, batches of 50──► ring (512 KiB) ──wakes──► consumer; nobody is bound to a cpu
 *   producer ──┘
 */
const producers = RINGBUFS_PRODUCERS.map((count) =>
  draw({
    name: `rb-producers-${count}`,
    section: 'Multi-producer contention',
    about: `${count === 1 ? 'one producer' : `${count} producers`} without waiting, one consumer, batches of 50; with more threads than cpus it is the scheduler that is tested`,
    benches: ['rb-libbpf'],
    options: { producers: count, batchCount: SHARED_BATCH },
  }),
)

/**
 *   producers ──8 B, batches of 50──► ring (512 KiB) that overwrites its oldest records; nobody consumes
 */
const overwrite = RINGBUFS_PRODUCERS.map((count) =>
  draw({
    name: `rb-overwrite-${count}`,
    section: 'Overwrite mode, producers only',
    about: `${count === 1 ? 'one producer' : `${count} producers`} into a ring that overwrites itself; records put in are the hits`,
    benches: ['rb-libbpf'],
    options: { producers: count, batchCount: SHARED_BATCH, overwrite: true, producerOnly: true },
  }),
)

export const RINGBUFS_CASES: readonly RingbufsCase[] = [
  ...parallel,
  ...backToBack,
  ...rates,
  ...output,
  sameCpu,
  ...producers,
  ...overwrite,
]
