/**
 * What an idle ring of 1 MiB costs.
 *
 *   process ──open──► ring, ring, ring, ... (16 of them, kept, unused)
 *
 * The figure is the bytes one ring says it allocated. The growth of the resident set is a side figure: pages that
 * nobody touched are not resident, and a ring that touches its memory when it is made pays for all of it.
 */
import type { Measured, MemoryMeasurement } from './contestant.js'

/** Enough that what the first ring loads once (code, a WebAssembly module) is not blamed on each of them. */
const RINGS = 16

export async function measureMemory(measurement: MemoryMeasurement): Promise<Measured> {
  const kept = [await measurement.open()] // what is loaded only once is loaded now
  const residentBefore = process.memoryUsage.rss()
  for (let ring = 0; ring < RINGS; ring++) kept.push(await measurement.open())
  const grown = process.memoryUsage.rss() - residentBefore
  const allocated = kept[RINGS]?.allocatedBytes ?? Number.NaN
  return { value: allocated, pinned: true, extra: { rssBytes: Math.max(0, Math.round(grown / RINGS)) } }
}
