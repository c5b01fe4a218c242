/** The suites: which cases, how often and how long, and what they are to reach. */
import { type Case, CORE_CASES } from './cases.js'
import type { Result } from './results.js'
import { type Bar, judgeWaiting } from './waiting/bars.js'
import { WAITING_CASES } from './waiting/cases.js'

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

export interface Suite {
  /** In the order of the report. */
  readonly cases: readonly Case[]
  readonly full: Plan
  readonly quick: Plan
  /** Which of its goals were met. */
  judge(results: readonly Result[]): readonly Bar[]
}

const core: Suite = {
  cases: CORE_CASES,
  full: { rounds: 7, extraRounds: 2, seconds: 0.5, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.4 },
  quick: { rounds: 3, extraRounds: 2, seconds: 0.2, nativeWarmUpSeconds: 0.05, scriptWarmUpSeconds: 0.3 },
  judge: () => [],
}

/** A hundred runs a round: they are shorter, so that a round is. */
const waiting: Suite = {
  cases: WAITING_CASES,
  full: { rounds: 5, extraRounds: 1, seconds: 0.4, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.4 },
  quick: { rounds: 1, extraRounds: 0, seconds: 0.12, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.2 },
  judge: judgeWaiting,
}

export const SUITES: Readonly<Record<string, Suite>> = { core, waiting }
