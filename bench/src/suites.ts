/** The suites: which cases, how often and how long, and what they are to reach. */

import { AXES_CONTESTANTS, AXES_SMOKE_CONTESTANTS, casesAt } from './axes/charts.js'
import type { Bar } from './bars.js'
import type { Case } from './cases.js'
import { judgeCore } from './core/bars.js'
import { CORE_CASES, CORE_CONTESTANTS } from './core/cases.js'
import { judgeHeap } from './heap/bars.js'
import { HEAP_CASES } from './heap/cases.js'
import { judgeLatency } from './latency/bars.js'
import { LATENCY_CASES } from './latency/cases.js'
import { judgeLinux } from './linux/bars.js'
import { LINUX_CASES } from './linux/cases.js'
import { PAYLOADS_CASES } from './payloads/cases.js'
import { PEER_CASES, PEER_CONTESTANTS } from './peers/cases.js'
import type { Result } from './results.js'
import { RINGBUFS_CASES } from './ringbufs/cases.js'
import { judgeWaiting } from './waiting/bars.js'
import { WAITING_CASES } from './waiting/cases.js'
import { judgeGrowth, judgeWeight } from './weight/bars.js'
import { GROWTH_CASES, WEIGHT_CASES } from './weight/cases.js'

/** How often, and for how long at a time. */
export interface Plan {
  readonly rounds: number
  /** Rounds more, at most, for contestants with too few comparable runs. */
  readonly extraRounds: number
  readonly seconds: number
  readonly nativeWarmUpSeconds: number
  /** JavaScript needs longer: its code is compiled while it runs. */
  readonly scriptWarmUpSeconds: number
}

/** How thoroughly: which of a suite's plans. */
export type Length = 'full' | 'quick' | 'smoke'

export interface Suite {
  /** In the order of the report. */
  readonly cases: readonly Case[]
  /** Who takes part, if nobody else is asked for. Default: all who can. */
  readonly contestants?: readonly string[]
  /** For plans that have no time for all of that. */
  readonly fewer?: Partial<Record<'quick' | 'smoke', Partial<Pick<Suite, 'cases' | 'contestants'>>>>
  readonly full: Plan
  readonly quick: Plan
  /** Which of its goals were met. */
  judge(results: readonly Result[]): readonly Bar[]
}

const core: Suite = {
  cases: CORE_CASES,
  contestants: CORE_CONTESTANTS,
  full: { rounds: 7, extraRounds: 2, seconds: 0.5, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.4 },
  quick: { rounds: 3, extraRounds: 2, seconds: 0.2, nativeWarmUpSeconds: 0.05, scriptWarmUpSeconds: 0.3 },
  judge: judgeCore,
}

/** Everybody: who is here is not judged, but compared. */
const peers: Suite = {
  cases: PEER_CASES,
  contestants: PEER_CONTESTANTS,
  full: { rounds: 3, extraRounds: 1, seconds: 0.25, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.35 },
  quick: { rounds: 1, extraRounds: 0, seconds: 0.08, nativeWarmUpSeconds: 0.05, scriptWarmUpSeconds: 0.1 },
  judge: () => [],
}

/** A hundred runs a round: they are shorter, so that a round is. */
const waiting: Suite = {
  cases: WAITING_CASES,
  full: { rounds: 5, extraRounds: 1, seconds: 0.4, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.4 },
  quick: { rounds: 1, extraRounds: 0, seconds: 0.12, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.2 },
  judge: judgeWaiting,
}

/** Long enough to meet what happens once in a thousand records, and short enough for the clock (latency/loaded.ts). */
const latency: Suite = {
  cases: LATENCY_CASES,
  full: { rounds: 7, extraRounds: 2, seconds: 0.5, nativeWarmUpSeconds: 0.2, scriptWarmUpSeconds: 1 },
  quick: { rounds: 3, extraRounds: 1, seconds: 0.2, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.6 },
  judge: judgeLatency,
}

