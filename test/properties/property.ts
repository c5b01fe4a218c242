/** What must hold whatever happens: a law, cases that are drawn at random, and a check of one case. */
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { programOf } from './program.js'

export interface Effort {
  /** Cases that are drawn. */
  readonly runs: number
  readonly seed: number
  /** Called after each case, also while a counterexample is made short. */
  readonly done?: () => void
}

export interface Verdict {
  readonly name: string
  readonly seed: number
  /** Cases that were checked, without those that a counterexample was made short with. */
  readonly runs: number
  readonly counterexample?: Counterexample
}

export interface Counterexample {
  /** The smallest case that was found to fail. */
  readonly value: unknown
  readonly error: unknown
  /** A test that fails in the same way. */
  readonly program: string
}

interface Law<Case> {
  /** A word or two. */
  readonly name: string
  readonly law: string
  /** The promise that it belongs to: a heading of docs/promises.md. */
  readonly promise: string
  /** What it is compared with. */
  readonly model: string
  /** How many more cases than others a test takes that has little time. Default: 1. */
  readonly share?: number
  /** Why it cannot be checked here. */
  readonly skip?: string | false
  /** Plain data, so that it shrinks and prints. */
  readonly cases: fc.Arbitrary<Case>
  /** Throws if the law does not hold. */
  check(example: Case): void | Promise<void>
}

export interface Property<Case = never> extends Readonly<Required<Omit<Law<Case>, 'cases'>>> {
  run(effort: Effort): Promise<Verdict>
}

export function property<Case>(law: Law<Case>): Property<Case> {
  return { share: 1, skip: false, ...law, run: (effort) => run(law, effort) }
}

async function run<Case>(law: Law<Case>, { runs, seed, done }: Effort): Promise<Verdict> {
  let checked = 0
  const outcome = await fc.check(
    fc.asyncProperty(law.cases, async (example) => {
      // What was mapped and is garbage is unmapped in a turn of the event loop.
      if (++checked % 100 === 0) await setImmediate()
      try {
        await law.check(example)
      } finally {
        done?.()
      }
    }),
    { numRuns: runs, seed },
  )
  const { name } = law
  if (!outcome.failed) return { name, seed, runs: outcome.numRuns }
  const [value] = outcome.counterexample ?? []
  const error = outcome.errorInstance
  return {
    name,
    seed,
    runs: outcome.numRuns,
    counterexample: { value, error, program: programOf(name, value, seed, error) },
  }
}
