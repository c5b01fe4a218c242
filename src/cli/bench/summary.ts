import type { Case } from './cases.js'
import type { Machine } from './machine.js'
import type { Absence, Entry, Field } from './rounds.js'
import type { Settings } from './settings.js'
import { median } from './statistics.js'

export type Unit = 'M records/s' | 'us'

/** What came of it. `--json` prints this as it is, so its names are stable. */
export interface Summary {
  /** Whether everything was measured, and every record of every run came out once, whole and in order. */
  readonly ok: boolean
  /** Whether a signal ended it before all was measured. */
  readonly interrupted: boolean
  /** From start to end. */
  readonly seconds: number
  readonly machine: Machine
  /** How many processors were busy with other programs meanwhile, on the average. */
  readonly others: number
  readonly settings: Omit<Settings, 'cases' | 'json'>
  readonly results: readonly Result[]
  /** Who cannot run here, and why. */
  readonly absent: readonly Absence[]
}

/** One contestant in one case. */
export interface Result extends Pick<Case, 'pace' | 'producers' | 'bytes' | 'yardstick'> {
  readonly case: string
  readonly contestant: string
  /** What it does, in a few words. */
  readonly about: string
  readonly ours: boolean
  readonly unit: Unit
  /** Median of the runs; of microseconds, each run's is its median. Null: it has no figure. */
  readonly value: number | null
  readonly min: number | null
  readonly max: number | null
  /** Median of what a hundredth of each run's records exceeded, in microseconds; null where nobody asks. */
  readonly p99: number | null
  /** How many times as good as the yardstick. */
  readonly ratio: number | null
  /** Figures of the runs. */
  readonly runs: readonly number[]
  /** Records of all runs. Each was checked. */
  readonly records: number
  readonly errors: readonly string[]
}

export interface Outcome {
  readonly field: Field
  readonly settings: Settings
  readonly machine: Machine
  readonly others: number
  readonly seconds: number
  readonly interrupted: boolean
}

export function summarize({ field, settings, machine, others, seconds, interrupted }: Outcome): Summary {
  const plain = field.entries.map(resultOf)
  const results = plain.map((result) => ({ ...result, ratio: ratioOf(result, plain) }))
  const { rounds, warmUpMs, measuredMs, ringBytes } = settings
  return {
    ok: !interrupted && results.length > 0 && results.every(({ errors }) => errors.length === 0),
    interrupted,
    seconds,
    machine,
    others,
    settings: { rounds, warmUpMs, measuredMs, ringBytes },
    results,
    absent: field.absent,
  }
}

function resultOf({ case: item, contestant, runs, errors }: Entry): Result {
  const { name, pace, producers, bytes, yardstick } = item
  const values = runs.map(({ value }) => value)
  const tails = runs.flatMap(({ p99 }) => (p99 === undefined ? [] : [p99]))
  return {
    case: name,
    pace,
    producers,
    bytes,
    yardstick,
    contestant: contestant.name,
    about: contestant.about,
    ours: contestant.ours,
    unit: pace === 'flood' ? 'M records/s' : 'us',
    value: orNull(median(values)),
    min: orNull(Math.min(...values)),
    max: orNull(Math.max(...values)),
    p99: orNull(median(tails)),
    ratio: null,
    runs: values,
    records: runs.reduce((sum, { records }) => sum + records, 0),
    errors,
  }
}

/** Of rates more is better, of times less. */
function ratioOf({ case: name, yardstick, value, unit }: Result, results: readonly Result[]): number | null {
  const other = results.find((result) => result.case === name && result.contestant === yardstick)?.value
  if (value === null || !other || value === 0) return null
  return unit === 'us' ? other / value : value / other
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