/** Many short runs: what counts is the course of a curve, and each point of it has neighbours. */
const axes: Suite = {
  cases: casesAt(({ points }) => points),
  contestants: AXES_CONTESTANTS,
  fewer: {
    quick: { cases: casesAt(({ quick }) => quick) },
    smoke: { cases: casesAt(({ smoke }) => smoke), contestants: AXES_SMOKE_CONTESTANTS },
  },
  full: { rounds: 3, extraRounds: 0, seconds: 0.15, nativeWarmUpSeconds: 0.05, scriptWarmUpSeconds: 0.2 },
  quick: { rounds: 1, extraRounds: 0, seconds: 0.1, nativeWarmUpSeconds: 0.05, scriptWarmUpSeconds: 0.15 },
  judge: () => [],
}

/** A process more in each run: it needs a while to start. */
const linux: Suite = {
  cases: LINUX_CASES,
  full: { rounds: 7, extraRounds: 2, seconds: 0.6, nativeWarmUpSeconds: 0.2, scriptWarmUpSeconds: 0.6 },
  quick: { rounds: 1, extraRounds: 0, seconds: 0.2, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.3 },
  judge: judgeLinux,
}

/** The kernel's own benchmark: a hundred and fifty runs a round. */
const ringbufs: Suite = {
  cases: RINGBUFS_CASES,
  full: { rounds: 3, extraRounds: 1, seconds: 0.3, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.25 },
  quick: { rounds: 1, extraRounds: 0, seconds: 0.2, nativeWarmUpSeconds: 0.05, scriptWarmUpSeconds: 0.2 },
  judge: () => [],
}

/** Each run has two parts: each side alone, then both. */
const payloads: Suite = {
  cases: PAYLOADS_CASES,
  full: { rounds: 5, extraRounds: 0, seconds: 0.25, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.25 },
  quick: { rounds: 1, extraRounds: 0, seconds: 0.12, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.15 },
  judge: () => [],
}

/** Counts, and no times: it need not be repeated often, but what it counts must have been compiled before. */
const heap: Suite = {
  cases: HEAP_CASES,
  full: { rounds: 3, extraRounds: 0, seconds: 0.5, nativeWarmUpSeconds: 0, scriptWarmUpSeconds: 1 },
  quick: { rounds: 1, extraRounds: 0, seconds: 0.2, nativeWarmUpSeconds: 0, scriptWarmUpSeconds: 1 },
  judge: judgeHeap,
}

/** What is weighed takes no time to speak of. */
const memory: Suite = {
  cases: WEIGHT_CASES,
  full: { rounds: 5, extraRounds: 0, seconds: 0, nativeWarmUpSeconds: 0, scriptWarmUpSeconds: 0 },
  quick: { rounds: 1, extraRounds: 0, seconds: 0, nativeWarmUpSeconds: 0, scriptWarmUpSeconds: 0 },
  judge: judgeWeight,
}

/** What grows slowly needs time to be seen. */
const memoryGrowth: Suite = {
  cases: GROWTH_CASES,
  full: { rounds: 1, extraRounds: 0, seconds: 60, nativeWarmUpSeconds: 0, scriptWarmUpSeconds: 5 },
  quick: { rounds: 1, extraRounds: 0, seconds: 8, nativeWarmUpSeconds: 0, scriptWarmUpSeconds: 2 },
  judge: judgeGrowth,
}

/** Whether everything still runs and its checks hold; its figures mean nothing. */
export const SMOKE: Plan = {
  rounds: 1,
  extraRounds: 0,
  seconds: 0.1,
  nativeWarmUpSeconds: 0.05,
  scriptWarmUpSeconds: 0.15,
}

export const SUITES: Readonly<Record<string, Suite>> = {
  core,
  peers,
  latency,
  waiting,
  axes,
  linux,
  ringbufs,
  payloads,
  heap,
  memory,
  'memory-growth': memoryGrowth,
}

export function planOf(suite: Suite, length: Length): Plan {
  return length === 'smoke' ? SMOKE : suite[length]
}
