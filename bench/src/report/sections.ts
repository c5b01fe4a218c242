/**
 * What each suite shows. To add one, add an entry: a title, what it is about, and its charts, each of which may be
 * null where its cases were not measured. A suite without an entry still has its sweeps, its curves and its tables.
 */
import type { Chart } from './charts/frame.js'
import { drawLines } from './charts/lines.js'
import type { KeptSuite } from './kept-suite.js'
import { BYTES, barsOf, curves, overBytes, SPEED, sweeps } from './suite-charts.js'
import { sweepOf } from './sweeps.js'

export interface Section {
  readonly suite: string
  readonly title: string
  readonly about: string
  charts(suite: KeptSuite): readonly (Chart | null)[]
}

const RINGBUFS_SWEEPS = {
  rate: {
    title: 'One wake-up for so many records',
    subtitle: 'back to back, in batches of as many',
    x: { name: 'records for a wake-up' },
  },
  producers: {
    title: 'More producers',
    subtitle: 'batches of 50, one consumer, no thread pinned',
    x: { name: 'producers', base: 2 },
  },
  overwrite: {
    title: 'Overwriting',
    subtitle: 'producers alone, into a ring that overwrites its oldest records',
    x: { name: 'producers', base: 2 },
  },
} as const

/** The order of the page. */
const SECTIONS: readonly Section[] = [
  {
    suite: 'core',
    title: 'A record from thread to thread',
    about:
      'What a record costs, from one thread alone to eight producers, beside the ring of Linux, its algorithm in C, ' +
      'and the fastest ring in C that we know how to write. Solid lines: the consumer pauses when it has caught up, as ours ' +
      'does; dashed: it polls without pause.',
    charts: (suite) => [
      overBytes(suite, 'core-bytes.svg'),
      overBytes(suite, 'core-output.svg', 'output'),
      drawLines({
        file: 'core-producers.svg',
        title: 'More producers',
        subtitle: '64 bytes, one consumer, no thread pinned: on two cpus this is contention, not scaling',
        x: { name: 'producer threads', base: 2 },
        y: SPEED,
        lines: sweepOf(suite, /^throughput-(\d+)p1c-64B$/),
      }),
      barsOf(suite, ['throughput-1p1c-64B-batch'], {
        file: 'core-batch.svg',
        title: 'Batches of 16 records of 64 bytes',
        unit: 'million records a second',
      }),
      barsOf(suite, ['reserve-submit-8B', 'batch-16-8B'], {
        file: 'core-reserve.svg',
        title: 'One thread alone: reserve 8 bytes, write them, submit',
        unit: 'ns a record: less is better',
      }),
    ],
  },
  {
    suite: 'peers',
    title: 'Everything that carries records between threads',
    about: 'What Node has of its own, what npm has, C and the kernel, at every size.',
    charts: (suite) => [
      overBytes(suite, 'peers-bytes.svg'),
      drawLines({
        file: 'peers-producers.svg',
        title: 'More producers',
        subtitle: '64 bytes, one consumer',
        x: { name: 'producer threads', base: 2 },
        y: SPEED,
        lines: sweepOf(suite, /^throughput-(\d+)p1c-64B$/),
      }),
      barsOf(suite, ['throughput-1p1c-64B-batch'], {
        file: 'peers-batch.svg',
        title: 'Batches of records of 64 bytes',
        unit: 'million records a second',
      }),
    ],
  },
  {
    suite: 'latency',
    title: 'How long records wait',
    about:
      'From when a record was due, not from when it was sent, until the consumer has it: who is held up is late for all ' +
      'that were due meanwhile.',
    charts: (suite) =>
      suite.histograms !== undefined && suite.histograms.length > 0
        ? curves(suite)
        : suite.cases.map(({ name, about }) =>
            barsOf(suite, [name], { file: `latency-${name}.svg`, title: about, unit: 'us: less is better' }),
          ),
  },
  {
    suite: 'waiting',
    title: 'What waiting costs',
    about:
      'Strategies of waiting, policies of waking, lending against copying, and many rings behind one poller.',
    charts: (suite) => [
      drawLines({
        file: 'waiting-throughput.svg',
        title: 'Ways of waiting, whenever the consumer has caught up',
        subtitle: 'one producer thread to one consumer thread',
        x: BYTES,
        y: SPEED,
        lines: sweepOf(suite, /^throughput-wait-(\d+)B$/),
      }),
      barsOf(suite, ['idle-wakeup'], {
        file: 'waiting-wakeup.svg',
        title: 'A record for a consumer that sleeps: from commit to consumption',
        unit: 'us, median: less is better',
      }),
      drawLines({
        file: 'waiting-lease.svg',
        title: 'Reading: lent or copied',
        subtitle: 'one thread drains a ring and reads a byte of each 64; less is better',
        x: BYTES,
        y: { name: 'ns a record' },
        lines: sweepOf(suite, /^lease-vs-copy-(\d+)B$/),
      }),
      drawLines({
        file: 'waiting-policy.svg',
        title: 'Whom to wake, and when',
        subtitle: 'cpu time of both sides at an even rate; less is better',
        x: { name: 'records a second' },
        y: { name: 'cpu ns a record' },
        lines: sweepOf(suite, /^wake-policy-(\d+[kM]?)$/),
      }),
      drawLines({
        file: 'waiting-rings.svg',
        title: 'Many rings behind one poller',
        subtitle: 'one producer goes from ring to ring',
        x: { name: 'rings', base: 2 },
        y: SPEED,
        lines: sweepOf(suite, /^many-rings-flood-(\d+)$/),
      }),
    ],
  },
  {
    suite: 'axes',
    title: 'How cost grows',
    about:
      'One thing changes, the rest stays: payload, producers, size of the ring, number of rings, load. What is lost in ' +
      '`loss-…` found no room and was never offered again.',
    charts: sweeps,
  },
  {
    suite: 'linux',
    title: "The kernel's rings, and rings between processes",
    about:
      "Our consumer of the kernel's own ring beside one in C, with the same producer, which does drop; and a ring in memory " +
      'that two processes map, beside sockets and pipes.',
    charts: (suite) => [
      barsOf(
        suite,
        suite.cases.map(({ name }) => name).filter((name) => name.startsWith('kernel-throughput-')),
        {
          file: 'linux-kernel.svg',
          title: "What a consumer gets out of the kernel's ring",
          unit: 'million records a second',
        },
      ),
      barsOf(suite, ['process-64B'], {
        file: 'linux-processes.svg',
        title: 'Records of 64 bytes from process to process',
        unit: 'million records a second',
      }),
    ],
  },
  {
    suite: 'ringbufs',
    title: "The kernel's own benchmark, again",
    about:
      'Every mode of bench_ringbufs: the ring of the kernel and its perf buffers, consumed by the way of libbpf and by a loop ' +
      'of its own, and our rings between threads and between processes. A record without room is dropped.',
    charts: (suite) => [
      barsOf(suite, ['rb-parallel', 'rb-parallel-sampled'], {
        file: 'ringbufs-parallel.svg',
        title: 'One producer, one consumer',
        unit: 'million records a second',
      }),
      barsOf(suite, ['rb-b2b', 'rb-b2b-sampled'], {
        file: 'ringbufs-back-to-back.svg',
        title: 'One thread: a batch in, then out',
        unit: 'million records a second',
      }),
      ...(['rate', 'producers', 'overwrite'] as const).map((what) =>
        drawLines({
          file: `ringbufs-${what}.svg`,
          ...RINGBUFS_SWEEPS[what],
          y: SPEED,
          lines: sweepOf(suite, new RegExp(`^rb-(?:b2b-)?${what}-(\\d+)$`)),
        }),
      ),
    ],
  },
]

/** The sections of the suites that are kept, in the order of the page; those without an entry come last. */
export function sectionsOf(suites: readonly KeptSuite[]): readonly { section: Section; suite: KeptSuite }[] {
  const named = SECTIONS.flatMap((section) => {
    const suite = suites.find((kept) => kept.suite === section.suite)
    return suite === undefined ? [] : [{ section, suite }]
  })
  const others = suites.filter(({ suite }) => !SECTIONS.some((section) => section.suite === suite))
  return [...named, ...others.map((suite) => ({ section: plainSection(suite.suite), suite }))]
}

export function titleOf(suite: string): string {
  return SECTIONS.find((section) => section.suite === suite)?.title ?? suite
}

/** For a suite that nobody has drawn a section for. */
function plainSection(suite: string): Section {
  return { suite, title: titleOf(suite), about: '', charts: (kept) => [...sweeps(kept), ...curves(kept)] }
}
