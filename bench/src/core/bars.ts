/**
 * The goals that the suite `core` measures itself against.
 *
 * The kernel's ring and its algorithm in C are each there twice: with a consumer that polls without pause, as libbpf's
 * users do, and with one that waits a little when it has caught up, as ours does. Every goal is held against both.
 */
import { type Bar, type Goal, judgeFigure, judgeRatio } from '../bars.js'
import type { CaseName } from '../cases.js'
import type { Result } from '../results.js'

const KERNEL = ['kernel', 'kernel-paced']
const C_KERNEL = ['c-kernel', 'c-kernel-paced']
/** The fastest ring in C is whichever of these is: a goal against it is one against each. */
const C_BEST = ['c-best', 'c-best-paced', 'c-lean', 'c-lean-paced']

const atLeast = (name: CaseName, target: number, against: readonly string[], againstIn?: CaseName): Goal[] =>
  against.map((other) => ({
    name,
    what: 'ours-wasm',
    against: other,
    relation: '>=',
    target,
    ...(againstIn && { againstIn }),
  }))

const GOALS: readonly Goal[] = [
  { name: 'reserve-submit-8B', what: 'ours-wasm', against: 'c-kernel', relation: '<=', target: 1.3 },
  ...atLeast('throughput-1p1c-64B', 1.5, KERNEL),
  ...atLeast('throughput-1p1c-64B', 1.3, C_KERNEL),
  ...atLeast('throughput-1p1c-64B', 2.5, ['ringbuf.js']),
  ...atLeast('throughput-4p1c-64B', 3, KERNEL),
  ...atLeast('throughput-4p1c-64B', 1.5, C_KERNEL),
  ...atLeast('throughput-8p1c-64B', 0.7, ['ours-wasm'], 'throughput-1p1c-64B'),
  ...atLeast('throughput-1p1c-1024B', 1, KERNEL),
  ...atLeast('throughput-1p1c-4096B', 1, KERNEL),
  ...atLeast('throughput-1p1c-1024B-output', 1.5, KERNEL),
  ...atLeast('throughput-1p1c-4096B-output', 1.5, KERNEL),
  ...atLeast('throughput-1p1c-64B-batch', 0.9, C_BEST, 'throughput-1p1c-64B'),
  ...atLeast('throughput-1p1c-64B-batch', 1, ['postMessage-batch']),
]

/** Million records a second: what is asked of batches, unless they reach 0.9x of the fastest ring in C. */
const BATCHES = { name: 'throughput-1p1c-64B-batch', what: 'ours-wasm', relation: '>=', target: 35 } as const

/** What is asked of the JavaScript build, for memory that WebAssembly cannot reach: at most 2.5x the cost. */
const JAVASCRIPT: readonly Goal[] = [
  { name: 'reserve-submit-8B', what: 'ours-js', against: 'ours-wasm', relation: '<=', target: 2.5 },
  { name: 'throughput-1p1c-64B', what: 'ours-js', against: 'ours-wasm', relation: '>=', target: 1 / 2.5 },
]

/** Bars of the cases that were measured. */
export function judgeCore(results: readonly Result[]): readonly Bar[] {
  return [
    ...GOALS.flatMap((goal) => judgeRatio(results, goal)),
    ...judgeFigure(results, BATCHES),
    ...JAVASCRIPT.flatMap((goal) => judgeRatio(results, goal)),
  ]
}
