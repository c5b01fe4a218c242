/** What most cases are drawn from. */
import fc from 'fast-check'
import { BUILDS, type Build } from '../../ring/support/builds.js'

/** Bytes of a payload: mostly short, at times as long as a ring of 4096 bytes takes, or longer. */
export const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(64) },
  { weight: 3, arbitrary: fc.nat(700) },
  { weight: 1, arbitrary: fc.integer({ min: 4060, max: 4110 }) },
)

/** Which of those that are at hand: mostly the oldest. */
export const which = fc.oneof(fc.constant(0), fc.nat(20))

export const max = fc.oneof(fc.nat(5), fc.constant(Number.POSITIVE_INFINITY))

/** Near where words change their sign, and where positions wrap. */
export const initialPosition = fc
  .tuple(fc.constantFrom(0, 2 ** 31, 2 ** 32), fc.nat(1500))
  .map(([edge, back]) => (((edge - back * 8) % 2 ** 32) + 2 ** 32) % 2 ** 32)

/** One of the builds, by name. */
export const build = fc.constantFrom(...BUILDS.map(({ name }) => name))

export function buildOf(name: string): Build {
  const found = BUILDS.find((build) => build.name === name)
  if (found === undefined) throw new Error(`there is no build '${name}' here`)
  return found
}

export function steps<Step>(step: fc.Arbitrary<Step>, maxLength = 150): fc.Arbitrary<Step[]> {
  return fc.array(step, { size: 'max', maxLength })
}

/** A step that says only what is done. */
export function only<Name extends string>(name: Name): fc.Arbitrary<{ readonly do: Name }> {
  return fc.record({ do: fc.constant(name) })
}
