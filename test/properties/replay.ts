/** Checks one case of a property: what a counterexample is printed as. */
import { PROPERTIES } from './index.js'
import type { Property } from './property.js'

export async function replay(name: string, example: unknown): Promise<void> {
  const found = PROPERTIES.find((property) => property.name === name)
  if (found === undefined) throw new Error(`there is no property '${name}'`)
  await (found as Property<unknown>).check(example)
}
