import { type Mutant, nameOf } from './mutant.js'

/** Mutants that nobody can notice, by name, and why not. */
interface Equivalent {
  readonly why: string
  readonly mutants: readonly (string | RegExp)[]
}

const EQUIVALENT: readonly Equivalent[] = []

/** Why nobody can notice a mutant; undefined if somebody should. */
export function whyNot(mutant: Mutant): string | undefined {
  const name = nameOf(mutant)
  return EQUIVALENT.find(({ mutants }) => mutants.some((pattern) => matches(pattern, name)))?.why
}

/** Explanations that no mutant belongs to. */
export function unusedExplanations(mutants: readonly Mutant[]): string[] {
  const names = mutants.map(nameOf)
  return EQUIVALENT.flatMap(({ why, mutants }) =>
    mutants
      .filter((pattern) => !names.some((name) => matches(pattern, name)))
      .map((name) => `${name}: ${why}`),
  )
}

function matches(pattern: string | RegExp, name: string): boolean {
  return typeof pattern === 'string' ? pattern === name : pattern.test(name)
}
