/**
 * One run of the suite `ringbufs` over our ring.
 *
 *   producers (cpu0) ──8 B──► ring (512 KiB) ──► consumer (cpu1)        threads; or producers are processes
 *                               ▲
 *                  main thread ─┘ reads the ring's counters ten times, and closes it
 *
 * The counters that every ring keeps are what is measured with: records consumed are the hits. At the end they must
 * agree with what producers and consumer have counted for themselves.
 */
import { BPF_F_RB_OVERWRITE, createRing, identityHolds, type Ring } from '../../../dist/index.js'
import { createMappedRing } from '../../../dist/ring/mapped-ring.js'
import type { Measured } from '../contestant.js'
import { CONSUMER_CPU, PRODUCER_CPU } from '../pin.js'
import { type Part, startProcess, startThread } from './crew.js'
import { GapCheck, mustBalance } from './gap-check.js'
import { RINGBUFS_RING_BYTES, type RingbufsMeasurement, type RingbufsOptions } from './options.js'
import type { PartResult, PartTask } from './part.js'
import { sample } from './samples.js'

export async function measureRingbufs(
  measurement: RingbufsMeasurement,
  warmUpSeconds: number,
  seconds: number,
): Promise<Measured> {
  const { options } = measurement
  const { ring, producers, consumers } = start(measurement)
  const parts = [...consumers, ...producers]
  const pinned = await Promise.all(parts.map(({ ready }) => ready))
  for (const part of parts) part.go()
  const read = () => {
    const { consumed, submitted, dropped } = ring.counters()
    return { hits: options.producerOnly ? submitted : consumed, drops: dropped }
  }
  const { hits, drops } = sample(read, warmUpSeconds, seconds)
  ring.close()
  const results = await Promise.all(parts.map(({ done }) => done))
  judge(ring, options, results.slice(0, consumers.length), results.slice(-producers.length))
  if (hits.mean === 0) throw new Error('no record came out in the measured time')
  const { wakeups, submitted } = ring.counters()
  return {
    value: hits.mean,
    pinned: pinned.every(Boolean),
    extra: {
      hitsDeviation: hits.deviation,
      dropsPerSecond: drops.mean,
      dropsDeviation: drops.deviation,
      ...(!options.producerOnly && { wakeups: (wakeups / submitted) * 1e6 }),
    },
  }
}

interface Started {
  readonly ring: Ring<unknown>
  readonly producers: readonly Part[]
  /** One, or none. */
  readonly consumers: readonly Part[]
}

function start({ between, consumer, options }: RingbufsMeasurement): Started {
  const settings = { size: RINGBUFS_RING_BYTES, flags: options.overwrite ? BPF_F_RB_OVERWRITE : 0 }
  const mapped = between === 'processes' ? createMappedRing(settings) : undefined
  const ring = mapped ?? createRing(settings)
  const task = (role: PartTask['role'], index: number, cpu: number) => ({
    role,
    ring: ring.handle,
    options,
    consumer,
    index,
    // Several producers stay free, and with them the consumer: there may be fewer cpus than threads.
    cpu: options.producers > 1 ? null : cpu,
  })
  const consumers: Part[] = []
  const producers: Part[] = []
  if (options.backToBack) {
    producers.push(startThread(task('back-to-back', 0, PRODUCER_CPU)))
    return { ring, producers, consumers }
  }
  if (!options.producerOnly) {
    consumers.push(startThread(task('consumer', 0, options.sameCpu ? PRODUCER_CPU : CONSUMER_CPU)))
  }
  for (let index = 0; index < options.producers; index++) {
    const producer = task('producer', index, PRODUCER_CPU)
    producers.push(mapped ? startProcess(producer, mapped.fd) : startThread(producer))
  }
  return { ring, producers, consumers }
}

/**
 * Every number that was given to a record came out once, in order, or was dropped; and all agree on how many. Who
 * produces and consumes by turns is among the producers.
 */
function judge(
  ring: Ring<unknown>,
  { producerOnly }: RingbufsOptions,
  consumers: readonly PartResult[],
  producers: readonly PartResult[],
): void {
  const counters = ring.counters()
  const { submitted, consumed, dropped, inFlight, discarded } = counters
  if (!identityHolds(counters) || inFlight !== 0 || discarded !== 0) {
    throw new Error(`the counters of the ring do not balance: ${JSON.stringify(counters)}`)
  }
  const reader = consumers[0] ?? producers[0]
  const received = reader?.received ?? 0
  if (received !== consumed) throw new Error(`${received} records came out, the ring counted ${consumed}`)
  const attempted = producers.map((producer) => producer.attempted)
  const hits = producerOnly ? submitted : received
  const due = producerOnly ? checkKept(ring, attempted, dropped) : (reader?.due ?? [])
  mustBalance({ attempted, dropped, hits, due })
}

/**
 * What a ring has kept that nobody consumed: of each producer the newest records, in order; and when none was dropped,
 * none is missing between them, up to the very last.
 */
function checkKept(ring: Ring<unknown>, attempted: readonly number[], dropped: number): ArrayLike<number> {
  const check = new GapCheck(attempted.length)
  const { records } = ring.snapshot()
  if (records.length === 0) throw new Error('the ring has kept nothing')
  for (const { bytes } of records) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const sequence = view.getInt32(0, true)
    const producer = view.getInt32(4, true)
    const due = check.due[producer]
    check.take(sequence, producer)
    if (dropped === 0 && due !== 0 && sequence !== due) {
      throw new Error(`sequence ${due} of producer ${producer} is missing among what was kept`)
    }
  }
  for (const [producer, due] of check.due.entries()) {
    if (dropped === 0 && due !== 0 && due !== attempted[producer]) {
      throw new Error(
        `producer ${producer} put ${attempted[producer]} in, the last that was kept is ${due - 1}`,
      )
    }
  }
  return check.due
}
