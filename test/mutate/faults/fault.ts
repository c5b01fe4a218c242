import type { Node } from 'acorn'
import type { Edit, FaultClass } from '../mutant.js'

/** A fault that a node can have. */
export interface Fault extends Edit {
  readonly class: FaultClass
  readonly fault: string
  readonly epilogue?: string
}

/** A node, what it is in, and the text of both. */
export interface Place {
  readonly node: Node
  /** From the outermost to the nearest. */
  readonly parents: readonly Node[]
  readonly source: string
  /** Names that the file imports from words.js. */
  readonly words: ReadonlySet<string>
}

/** Finds the faults that a node can have. */
export type FaultFinder = (place: Place) => Fault[]

export function textOf({ source }: Place, { start, end }: Node): string {
  return source.slice(start, end)
}
