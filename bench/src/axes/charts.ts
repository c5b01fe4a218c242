/**
 * The charts of the suite `axes`: how cost grows with one thing while everything else stays as it is.
 *
 * A chart is one axis and the points on it. Each point is a case, so a contestant's figures in the cases of a chart
 * are one curve.
 */
import type { AxisCaseName, Case, Unit } from '../cases.js'

/** Where on which axis a case stands: in the JSON of each result, so that curves are drawn without parsing names. */
export interface Axis {
  readonly chart: string
  readonly name: string
  readonly unit: string
  readonly at: number
}

export interface Chart {
  readonly name: string
  readonly about: string
  readonly axis: { readonly name: string; readonly unit: string }
  readonly unit: Unit
  readonly points: readonly number[]
  /** Those of `--quick`, and those of `--smoke`: where the curve bends, and enough that nothing rots. */
  readonly quick: readonly number[]
  readonly smoke: readonly number[]
  /** Other ways to read the same figures. */
  readonly alsoAs?: Readonly<Record<string, (value: number, at: number) => number>>
}

const BYTES = { name: 'payload', unit: 'bytes' }
const RING = { name: 'ring', unit: 'bytes' }
const PRODUCERS = { name: 'producers', unit: 'threads' }
const RINGS = { name: 'rings', unit: 'rings' }
const OFFERED = { name: 'offered load', unit: 'records/s' }
const LOAD = { name: 'load', unit: 'records/s' }

const NS_EACH = { 'ns/record': (value: number) => 1e3 / value }
const GB_EACH = { 'GB/s': (value: number, at: number) => (value * at) / 1e3 }

/** Bytes of each payload, where it is not the axis. */
const SMALL_BYTES = 64
const LARGE_BYTES = 1024

/**
 *   producer thread (cpu0) ──8 to 8192 B──► ring (1 MiB) ──► consumer thread (cpu1)
 *
 * As the hand-offs of `core`: nothing is lost, the consumer looks at each record's header and its first bytes.
 */
const size: Chart = {
  name: 'size',
  about: 'one producer thread to one consumer thread: how cost grows with the payload',
  axis: BYTES,
  unit: 'M records/s',
  points: [8, 16, 32, 64, 128, 256, 512, 1024, 4096, 8192],
  quick: [8, 128, 1024, 8192],
  smoke: [64],
  alsoAs: { ...NS_EACH, ...GB_EACH },
}

/**
 *   producer threads ──► one ring, or a ring each (1 MiB in all) ──► one consumer thread, none of them pinned
 */
const producers = (bytes: number, points: readonly number[]): Chart => ({
  name: `producers-${bytes}B`,
  about: `producer threads to one consumer thread, none of them pinned, ${bytes} bytes: all records of all of them`,
  axis: PRODUCERS,
  unit: 'M records/s',
  points,
  quick: [1, 4, 16],
  smoke: bytes === SMALL_BYTES ? [3] : [],
})

/**
 *   producer thread (cpu0) ──64 or 1024 B──► ring (4 KiB to 64 MiB) ──► consumer thread (cpu1)
 *
 * A small ring stays in the caches and is often full; a large one is neither.
 */
const ringSize = (bytes: number): Chart => ({
  name: `ring-${bytes}B`,
  about: `one producer thread to one consumer thread, ${bytes} bytes: how cost changes with the size of the ring`,
  axis: RING,
  unit: 'M records/s',
  points: [12, 14, 16, 18, 20, 22, 26].map((power) => 2 ** power),
  quick: [2 ** 12, 2 ** 26],
  smoke: bytes === SMALL_BYTES ? [2 ** 12] : [],
})

const RING_COUNTS = [1, 2, 4, 16, 64, 256, 1024]
const QUICK_COUNTS = [1, 1024]

/**
 *   producer thread (cpu0) ──64 B──► one of so many rings, or each in turn ──► one poller (cpu1)
 */
const flood = (active: ActiveRings): Chart => ({
  name: `rings-${active}`,
  about: `one producer thread writes to ${active === 'one' ? 'one of so many rings' : 'so many rings in turn'}, one poller consumes them`,
  axis: RINGS,
  unit: 'M records/s',
  points: RING_COUNTS,
  quick: QUICK_COUNTS,
  smoke: [4],
  alsoAs: NS_EACH,
})

