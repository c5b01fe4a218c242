/**
 * Where the two cpus stand to each other while a run is measured, and whether we had them for ourselves.
 *
 *   smt      two threads of one core           round trip of a cache line < 100 ns
 *   near     two cores with a shared cache     100 to 220 ns
 *   far      two cores without one             > 220 ns
 *   mixed    changed during the run, or the hypervisor took the cpus away for more than 20 ms
 *   crowded  other processes ran for more than 50 ms meanwhile
 *   unknown  could not be probed
 *
 * Virtual machines move their cpus, and the same program is then three to six times as fast or as slow. So every
 * run is probed before and after, and only runs of one kind are compared.
 */
import { cpuTimes, roundTripNs } from './doctor/probes.js'

export type Placement = 'smt' | 'near' | 'far' | 'mixed' | 'crowded' | 'unknown'

/** Runs of these kinds were disturbed: they are never the ones compared. */
export const DISTURBED: ReadonlySet<Placement> = new Set(['mixed', 'crowded'])

const SMT_BELOW_NS = 100
const FAR_ABOVE_NS = 220
export const STOLEN_LIMIT_MS = 20
/** Above the grain of the accounting (10 ms on each cpu) and what starting and ending a process takes. */
export const CROWDED_LIMIT_MS = 50

export interface Placed<T> {
  readonly result: T
  readonly placement: Placement
  /** Round trips before and after, in ns. */
  readonly roundTripsNs: readonly [number | null, number | null]
}

/** Does the work between two probes. The work tells how much cpu time was its own. */
export async function placed<T extends { readonly cpuMs?: number }>(
  work: () => Promise<T>,
): Promise<Placed<T>> {
  const before = roundTripNs()
  const start = cpuTimes()
  const result = await work()
  const end = cpuTimes()
  const after = roundTripNs()
  const othersMs = end.busyMs - start.busyMs - (result.cpuMs ?? 0)
  const kinds = [classify(before), classify(after)] as const
  let placement = kinds[0]
  if (othersMs > CROWDED_LIMIT_MS) placement = 'crowded'
  else if (kinds[0] !== kinds[1] || end.stolenMs - start.stolenMs > STOLEN_LIMIT_MS) placement = 'mixed'
  return { result, placement, roundTripsNs: [before, after] }
}

/** The kind of a round trip of so many ns. */
export function classify(roundTrip: number | null): Placement {
  if (roundTrip === null) return 'unknown'
  if (roundTrip < SMT_BELOW_NS) return 'smt'
  return roundTrip > FAR_ABOVE_NS ? 'far' : 'near'
}
