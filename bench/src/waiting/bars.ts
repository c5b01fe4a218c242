/** The goals that the suite `waiting` measures itself against, and the curves that need more than one case. */
import { type Bar, judgeRatio, ratioOf } from '../bars.js'
import type { CaseName } from '../cases.js'
import type { Result } from '../results.js'
import { LEASE_BYTES, WAIT_BYTES } from './cases.js'

/** Waiting may cost a tenth of what a consumer reaches that never sleeps. */
const ADAPTIVE_SHARE = 0.9
/** JavaScript may take so many times as long as C to be woken. */
const WAKE_UP_TIMES = 1.3
/** From here on records are lent faster than they are copied. */
const LEASE_PAYS_FROM_BYTES = 256
const COPIERS = ['ours-consume', 'ours-consume-pooled', 'ours-copy-out'] as const
const SLEEPERS = ['ours-park', 'ours-adaptive'] as const

/** Bars of the cases that were measured. */
export function judgeWaiting(results: readonly Result[]): readonly Bar[] {
  const bars: Bar[] = []
  const judge = (name: CaseName, what: string, against: string, relation: Bar['relation'], target: number) =>
    bars.push(...judgeRatio(results, { name, what, against, relation, target }))
  for (const bytes of WAIT_BYTES) {
    judge(`throughput-wait-${bytes}B`, 'ours-adaptive', 'ours-busy', '>=', ADAPTIVE_SHARE)
  }
  for (const sleeper of SLEEPERS) judge('idle-wakeup', sleeper, 'c-futex', '<=', WAKE_UP_TIMES)
  for (const bytes of LEASE_BYTES.filter((size) => size >= LEASE_PAYS_FROM_BYTES)) {
    for (const copier of COPIERS) judge(`lease-vs-copy-${bytes}B`, 'ours-lease', copier, '<', 1)
  }
  return bars
}

/** The time of a lent record over that of a copied one, size by size. */
export interface LeaseCurve {
  readonly bytes: number
  readonly ratios: Readonly<Record<(typeof COPIERS)[number], number | null>>
}

export function leaseCurve(results: readonly Result[]): readonly LeaseCurve[] {
  const name = (bytes: (typeof LEASE_BYTES)[number]) => `lease-vs-copy-${bytes}B` as const
  return LEASE_BYTES.filter((bytes) => results.some((result) => result.case === name(bytes))).map((bytes) => {
    const against = (copier: string) => ratioOf(results, name(bytes), 'ours-lease', copier)
    const ratios = {
      'ours-consume': against('ours-consume'),
      'ours-consume-pooled': against('ours-consume-pooled'),
      'ours-copy-out': against('ours-copy-out'),
    }
    return { bytes, ratios }
  })
}
