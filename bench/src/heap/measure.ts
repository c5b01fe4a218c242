/**
 * How many bytes of the heap a record costs.
 *
 *   warm up │ run freely: how often is garbage collected? │ count, five times │ sample every allocation
 *
 * Counting is exact as long as nothing is collected between two looks at the heap, so the number of records between
 * them follows from what one costs. What is compiled meanwhile is counted as well, and only ever adds: so the least of
 * the five is what records cost.
 *
 * Runs in a process with --expose-gc and young generations of 16 MB; see child.ts.
 */
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import type { Measured } from '../contestant.js'
import { type Site, sampleAllocations } from './sampler.js'

/** Takes part in the suite `heap`. */
export interface HeapMeasurement {
  readonly kind: 'heap'
  open(): HeapPath | Promise<HeapPath>
}

/** Writes and reads some records of a ring of its own, checks them, and answers how many. */
export type HeapPath = () => number | Promise<number>

const GUESSES = 3
const LOOKS = 5
const ATTEMPTS = 5
const FEWER = 8
const FEWEST_RECORDS = 1024
const MOST_RECORDS = 2_000_000
const MOST_SAMPLED_RECORDS = 500_000
/** Bytes that may be allocated between two looks: far from what makes V8 collect. */
const BYTES_BETWEEN_LOOKS = 4e6
const SAMPLED_BYTES = 1e6
/** Of a record's bytes; what a function allocates less often is no matter of the records. */
const LEAST_SITE_BYTES = 0.01
const MOST_SITES = 4

/** The types of Node 20 do not know what an entry of a collection says. */
type GarbageEntry = PerformanceEntry & { readonly detail: { readonly kind: number } }

interface Count {
  readonly heap: number
  readonly external: number
}

export async function measureHeap(
  measurement: HeapMeasurement,
  warmUpSeconds: number,
  seconds: number,
): Promise<Measured> {
  const collect = globalThis.gc
  if (collect === undefined) throw new Error('this process was started without --expose-gc')
  const path = await measurement.open()
  await runFor(path, warmUpSeconds)
  const { records, scavenges } = await runFreely(path, seconds, collect)

  let bytes = Number.POSITIVE_INFINITY
  // Few records tell roughly what one costs, and so how many tell it exactly.
  for (let guess = 0; guess < GUESSES; guess++) {
    bytes = (await countBytes(path, recordsFor(BYTES_BETWEEN_LOOKS, bytes, MOST_RECORDS), collect)).heap
  }
  const between = recordsFor(BYTES_BETWEEN_LOOKS, bytes, MOST_RECORDS)
  const least = await countUndisturbed(path, between, collect)

  const sampled = recordsFor(SAMPLED_BYTES, bytes, MOST_SAMPLED_RECORDS)
  let moved = 0
  const sites = await sampleAllocations(async () => {
    moved = await run(path, sampled)
  })
  return {
    value: Math.max(0, least.heap),
    pinned: true,
    extra: {
      sampledBytes: sites.reduce((sum, { bytes }) => sum + bytes, 0) / moved,
      externalBytes: Math.max(0, least.external),
      scavenges: (scavenges * 1e6) / records,
    },
    sites: describeSites(sites, moved),
  }
}

/** At least so many records. Promises are awaited only where there are some: waiting for them allocates. */
async function run(path: HeapPath, records: number): Promise<number> {
  let moved = 0
  while (moved < records) {
    const step = path()
    moved += typeof step === 'number' ? step : await step
  }
  return moved
}

async function runFor(path: HeapPath, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1e3
  let moved = 0
  while (performance.now() < end) moved += await run(path, FEWEST_RECORDS)
  return moved
}

async function runFreely(
  path: HeapPath,
  seconds: number,
  collect: () => void,
): Promise<{ records: number; scavenges: number }> {
  collect()
  const garbage = watchGarbage()
  const records = await runFor(path, seconds)
  return { records, scavenges: await garbage.end() }
}

/** The least of several counts; again, of fewer records, if something was collected meanwhile. */
async function countUndisturbed(path: HeapPath, records: number, collect: () => void): Promise<Count> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const between = Math.max(FEWEST_RECORDS, Math.round(records / FEWER ** attempt))
    const counts: Count[] = []
    const garbage = watchGarbage()
    for (let look = 0; look < LOOKS; look++) counts.push(await countBytes(path, between, collect))
    if ((await garbage.end()) > 0) continue
    const least = (of: keyof Count) => Math.min(...counts.map((count) => count[of]))
    return { heap: least('heap'), external: least('external') }
  }
  throw new Error(`garbage was collected while its bytes were counted, ${ATTEMPTS} times`)
}

/** Bytes a record, of so many. */
async function countBytes(path: HeapPath, records: number, collect: () => void): Promise<Count> {
  collect()
  const looking = look()
  const before = look()
  const moved = await run(path, records)
  const after = look()
  // To look allocates a little by itself: as much as between the first two looks.
  const count = (of: keyof Count) => (after[of] - before[of] - (before[of] - looking[of])) / moved
  return { heap: count('heap'), external: count('external') }
}

function look(): Count {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
  return { heap, external }
}

function recordsFor(bytes: number, bytesPerRecord: number, most: number): number {
  return Math.round(Math.min(Math.max(bytes / Math.max(bytesPerRecord, 1e-3), FEWEST_RECORDS), most))
}

/** Counts collections of the young generation: those that allocating brings about. */
function watchGarbage(): { end(): Promise<number> } {
  let scavenges = 0
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as GarbageEntry[]) {
      if (entry.detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) scavenges++
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  return {
    async end() {
      // Entries are told in a later turn of the event loop.
      for (let turn = 0; turn < 3; turn++) await setImmediate()
      observer.disconnect()
      return scavenges
    },
  }
}

function describeSites(sites: readonly Site[], records: number): string[] {
  return sites
    .filter(({ bytes }) => bytes / records >= LEAST_SITE_BYTES)
    .slice(0, MOST_SITES)
    .map(({ where, bytes }) => `${(bytes / records).toFixed(2)} bytes in ${where}`)
}
