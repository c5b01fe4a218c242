/** Results that nobody measured. */
import type { KeptResult, KeptSuite } from 'bpf-ringbuf-bench/report/kept-suite.js'

/** A figure with three near runs around it. */
export function made(name: string, contestant: string, median: number, changes: Partial<KeptResult> = {}) {
  const runs = [median * 0.9, median, median * 1.1]
  const result: KeptResult = {
    case: name,
    contestant,
    unit: 'M records/s',
    median,
    min: Math.min(...runs),
    max: Math.max(...runs),
    compared: runs.length,
    runs,
    placements: runs.map(() => 'near'),
    extra: {},
    errors: [],
    ...changes,
  }
  return result
}

/** A suite of such results, whose cases are all about the same. */
export function madeSuite(
  suite: string,
  results: readonly KeptResult[],
  changes: Partial<KeptSuite> = {},
): KeptSuite {
  return {
    suite,
    measuredAt: '2026-01-02T03:04:05.678Z',
    tookSeconds: 60,
    length: 'full',
    plan: { rounds: 3, extraRounds: 0, seconds: 0.5, nativeWarmUpSeconds: 0.1, scriptWarmUpSeconds: 0.2 },
    machine: {
      cpu: 'A Processor',
      cores: 2,
      kernel: 'Linux 6.1 x64',
      node: 'v20.20.0',
      gcc: 'gcc 12',
      commit: 'abc1234',
      placements: { near: 3 },
      compared: 'near',
      unpinnedRuns: 0,
    },
    bars: [],
    cases: [...new Map(results.map((result) => [result.case, result.unit]))].map(([name, unit]) => ({
      name,
      unit,
      about: `about ${name}`,
    })),
    contestants: [...new Set(results.map(({ contestant }) => contestant))].map((name) => ({
      name,
      about: `what ${name} is`,
    })),
    absent: [],
    results,
    ...changes,
  }
}
