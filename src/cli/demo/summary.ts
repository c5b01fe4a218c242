import { identityHolds, type Ring, type RingCounters } from 'bpf-ringbuf'
import type { Crew } from './crew.js'
import type { Account } from './messages.js'
import type { Settings } from './settings.js'
import type { Tally } from './tally.js'

/** What came of it. `--json` prints this as it is, so its names are stable. */
export interface Summary {
  readonly path: string
  /** Files that were worked on: hashed or discarded. */
  readonly files: number
  /** Files that are known: more, where the work ended early. */
  readonly found: number
  /** Records that the main thread consumed. */
  readonly records: number
  /** Files that could not be read. */
  readonly discarded: number
  /** Bytes hashed. */
  readonly bytes: number
  readonly seconds: number
  readonly recordsPerSecond: number
  readonly bytesPerSecond: number
  /** Records that were submitted and not consumed. */
  readonly lost: number
  /** Records that were not the next one of their worker. */
  readonly outOfOrder: number
  /** Whether every attempted record is accounted for. */
  readonly identityHolds: boolean
  /** Depends on every path and content, and on nothing else. */
  readonly digest: string
  readonly counters: RingCounters
  readonly ring: { readonly size: number; readonly engine: string; readonly reservations: string }
  readonly workers: readonly WorkerSummary[]
  /** The longest file. */
  readonly largest: { readonly path: string; readonly bytes: number } | null
  readonly directories: number
  readonly unreadableDirectories: number
  /** Not followed. */
  readonly symlinks: number
  /** Pipes, sockets, devices: not read. */
  readonly special: number
  /** What could not be read, and why. The first few. */
  readonly problems: readonly string[]
  /** Whether a signal ended the work before it was done. */
  readonly interrupted: boolean
  /** Why a worker died, if one did. */
  readonly crash: string | null
}

export interface WorkerSummary {
  readonly worker: number
  readonly records: number
  readonly bytes: number
  readonly discarded: number
  readonly failedReservations: number
  readonly outOfOrder: number
}

export interface Outcome {
  readonly settings: Settings
  readonly ring: Ring
  readonly tally: Tally
  readonly crew: Crew
  /** Files that are known. */
  readonly found: number
  readonly seconds: number
  readonly interrupted: boolean
}

export function summarize({ settings, ring, tally, crew, found, seconds, interrupted }: Outcome): Summary {
  const counters = ring.counters()
  const { accounts } = crew
  const total = (name: keyof Account) => accounts.reduce((sum, account) => sum + account[name], 0)
  return {
    path: settings.root.text,
    files: counters.submitted + counters.discarded,
    found,
    records: tally.records,
    discarded: counters.discarded,
    bytes: tally.bytes,
    seconds,
    recordsPerSecond: perSecond(tally.records, seconds),
    bytesPerSecond: perSecond(tally.bytes, seconds),
    lost: counters.submitted - tally.records,
    outOfOrder: tally.outOfOrder,
    identityHolds: identityHolds(counters),
    digest: tally.digest.toString(),
    counters,
    ring: { size: ring.size, engine: ring.engine, reservations: ring.reservations },
    workers: tally.workers.map(({ records, bytes, outOfOrder }, index) => {
      const { discarded = 0, failedReservations = 0 } = accounts[index] ?? {}
      return { worker: index + 1, records, bytes, discarded, failedReservations, outOfOrder }
    }),
    largest: tally.largestBytes < 0 ? null : { path: tally.largestPath, bytes: tally.largestBytes },
    directories: total('directories'),
    unreadableDirectories: total('unreadableDirectories'),
    symlinks: total('symlinks'),
    special: total('special'),
    problems: crew.problems,
    interrupted,
    crash: crew.crash ?? null,
  }
}

/** What must hold whatever was hashed; one sentence for each promise that was broken. */
export function brokenPromises(summary: Summary): string[] {
  const broken: string[] = []
  const { counters, lost, outOfOrder } = summary
  // What was reserved by a worker that died stops the ring: that is told as a crash.
  if (lost !== 0 && summary.crash === null) broken.push(`${lost} records were submitted and never consumed`)
  if (outOfOrder > 0) broken.push(`${outOfOrder} records were not the next one of their worker`)
  if (!summary.identityHolds) broken.push('the counters do not add up')
  const failed = summary.workers.reduce((sum, worker) => sum + worker.failedReservations, 0)
  if (failed !== counters.dropped && summary.crash === null) {
    broken.push(`workers count ${failed} failed reservations, the ring ${counters.dropped}`)
  }
  return broken
}

function perSecond(count: number, seconds: number): number {
  return seconds > 0 ? count / seconds : 0
}
