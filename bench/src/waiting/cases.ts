/**
 * The cases of the suite `waiting`: what it costs to wait for records, in time and in cpu, and what copies cost.
 */
import type { Case } from '../cases.js'

/** Payloads of `throughput-wait`. */
export const WAIT_BYTES = [8, 64, 256, 1024, 4096] as const
/** Payloads of `lease-vs-copy`. */
export const LEASE_BYTES = [8, 64, 256, 1024, 4096, 16384] as const
/** Records a second of `wake-policy`. */
export const PACED_RATES = { '10k': 10_000, '100k': 100_000, '1M': 1_000_000 } as const
/** Rings of `many-rings`. */
export const RING_COUNTS = [1, 8, 64] as const
/** Size of each of them: the same whatever their number. */
export const SMALL_RING_BYTES = 1 << 16
/** Rings of the poller in `event-loop-delay`. */
export const LOOP_RINGS = 4
/** Payload of `event-loop-delay` and of `many-rings-flood`. */
export const FLOOD_BYTES = 64
/** Payload where a record carries its number and the time of its commit: two doubles. */
export const STAMPED_BYTES = 16
/** The watermark of `wake-policy`, by records; sampling by hand uses as many. */
export const WATERMARK_RECORDS = 100

export type ThroughputName = `throughput-wait-${(typeof WAIT_BYTES)[number]}B`
export type LeaseName = `lease-vs-copy-${(typeof LEASE_BYTES)[number]}B`
export type PolicyName = `wake-policy-${keyof typeof PACED_RATES}`
export type RingsName = `many-rings-${'flood' | 'wakeup'}-${(typeof RING_COUNTS)[number]}`

export type WaitingCaseName =
  | ThroughputName
  | 'idle-wakeup'
  | LeaseName
  | PolicyName
  | 'event-loop-delay'
  | RingsName

/**
 *   producer thread (cpu0) ──8 to 4096 B──► ring (1 MiB) ──► consumer thread (cpu1): waits, consumes all, waits
 *
 * The producer copies payloads in as fast as the ring takes them. It is slower than the consumer, so the consumer
 * catches up all the time: how it waits then decides how much gets through.
 */
const throughput = WAIT_BYTES.map(
  (bytes): Case => ({
    name: `throughput-wait-${bytes}B`,
    unit: 'M records/s',
    about: `one producer thread to one consumer thread that waits whenever it has caught up, ${bytes} bytes, every record checked`,
    yardsticks: ['ours-busy'],
  }),
)

/**
 *   producer thread (cpu0) ──16 B, stamped──► ring ──wakes──► consumer thread (cpu1), asleep
 *        └─ sleeps 1 to 2 ms ─┘
 *
 * From just before the commit until the consumer has the record. Both cpus are idle in between, so the time to wake
 * one from its idle state is in it, for everybody.
 */
export const IDLE_WAKE_UP: Case = {
  name: 'idle-wakeup',
  unit: 'us',
  about: 'a record for a consumer that sleeps: from commit to consumption, median',
  yardsticks: ['c-futex'],
  stretch: 4,
}

/**
 *   thread (cpu0) ──fill──► ring (1 MiB) ──drain, one byte read of each cache line──► same thread
 *
 * Only the draining counts. Everybody reads the sequence number and one byte of every further 64.
 */
const lease = LEASE_BYTES.map(
  (bytes): Case => ({
    name: `lease-vs-copy-${bytes}B`,
    unit: 'ns/record',
    about: `one thread: drain records of ${bytes} bytes, reading one byte of each 64; the filling in between is not timed`,
    yardsticks: ['ours-consume', 'ours-consume-pooled', 'ours-copy-out'],
  }),
)

/**
 *   producer thread (cpu0) ──16 B, so many a second, evenly──► ring ──► consumer thread (cpu1), wakes by a policy
 *
 * What waking costs both sides. The producer keeps time by spinning, so of its cpu time only what it spends in the
 * ring counts, the wake-ups that it sends included; of the consumer's, all.
 */
const policy = (Object.keys(PACED_RATES) as (keyof typeof PACED_RATES)[]).map(
  (rate): Case => ({
    name: `wake-policy-${rate}`,
    unit: 'cpu ns/record',
    about: `${rate} records a second, evenly: cpu time of both sides a record`,
    yardsticks: ['ours-adaptive'],
  }),
)

/**
 *   producer thread (cpu0) ──64 B, as fast as it can──► ring ──► main thread (cpu1): event loop
 *
 * How late timers are meanwhile, beyond the millisecond at which they are due. A loop that is blocked is sampled
 * once, when it goes on: then the number of samples in the notes says more than the percentiles.
 */
const eventLoop: Case = {
  name: 'event-loop-delay',
  unit: 'ms',
  about: 'delay of the event loop (99th percentile) of the main thread that consumes a flood',
  stretch: 4,
}

/**
 *   producer thread (cpu0) ──64 B, a ring after the other──► rings (64 KiB each) ──► one poller (cpu1)
 */
const ringsFlood = RING_COUNTS.map(
  (rings): Case => ({
    name: `many-rings-flood-${rings}`,
    unit: 'M records/s',
    about: `one producer thread writes to ${rings} rings in turn, one poller consumes them, every record checked`,
  }),
)

/** As idle-wakeup, but each record goes into the next one of many rings. */
const ringsWakeup = RING_COUNTS.map(
  (rings): Case => ({
    name: `many-rings-wakeup-${rings}`,
    unit: 'us',
    about: `a record in one of ${rings} rings, for a poller that sleeps: from commit to consumption, median`,
    stretch: 3,
  }),
)

export const WAITING_CASES: readonly Case[] = [
  ...throughput,
  IDLE_WAKE_UP,
  ...lease,
  ...policy,
  eventLoop,
  ...ringsFlood,
  ...ringsWakeup,
]
