/** Who takes part in the suites `memory` and `memory-growth`: rings in memory of threads, and of processes. */
import {
  attachRing,
  createRing,
  openConsumer,
  openProducer,
  type Ring,
  type RingHandle,
} from '../../../../dist/index.js'
import { createMappedRing, type MappedRing, openMappedRing } from '../../../../dist/ring/mapped-ring.js'
import { RING_BYTES } from '../../cases.js'
import type { Contestant, MemoryMeasurement } from '../../contestant.js'
import type { ContentMeasurement } from '../../payloads/measurement.js'
import { ATTACHMENTS, COUNTED_RING_BYTES, IDLE_SIZES, PRODUCERS, RING_COUNTS } from '../../weight/cases.js'
import type { FootprintMeasurement } from '../../weight/footprint.js'
import { overPort } from '../payloads/port.js'
import { bytesOver, copiesOver } from './contents.js'
import { WEIGHT_NAMES, type WeightName } from './names.js'

/** How rings of a kind are made and given up. */
interface Kind {
  create(size: number): Ring<unknown>
  close(ring: Ring<unknown>): void
}

const shared: Kind = {
  create: (size) => createRing({ size }),
  close: (ring) => ring.close(),
}

const mapped: Kind = {
  create: (size) => createMappedRing({ size }),
  close(ring) {
    ring.close()
    ;(ring as MappedRing).detach()
  },
}

function idle({ create }: Kind, size: number): MemoryMeasurement {
  return {
    kind: 'memory',
    open() {
      const ring = create(size)
      return { allocatedBytes: ring.memoryBytes, keeps: ring }
    },
  }
}

function many({ create, close }: Kind, count: number): FootprintMeasurement {
  return {
    kind: 'footprint',
    count,
    open() {
      const ring = create(COUNTED_RING_BYTES)
      return () => close(ring)
    },
  }
}

const attachments: FootprintMeasurement = {
  kind: 'footprint',
  count: ATTACHMENTS,
  open: () => {
    attached ??= createRing({ size: RING_BYTES })
    const producer = openProducer(attachRing(attached.handle))
    return () => producer.detach()
  },
}
let attached: Ring<RingHandle> | undefined

/** So many rings with room for a burst of 1 MiB each, and each has had one. */
function burst(rings: number): MemoryMeasurement {
  return {
    kind: 'memory',
    open() {
      const kept = Array.from({ length: rings }, () => createRing({ size: RING_BYTES }))
      kept.forEach(fillOnce)
      return { allocatedBytes: kept.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0), keeps: kept }
    },
  }
}

function fillOnce(ring: Ring<unknown>): void {
  const producer = openProducer(ring)
  const payload = new Uint8Array(1024)
  let records = 0
  while (producer.output(payload) === 0) records++
  using consumer = openConsumer(ring)
  const taken = consumer.consumeRaw(() => {})
  if (taken !== records) throw new Error(`${taken} of ${records} records came out`)
  producer.detach()
}

function casesOf(kind: Kind): Contestant['cases'] {
  return Object.fromEntries([
    ...Object.entries(IDLE_SIZES).map(([name, size]) => [`idle-ring-${name}`, idle(kind, size)]),
    ...RING_COUNTS.map((count) => [`rings-${count}`, many(kind, count)]),
  ])
}

const grows = (content: ContentMeasurement): Contestant['cases'] => ({
  'memory-growth': { kind: 'growth', content },
})

const openShared = { share: () => createRing({ size: RING_BYTES }), attach: attachRing }
const openMapped = { share: () => createMappedRing({ size: RING_BYTES }), attach: openMappedRing }

const CASES: Readonly<Record<WeightName, Contestant['cases']>> = {
  'ours-weight-shared': {
    ...casesOf(shared),
    'attachments-100': attachments,
    'rings-of-8-producers': burst(1),
    ...grows(bytesOver(openShared)),
  },
  'ours-weight-mapped': { ...casesOf(mapped), ...grows(bytesOver(openMapped)) },
  'ours-weight-copies': grows(copiesOver(openShared)),
  'ours-weight-ring-each': { 'rings-of-8-producers': burst(PRODUCERS) },
  'postMessage-weight': grows(
    overPort(
      (sequence) => Float64Array.of(sequence, 0, 0, 0, 0, 0, 0, 0),
      () => (message: Float64Array) => message[0] as number,
    ),
  ),
}

export const contestants: readonly Contestant[] = (Object.keys(WEIGHT_NAMES) as WeightName[]).map((name) => ({
  name,
  about: WEIGHT_NAMES[name],
  absent: () => (process.platform === 'linux' ? null : 'memory is weighed by /proc, which only Linux has'),
  cases: CASES[name],
}))
