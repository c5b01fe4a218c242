/**
 * What the readings mean: is this machine fit to be believed now?
 *
 * The limits are those by which single runs are set aside (placement.ts), taken for a run of a second: on a machine
 * beyond them most runs would be.
 */
import { CROWDED_LIMIT_MS, classify, STOLEN_LIMIT_MS } from '../placement.js'
import { median, tally } from '../statistics.js'
import type { Readings, Tool } from './readings.js'

export interface Finding {
  readonly what: string
  /** `note`: figures can be believed, but something is missing, or they compare with nobody else's. */
  readonly verdict: 'good' | 'note' | 'noisy'
  readonly says: string
}

/** Fewer probes of one kind than this, and too few runs would be of that kind. */
const STEADY_SHARE = 0.8
/** Latencies are told in microseconds: a clock with coarser steps cannot. */
const COARSEST_CLOCK_NS = 1000

export function judge(readings: Readings): readonly Finding[] {
  return [
    judgeCpus(readings),
    judgePlacement(readings),
    judgeStolen(readings),
    judgeOthers(readings),
    judgeClock(readings),
    ...(Object.keys(MISSING) as Tool[]).map((tool) => judgeTool(tool, readings.without[tool])),
  ]
}

export function isTooNoisy(findings: readonly Finding[]): boolean {
  return findings.some(({ verdict }) => verdict === 'noisy')
}

function judgeCpus({ cpus }: Readings): Finding {
  const what = 'cpus'
  if (cpus === 1)
    return { what, verdict: 'noisy', says: 'only one: producers and consumers would take turns on it' }
  if (cpus < 4) {
    const says = `${cpus}: with more threads than that, figures are also of the scheduler`
    return { what, verdict: 'good', says }
  }
  return { what, verdict: 'good', says: `${cpus}` }
}

function judgePlacement({ roundTripsNs }: Readings): Finding {
  const what = 'placement'
  const known = roundTripsNs.filter((ns) => ns !== null)
  if (known.length === 0) {
    return { what, verdict: 'note', says: 'could not be probed: nobody knows whether runs are comparable' }
  }
  const kinds = tally(known.map(classify))
  const [kind, times] = kinds[0] as (typeof kinds)[number]
  const trip = `a cache line takes ${median(known).toFixed(0)} ns to the other cpu and back`
  if (times < known.length * STEADY_SHARE) {
    const seen = kinds.map(([name, count]) => `${name} ${count}`).join(', ')
    return {
      what,
      verdict: 'noisy',
      says: `the cpus are being moved about: of ${known.length} probes ${seen}`,
    }
  }
  const steady = `${kind} in ${times} of ${known.length} probes, ${trip}`
  if (kind === 'far') {
    const says = `${steady}: figures of two threads will be low, compare them only with runs as far apart`
    return { what, verdict: 'note', says }
  }
  return { what, verdict: 'good', says: steady }
}

function judgeStolen({ stolenMs, wallMs }: Readings): Finding {
  const rate = (stolenMs / wallMs) * 1e3
  const says = `the hypervisor took ${rate.toFixed(0)} ms of cpu time a second (limit: ${STOLEN_LIMIT_MS})`
  return { what: 'stolen time', verdict: rate > STOLEN_LIMIT_MS ? 'noisy' : 'good', says }
}

function judgeOthers({ othersMs, wallMs }: Readings): Finding {
  const rate = (othersMs / wallMs) * 1e3
  const says = `other processes used ${rate.toFixed(0)} ms of cpu time a second (limit: ${CROWDED_LIMIT_MS})`
  return { what: 'other processes', verdict: rate > CROWDED_LIMIT_MS ? 'noisy' : 'good', says }
}

function judgeClock({ clockStepNs, clockReadNs }: Readings): Finding {
  const verdict = clockStepNs > COARSEST_CLOCK_NS ? 'noisy' : 'good'
  const says = `steps of ${clockStepNs.toFixed(0)} ns, ${clockReadNs.toFixed(0)} ns a look`
  return { what: 'clock', verdict, says: verdict === 'good' ? says : `${says}: too coarse for latencies` }
}

const MISSING: Readonly<Record<Tool, string>> = {
  gcc: 'no contestants in C, and no probe of the placement',
  taskset: 'threads stay free, and swap their cpus as they like',
  bpf: "the kernel's own ring is absent",
}

function judgeTool(tool: Tool, reason: string | null): Finding {
  if (reason === null) return { what: tool, verdict: 'good', says: 'works' }
  return { what: tool, verdict: 'note', says: `${reason}; so ${MISSING[tool]}` }
}