/**
 *   thread (cpu0) ──one record──► the last of so many rings ──one visit to all of them──► same thread
 *
 * Two looks at the clock are in each figure.
 */
const look: Chart = {
  name: 'rings-look',
  about: 'one thread: to find the only record in so many rings',
  axis: RINGS,
  unit: 'ns/record',
  points: RING_COUNTS,
  quick: QUICK_COUNTS,
  smoke: [4],
  alsoAs: { 'ns/ring': (value, at) => value / at },
}

/** What the consumer works on each record, in ns. */
export const WORK_NS = [0, 50, 200] as const
/** And under loads that are not even. */
export const BURST_WORK_NS = 50
/** Producers in `loss-shared`. */
export const SHARING_PRODUCERS = 4

/** Loads that are nothing for a consumer that does not work are too much for one that works 200 ns. */
const LOADS: Readonly<Record<(typeof WORK_NS)[number], readonly number[]>> = {
  0: [2e6, 5e6, 10e6, 20e6, 40e6],
  50: [1e6, 2e6, 5e6, 10e6, 20e6],
  200: [0.5e6, 1e6, 2e6, 5e6, 10e6],
}

/**
 *   producer thread (cpu0) ──64 B, so many a second, never again──► ring (1 MiB) ──► consumer thread (cpu1), works
 *
 * What finds no room is lost. See offered.ts.
 */
const evenLoss = (workNs: number, points: readonly number[]): Chart => ({
  name: `loss-${workNs}ns`,
  about: `records are offered evenly, the consumer works ${workNs} ns on each: share that found no room`,
  axis: OFFERED,
  unit: '% lost',
  points,
  quick: [5e6],
  smoke: workNs === 0 ? [5e6] : [],
})

/** The same, but the records of ten milliseconds come in the first of them. */
const burstLoss: Chart = {
  name: 'loss-bursts',
  about: `records are offered in bursts of ten times the rate, for one millisecond of ten, the consumer works ${BURST_WORK_NS} ns on each: share that found no room`,
  axis: OFFERED,
  unit: '% lost',
  points: [0.5e6, 1e6, 1.5e6, 2e6, 3e6],
  quick: [1e6, 2e6],
  smoke: [1e6],
}

/**
 *   four producers, whose bursts come one after the other ──► one ring of 1 MiB, or one of 256 KiB each ──► consumer
 *
 * The reason for one ring for all: memory that one producer does not need now is there for the others. One thread plays
 * the four, so that their schedules are kept on two cpus.
 */
const sharedLoss: Chart = {
  name: 'loss-shared',
  about: `${SHARING_PRODUCERS} producers have their bursts in turn, and 1 MiB together; the consumer works ${BURST_WORK_NS} ns on each record: share that found no room`,
  axis: OFFERED,
  unit: '% lost',
  points: [1e6, 2e6, 3e6, 4e6, 6e6],
  quick: [2e6, 4e6],
  smoke: [4e6],
}

/**
 *   producer thread (cpu0) ──16 B, so many a second──► transport ──► consumer thread (cpu1), waits in its own way
 *
 * The same as `wake-policy` of the suite `waiting`: all cpu time of the consumer, and what the producer spends in sending.
 */
const cpu: Chart = {
  name: 'cpu',
  about: 'so many records a second, evenly: cpu time of both sides a record',
  axis: LOAD,
  unit: 'cpu ns/record',
  points: [10e3, 100e3, 1e6],
  quick: [10e3, 1e6],
  smoke: [100e3],
}

/** How a consumer waits, in the charts `wait-…`. */
export const WAITS = ['busy', 'adaptive', 'watermark'] as const
export type WaitName = (typeof WAITS)[number]

/**
 *   producer thread (cpu0) ──8 to 4096 B──► ring (1 MiB) ──► consumer thread (cpu1): waits, takes all, waits
 *
 * The contestants are the ways to take records: as views, as copies, as a lease.
 */
const waitAndRead = (wait: WaitName): Chart => ({
  name: `wait-${wait}`,
  about: `one producer thread to one consumer thread that waits (${wait}) when it has caught up: ways to take records`,
  axis: BYTES,
  unit: 'M records/s',
  points: [8, 64, 512, 4096],
  quick: [64, 4096],
  smoke: wait === 'watermark' ? [64] : [],
})

/**
 * Those whose curves are drawn. Consumers in C wait 2 us when they have caught up, as ours do; those that poll without
 * pause take part if asked for.
 */
