/** The contestants of the suite `ringbufs`: the kernel's ring and perf buffers, and our rings in the same modes. */
import { createMappedRing } from '../../../dist/ring/mapped-ring.js'
import type { Contestant, Measurement } from '../contestant.js'
import { whyNotNative } from '../native.js'
import { RINGBUFS_CASES } from '../ringbufs/cases.js'
import type { RingbufsName } from '../ringbufs/names.js'
import {
  type Bench,
  type ConsumerKind,
  RINGBUFS_RING_BYTES,
  type RingbufsCase,
  type RingbufsMeasurement,
  settingsOf,
} from '../ringbufs/options.js'

type Cases = Contestant['cases']

/** The cases in which a bench takes part, with and without overwriting as asked. */
function casesOf(
  bench: Bench,
  measure: (item: RingbufsCase) => Measurement,
  takesPart: (item: RingbufsCase) => boolean = () => true,
): Cases {
  const cases = RINGBUFS_CASES.filter((item) => item.benches.includes(bench) && takesPart(item))
  return Object.fromEntries(cases.map((item) => [item.name, measure(item)]))
}

function consumerOf(bench: Bench): ConsumerKind {
  return bench.endsWith('-custom') ? 'custom' : 'library'
}

const native = (bench: Bench) => (item: RingbufsCase) =>
  ({
    kind: 'native',
    program: 'bench_ringbufs',
    measurement: 'ringbufs',
    settings: settingsOf(item.options, consumerOf(bench), bench.startsWith('pb-')),
  }) as const

function kernel(bench: Bench, about: string): Contestant {
  return {
    name: bench,
    about,
    absent: () => whyNotNative('bench_ringbufs'),
    cases: casesOf(bench, native(bench), ({ options }) => !options.overwrite),
  }
}

/** For itself, since only newer kernels have it. */
const kernelOverwrite: Contestant = {
  name: 'rb-overwrite' satisfies RingbufsName,
  about: "the kernel's ring, created with BPF_F_RB_OVERWRITE",
  absent: () => whyNotNative('bench_ringbufs') ?? whyNotNative('bench_ringbufs', 'probe-overwrite'),
  cases: casesOf('rb-libbpf', native('rb-libbpf'), ({ options }) => options.overwrite),
}

function ours(
  name: RingbufsName,
  bench: Bench,
  between: RingbufsMeasurement['between'],
  about: string,
): Contestant {
  const consumer = consumerOf(bench)
  return {
    name,
    about,
    absent: () => (between === 'processes' ? whyNotMapped() : null),
    cases: casesOf(bench, ({ options }) => ({ kind: 'ringbufs', between, consumer, options })),
  }
}

function whyNotMapped(): string | null {
  try {
    createMappedRing({ size: RINGBUFS_RING_BYTES }).detach()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export const contestants: readonly Contestant[] = [
  kernel('rb-libbpf', "the kernel's ring, consumed as libbpf does: epoll_wait, given back after each record"),
  kernel('rb-custom', "the kernel's ring, a loop of one's own: epoll_wait, given back once a batch"),
  kernel('pb-libbpf', 'perf buffers of 128 pages a cpu, epoll_wait, a call for each record'),
  kernel('pb-custom', "perf buffers, a loop of one's own"),
  kernelOverwrite,
  ours('threads-library', 'rb-libbpf', 'threads', 'our ring between threads, consumed by a poller'),
  ours('threads-custom', 'rb-custom', 'threads', 'our ring between threads: wait, then consumeRaw'),
  ours('processes-library', 'rb-libbpf', 'processes', 'our mapped ring between processes, poller'),
  ours('processes-custom', 'rb-custom', 'processes', 'our mapped ring between processes: wait, consumeRaw'),
]