export const AXES_CONTESTANTS = [
  'c-kernel-paced',
  'c-best-paced',
  'c-lean-paced',
  'kernel-paced',
  'ours-wasm',
  'ours-wasm-lock',
  'ours-wasm-output',
  'ours-wasm-batch',
  'ours-wasm-sharded',
  'ringbuf.js',
  'ringbuf.js-sharded',
  'postMessage',
  'postMessage-batch',
  'receiveMessageOnPort',
  'ours-poller',
  'ours-by-hand',
  'ours-busy',
  'ours-adaptive',
  'ours-park',
  'ours-watermark',
  'ours-raw',
  'ours-lease',
  'ours-consume',
] as const

/** One for each piece of code that only this suite has. */
export const AXES_SMOKE_CONTESTANTS = [
  'c-best-paced',
  'kernel-paced',
  'ours-wasm-sharded',
  'ringbuf.js-sharded',
  'receiveMessageOnPort',
  'ours-poller',
  'ours-by-hand',
  'ours-park',
  'ours-consume',
] as const

export type ActiveRings = 'one' | 'all'

/** In the order of the report. */
export const CHARTS: readonly Chart[] = [
  size,
  producers(SMALL_BYTES, [1, 2, 3, 4, 8, 12, 16]),
  producers(LARGE_BYTES, [1, 2, 4, 8, 16]),
  ringSize(SMALL_BYTES),
  ringSize(LARGE_BYTES),
  flood('one'),
  flood('all'),
  look,
  ...WORK_NS.map((workNs) => evenLoss(workNs, LOADS[workNs])),
  burstLoss,
  sharedLoss,
  cpu,
  ...WAITS.map(waitAndRead),
]

export const CHART_NAMES = CHARTS.map(({ name }) => name)

export function axisCaseName(chart: string, at: number): AxisCaseName {
  return `axis-${chart}-${at}`
}

/** The cases of the points that are wanted of each chart. */
export function casesAt(pointsOf: (chart: Chart) => readonly number[]): readonly Case[] {
  return CHARTS.flatMap((chart) =>
    pointsOf(chart).map((at) => ({
      name: axisCaseName(chart.name, at),
      unit: chart.unit,
      about: chart.about,
      axis: { chart: chart.name, ...chart.axis, at },
    })),
  )
}

/** The measurement of a chart's points that a contestant can do. */
export function axisCases<Measurement>(
  chart: string,
  measure: (at: number) => Measurement | undefined,
): Partial<Record<AxisCaseName, Measurement>> {
  const points = CHARTS.find(({ name }) => name === chart)?.points
  if (points === undefined) throw new Error(`there is no chart "${chart}"`)
  const cases: Partial<Record<AxisCaseName, Measurement>> = {}
  for (const at of points) {
    const measurement = measure(at)
    if (measurement !== undefined) cases[axisCaseName(chart, at)] = measurement
  }
  return cases
}

/** What a point of the charts of hand-offs is. */
export interface SweepShape {
  readonly producers: number
  readonly bytes: number
  readonly ringBytes: number
}

export type SweepChart = 'size' | 'producers' | 'ring'

/** The same for all charts of hand-offs, or those that are named. */
export function sweepCases<Measurement>(
  measure: (shape: SweepShape) => Measurement | undefined,
  charts: readonly SweepChart[] = ['size', 'producers', 'ring'],
): Partial<Record<AxisCaseName, Measurement>> {
  const usual: SweepShape = { producers: 1, bytes: SMALL_BYTES, ringBytes: 2 ** 20 }
  const sweeps: Readonly<Record<SweepChart, () => Partial<Record<AxisCaseName, Measurement>>>> = {
    size: () => axisCases('size', (bytes) => measure({ ...usual, bytes })),
    producers: () =>
      forBothSizes((bytes) =>
        axisCases(`producers-${bytes}B`, (count) => measure({ ...usual, bytes, producers: count })),
      ),
    ring: () =>
      forBothSizes((bytes) =>
        axisCases(`ring-${bytes}B`, (ringBytes) => measure({ ...usual, bytes, ringBytes })),
      ),
  }
  return Object.assign({}, ...charts.map((chart) => sweeps[chart]()))
}

function forBothSizes<Found extends object>(find: (bytes: number) => Found): Found {
  return Object.assign({}, ...[SMALL_BYTES, LARGE_BYTES].map(find))
}
